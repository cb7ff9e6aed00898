import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { complaintsInBoth, expectFits } from './both-themes.ts';
import { hostile } from './hostile-texts.ts';
import { usePages } from './open-page.ts';

const pages = usePages();

const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();

/** Every state of both views, one after the other; `look` is called in each with its name. */
async function walk(page: Page, look: (state: string) => Promise<void>): Promise<void> {
  await tab(page, 'Memory');
  await page.locator('.memory-card, .empty').first().waitFor();
  await look('memory');
  for (const shelf of ['Forgotten', 'Your data', 'Remembered']) {
    await page.getByRole('radio', { name: shelf }).check();
    await page.locator('.memory .card, .memory .empty').first().waitFor();
    await look(shelf);
  }
  const open = page.getByRole('button', { name: 'Open', exact: true });
  if ((await open.count()) > 0) {
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('Patterns');
    await page.getByRole('status').getByText(/found/).waitFor();
    await look('filtered');
    await page.getByRole('searchbox').fill('total.ts fails');
    await page.locator('.memory-why').first().waitFor();
    await look('found');
    await open.first().click();
    await page.locator('.memory-whole').waitFor();
    for (const name of ['Show the observation', 'Show the episode', 'Show what settled it']) {
      const button = page.getByRole('button', { name }).first();
      if ((await button.count()) > 0) await button.click();
    }
    await look('opened');
    await page.getByRole('button', { name: 'Correct' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await look('correcting');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await look('deleting');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByRole('button', { name: 'Bring back' }).waitFor();
    await look('forgotten');
  }
  await tab(page, 'Dreams');
  await page.getByRole('heading', { name: 'Sleeps' }).waitFor();
  await look('dreams');
  await tab(page, 'Now');
  await look('now');
}

const narrow = { width: 300, percent: 100 };
const narrowAndLarge = [narrow, { width: 420, percent: 200 }, { width: 1200, percent: 200 }];

describe('every state of memory and dreams', () => {
  it.each(['busy', 'empty', 'morning'] as const)('[SH2.120] is accessible in both themes: %s', async (scenario) => {
    const { page, faults } = await pages.open({ scenario });
    await walk(page, async (state) => expect(await complaintsInBoth(page), state).toEqual([]));
    expect(faults).toEqual([]);
  });

  it('[SH2.120] [SH2.121] is accessible in both themes, and scrolls nothing sideways: asleep', async () => {
    const { page, faults } = await pages.open({ scenario: 'asleep' });
    await walk(page, async (state) => {
      expect(await complaintsInBoth(page), state).toEqual([]);
      await expectFits(page, narrowAndLarge, state);
    });
    expect(faults).toEqual([]);
  });
});

describe.each(Object.entries(hostile))('[SH2.122] %s', (_name, text) => {
  it('is inert text in every place of memory and dreams, in a popover and at 300 pixels', async () => {
    const host = await pages.host({ scenario: 'asleep' });
    const { engine } = host;
    const query = { ...engine.query };
    const memory = <T extends { text: string }>(each: T) => ({
      ...each,
      text,
      target: text.slice(0, 1_000),
      because: [text],
      rule: text,
    });
    engine.query.memories = async (asked) =>
      (await query.memories({ ...asked, text: '' })).map((each) => ({
        ...each,
        text,
        target: text,
        why: [text, text],
        memory: each.memory && memory(each.memory),
      }));
    engine.query.memory = async () => {
      const detail = (await query.memory('lesson-retry'))!;
      const { predictions } = (await query.memory('pattern-total-tests'))!;
      return {
        predictions,
        memory: { ...memory(detail.memory), reasoner: { kind: 'server', name: text } },
        evidence: detail.evidence.map((each) => ({ ...each, snapshot: text })),
        contradicting: detail.contradicting.map(memory),
      };
    };
    engine.query.tombstones = async (limit) =>
      (await query.tombstones(limit)).map((each) => ({ ...each, text, why: text }));
    const digest = { from: 0, until: 1, lines: [{ text, memoryIds: ['lesson-retry'] }] };
    engine.query.dreams = async () => {
      const seen = await query.dreams();
      return {
        ...seen,
        next: text,
        dreams: seen.dreams.map(memory),
        sleeps: seen.sleeps.map((sleep) => ({
          ...sleep,
          phases: sleep.phases.map((each) => ({
            ...each,
            note: text,
            reasoner: { kind: 'server', name: text },
            made: { [text]: 3 },
          })),
        })),
      };
    };
    const now = engine.snapshot();
    engine.change({
      digest,
      sleep: { ...now.sleep!, says: text },
      settings: { ...now.settings, dataDir: text },
    });
    const { page, faults } = await pages.visit(host.url);
    await walk(page, (state) => expectFits(page, [narrow], state));
    expect(await page.evaluate(() => 'broken' in window)).toBe(false);
    expect(await page.locator('#root img, #root script, #root style').count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
