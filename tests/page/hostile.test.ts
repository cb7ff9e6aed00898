import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../kit/fake-engine.ts';
import { hostile } from './hostile-texts.ts';
import { sidewaysOverflow, usePages } from './open-page.ts';

const pages = usePages();

describe.each(Object.entries(hostile))('[SH2.10] [SH2.53] %s', (_name, text) => {
  it.each([420, 300])('is inert text in every place at %i pixels and breaks no layout', async (width) => {
    const host = await pages.host({ scenario: 'trouble' });
    const { engine } = host;
    const query = { ...engine.query };
    engine.query.insights = async (asked) => (await query.insights(asked)).map((each) => ({ ...each, text }));
    engine.query.evidence = async (ids) => (await query.evidence(ids)).map((each) => ({ ...each, text, source: text }));
    engine.query.proposals = async (limit) =>
      (await query.proposals(limit)).map((each) => ({ ...each, command: text, reasoning: text }));
    engine.query.deadLetters = async (limit) =>
      (await query.deadLetters(limit)).map((each) => ({
        ...each,
        error: text,
        observation: { ...each.observation, text },
      }));
    const name = text.slice(0, 300);
    engine.query.model = async () => {
      const view = await query.model();
      return {
        ...view,
        rungs: view.rungs.map((each) => ({ ...each, says: text, remedy: text })),
        lms: { path: text, version: text, problem: text },
        api: 'v1',
        canTellBusy: false,
        roles: view.roles.map((each) => ({
          ...each,
          wanted: name,
          using: name,
          why: text,
          advice: { name: text, key: null, get: name, why: text },
        })),
        instances: instances.map((each) => ({ ...each, id: name, key: name, duplicate: true })),
        models: [],
        breaker: { state: 'open', why: text, since: null },
        calls: { ...view.calls, running: [{ lane: 'loop', purpose: text, tokens: 1, ms: 1 }] },
        purposes: [{ purpose: text, calls: 1, tokens: 1, limit: 2 }],
      };
    };
    const { instances } = await fakeEngine({ scenario: 'model-ready' }).query.model();
    const now = engine.snapshot();
    engine.change({
      focus: { topic: text, since: now.at, why: text, strength: 0.5 },
      thought: { ...now.thought!, text, about: text, reasoner: { kind: 'server', name: text } },
      reasoner: { kind: 'server', name: text, why: text },
      server: {
        ...now.server,
        state: 'no-model',
        what: text,
        does: text,
        offers: [{ action: 'try-again', label: text, why: text, model: null }],
      },
      sources: now.sources
        .map((each) => ({ ...each, id: `files:${text}`.slice(0, 300), message: text, remedy: text }))
        .slice(0, 1),
      troubles: now.troubles.map((each) => ({ ...each, what: text, means: text, remedy: text })),
    });
    const { page, faults } = await pages.visit(host.url, { viewport: { width, height: 640 } });
    for (const view of ['Now', 'Delegations', 'Model', 'Health', 'Insights']) {
      await page.getByRole('tab', { name: view }).click();
      if (view === 'Model') await page.locator('.role').first().waitFor();
      expect(await sidewaysOverflow(page), view).toBeLessThanOrEqual(0);
    }
    await page
      .getByRole('button', { name: /^Evidence/ })
      .first()
      .click();
    await page.locator('.evidence-row').first().waitFor();
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(await page.locator('#root img, #root script, #root style').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it.each([420, 300])('[SH2.10] names a watched folder on the first day at %i pixels', async (width) => {
    const host = await pages.host({ scenario: 'empty' });
    const { sources, settings } = host.engine.snapshot();
    const folder = `/home/${text}`.slice(0, 3_000);
    const renamed = sources.map((each) => ({
      ...each,
      id: each.id.startsWith('files') ? `files:${folder}` : each.id,
      message: text,
    }));
    host.engine.change({ sources: renamed, settings: { ...settings, folders: [folder] } });
    const { page, faults } = await pages.visit(host.url, { viewport: { width, height: 640 } });
    await page.locator('.first-day-folders').waitFor();
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(faults).toEqual([]);
  });
});
