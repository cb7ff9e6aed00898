import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../core/protocol.ts';
import { fakeEngine, type Scenario } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { enlargeText, sidewaysOverflow, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

describe('[SH2.274] on the first day', () => {
  it('Now names what is watched, says what happens next, how to try it, and who thinks', async () => {
    const { page } = await pages.open({ scenario: 'empty' });
    await page.getByRole('heading', { name: 'Watching shop' }).waitFor();
    await page.getByText('/home/ada/shop', { exact: true }).waitFor();
    await page.getByText('What happens next').waitFor();
    await page.getByText('Save a file in shop, or leave a note below.').waitFor();
    await page.getByText('Rules — no model').waitFor();
  });

  it('without a folder it says so and leads to the settings', async () => {
    const host = await pages.host({ scenario: 'empty' });
    host.engine.change({ sources: [], settings: { ...host.engine.snapshot().settings, folders: [] } });
    const { page } = await pages.visit(host.url);
    await page.getByText('No folder is watched yet.').waitFor();
    await page.getByRole('button', { name: 'To the settings' }).click();
    await page.getByRole('tab', { name: 'Settings', selected: true }).waitFor();
  });

  it('gives way to the first thought', async () => {
    const { page, host } = await pages.open({ scenario: 'empty' });
    host.engine.think('The first thing understood.');
    await page.locator('.now-latest').getByText('The first thing understood.').waitFor();
    expect(await page.getByText('What happens next').count()).toBe(0);
  });
});

describe('[SH2.275] Now', () => {
  it('shows the newest three insights, each with its evidence one click away, and the way to all', async () => {
    const { page } = await pages.open();
    const latest = page.locator('.now-latest');
    await shows(3, latest.locator('.insight'));
    await latest.getByRole('button', { name: 'Evidence (3)' }).click();
    await latest.getByText('src/cart/total.ts changed, +14 −9, near applyDiscount').waitFor();
    await latest.getByRole('button', { name: 'All insights' }).click();
    await page.getByRole('tab', { name: 'Insights', selected: true }).waitFor();
  });

  it('tells the vital signs in one line', async () => {
    const { page } = await pages.open();
    expect(await page.getByRole('note', { name: 'Vital signs' }).innerText()).toBe(
      '3 sources watching · 0 waiting · budget 20 %',
    );
  });

  it('uses the room of a wide window: the insights stand beside the thought', async () => {
    const { page } = await pages.open({}, { viewport: { width: 1200, height: 800 } });
    const thought = (await page.locator('.thought').boundingBox())!;
    const latest = (await page.locator('.now-latest').boundingBox())!;
    expect(latest.x).toBeGreaterThan(thought.x + thought.width);
    expect(latest.y).toBeLessThan(thought.y + thought.height);
  });
});

describe('[SH2.276] troubles', () => {
  it('stand first, the worst of them on top, each with a button where one click helps', async () => {
    const { page, host } = await pages.open({ scenario: 'trouble' });
    const cards = page.locator('.trouble');
    const severities = await cards.evaluateAll((each) => each.map((card) => card.className.split('trouble-')[1]));
    expect(severities).toEqual(
      severities.toSorted((a = '', b = '') => 'error warning info'.indexOf(a) - 'error warning info'.indexOf(b)),
    );
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitFor('the command', () => host.engine.commands.some(({ kind }) => kind === 'try-again'));
    await page.getByRole('button', { name: 'To Health' }).click();
    await page.getByRole('tab', { name: 'Health', selected: true }).waitFor();
    expect(await page.getByRole('button', { name: 'To Health' }).count()).toBe(0);
  });

  it('sort themselves whatever order they came in', async () => {
    const { page, host } = await pages.open();
    const trouble = (key: string, severity: Snapshot['troubles'][number]['severity']) => ({
      key,
      severity,
      at: host.engine.snapshot().at,
      what: key,
      means: 'It means this.',
      remedy: 'Do that.',
    });
    host.engine.change({ troubles: [trouble('one', 'info'), trouble('two', 'error'), trouble('three', 'warning')] });
    await page.getByText('three', { exact: true }).waitFor();
    expect(await page.locator('.trouble-what').allInnerTexts()).toEqual(['two', 'three', 'one']);
  });
});

describe('[SH2.277] Now, Health and Delegations', () => {
  const views = ['Now', 'Health', 'Delegations'];
  it.each(['light', 'dark'] as const)(
    'are accessible in %s on the first day, in trouble and while it thinks',
    async (colorScheme) => {
      for (const scenario of ['empty', 'trouble', 'thinking'] satisfies Scenario[]) {
        const { page } = await pages.open({ scenario }, { colorScheme });
        for (const view of views) {
          await page.getByRole('tab', { name: view }).click();
          expect(await complaints(page, '.panel'), `${view} of ${scenario}`).toEqual([]);
        }
      }
    },
  );

  it.each([
    { name: 'at 300 pixels', width: 300, percent: 100 },
    { name: 'with text at 200 %', width: 420, percent: 200 },
  ])('nothing scrolls sideways $name', async ({ width, percent }) => {
    for (const scenario of ['empty', 'trouble'] satisfies Scenario[]) {
      const { page } = await pages.open(
        { scenario },
        { viewport: { width, height: 640 }, before: (opened) => enlargeText(opened, percent) },
      );
      for (const view of [...views, 'Insights']) {
        await page.getByRole('tab', { name: view }).click();
        expect(await sidewaysOverflow(page), `${view} of ${scenario}`).toBeLessThanOrEqual(0);
      }
    }
  });
});

describe('[SH2.278] Delegations', () => {
  it('with nothing in it says what will appear and that nothing is run by itself', async () => {
    const { page } = await pages.open({ scenario: 'empty' });
    await page.getByRole('tab', { name: 'Delegations' }).click();
    await page.getByRole('heading', { name: 'Nothing to delegate yet' }).waitFor();
    await page.getByText('The exact command, and for which agent').waitFor();
    await page.getByText('Reverie runs nothing by itself').waitFor();
  });

  it('shows a new proposal as it is made', async () => {
    const { page, host } = await pages.open({ scenario: 'empty' });
    await page.getByRole('tab', { name: 'Delegations' }).click();
    const [proposal] = await fakeEngine().query.proposals(1);
    host.engine.emit({ kind: 'proposal-made', proposal: { ...proposal!, command: 'Do exactly this.' } });
    await page.getByText('Do exactly this.').waitFor();
    await page.getByText('Nothing here is ever run by itself.').waitFor();
  });
});
