import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../renderer/model-words.ts';
import { fakeEngine, type Scenario } from '../kit/fake-engine.ts';
import { pageDir } from '../kit/page-host.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { enlargeText, sidewaysOverflow, usePages } from './open-page.ts';

const pages = usePages();
const views = ['Now', 'Insights', 'Delegations', 'Health'];

/** The Model view is whole only after its first answer. */
async function openView(page: Page, view: string): Promise<void> {
  await page.getByRole('tab', { name: view }).click();
  if (view === 'Model') await page.getByRole('heading', { name: 'How it stands' }).waitFor();
}

const modelStates = [
  'ready',
  'refused',
  'loading',
  'none',
  'bare',
  'off',
  'not-running',
  'not-installed',
  'auth',
  'crashed',
  'breaker',
  'busy',
  'http-only',
  'long',
] as const;

async function openFirstEvidence(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Insights' }).click();
  await page
    .getByRole('button', { name: /^Evidence/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Why did you notice this?' }).first().click();
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each<Scenario>(['busy', 'empty', 'thinking', 'paused', 'trouble', 'away'])(
    '[SH2.1] every view is accessible: %s',
    async (scenario) => {
      const { page, faults } = await pages.open({ scenario }, { colorScheme });
      for (const view of views) {
        await page.getByRole('tab', { name: view }).click();
        expect(await complaints(page), view).toEqual([]);
      }
      expect(faults).toEqual([]);
    },
  );

  it('[SH2.40] the Model view is accessible in every state of the server, with the list of models open too', async () => {
    const { page, host, faults } = await pages.open({ scenario: 'model-many' }, { colorScheme });
    await openView(page, 'Model');
    await page.getByRole('combobox', { name: /^Model for Thinker/ }).click();
    await page.getByRole('option').nth(200).waitFor();
    expect(await complaints(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const state of modelStates) {
      const other = fakeEngine({ scenario: `model-${state}` });
      host.engine.query.model = other.query.model;
      host.engine.change({ server: other.snapshot().server });
      await page.getByRole('heading', { name: headlineOf(other.snapshot().server.what).headline }).waitFor();
      const { rungs } = await other.query.model();
      await waitFor('the ladder', async () =>
        (await page.locator('.rung').last().innerText()).includes(rungs.at(-1)!.says),
      );
      expect(await complaints(page, '.panel'), state).toEqual([]);
    }
    expect(faults).toEqual([]);
  });

  it('[SH2.1] open evidence, the gate and the lost connection are accessible', async () => {
    const { page, host } = await pages.open({}, { colorScheme });
    await openFirstEvidence(page);
    expect(await complaints(page)).toEqual([]);
    await page.locator('#view-title').focus();
    await host.close();
    await page.getByText('Connection lost.').waitFor();
    expect(await complaints(page)).toEqual([]);
    const other = await pages.host();
    const gate = await pages.visit(`http://127.0.0.1:${other.port}/`, { colorScheme });
    await gate.page.getByRole('heading', { name: 'This page needs its key' }).waitFor();
    expect(await complaints(gate.page)).toEqual([]);
  });
});

describe('[SH2.11] nothing scrolls sideways', () => {
  it.each([
    { name: 'at 300 pixels', width: 300, percent: 100 },
    { name: 'with text at 200 %', width: 420, percent: 200 },
    { name: 'wide with text at 200 %', width: 1200, percent: 200 },
  ])('$name', async ({ width, percent }) => {
    for (const scenario of ['busy', 'trouble', 'model-long'] as const) {
      const { page } = await pages.open(
        { scenario },
        { viewport: { width, height: 640 }, before: (page) => enlargeText(page, percent) },
      );
      for (const view of [...views, 'Model']) {
        await openView(page, view);
        expect(await sidewaysOverflow(page), `${view} of ${scenario}`).toBeLessThanOrEqual(0);
      }
      await openFirstEvidence(page);
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    }
  });
});

describe('[SH2.19] the page', () => {
  it('asks nothing of any other host and breaks no content policy', async () => {
    const asked: string[] = [];
    const { page, host, faults } = await pages.open(
      {},
      { before: async (page) => page.on('request', (request) => asked.push(new URL(request.url()).host)) },
    );
    await openFirstEvidence(page);
    expect(new Set(asked)).toEqual(new Set([`127.0.0.1:${host.port}`]));
    expect(faults).toEqual([]);
  });

  it('is small before its first picture, stays small with all that follows, and carries no schema library', () => {
    const sizeOf = (name: string) => gzipSync(readFileSync(join(pageDir, 'assets', name))).length;
    const names = readdirSync(join(pageDir, 'assets'));
    const index = readFileSync(join(pageDir, 'index.html'), 'utf8');
    const total = (some: string[]) => some.reduce((sum, name) => sum + sizeOf(name), 0);
    expect(total(names.filter((name) => index.includes(name)))).toBeLessThan(220 * 1024);
    expect(total(names)).toBeLessThan(260 * 1024);
    for (const name of names)
      expect(readFileSync(join(pageDir, 'assets', name), 'utf8')).not.toMatch(/ZodError|invalid_union/);
  });
});
