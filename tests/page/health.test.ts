import { describe, it } from 'vitest';
import { usePages } from './open-page.ts';

const pages = usePages();

async function openHealth(scenario: 'busy' | 'trouble') {
  const opened = await pages.open({ scenario });
  await opened.page.getByRole('tab', { name: 'Health' }).click();
  await opened.page.getByRole('region', { name: 'Budget' }).waitFor();
  return opened;
}

describe('[SH2.279] Health', () => {
  it('tells each budget as a meter and in words, and when it is spent', async () => {
    const { page, host } = await openHealth('busy');
    const budget = page.getByRole('region', { name: 'Budget' });
    await budget.getByText('41,310 of 200,000, 20 %').waitFor();
    await budget.getByText('268,900 of 2,000,000, 13 %').waitFor();
    await budget.getByText('214 of 10,000').waitFor();
    for (const name of ['Tokens, hour', 'Tokens, day', 'Cycles, day'])
      await budget.getByRole('meter', { name }).waitFor();
    const cycles = { used: 10_000, limit: 10_000 };
    host.engine.change({ budget: { hourUsed: 200_000, hourLimit: 200_000, dayUsed: 5, dayLimit: 0, cycles } });
    await budget.getByText('200,000 of 200,000, spent').waitFor();
    await budget.getByText('A limit of 0: the model is not asked').waitFor();
    await budget.getByText('10,000 of 10,000, spent').waitFor();
  });

  it('tells since when it lives, how long it runs, what it did and what it keeps', async () => {
    const { page } = await openHealth('busy');
    const born = page.getByRole('region', { name: 'Since it was born' });
    for (const said of ['May 31, 2026', 'Running for', '7 h', 'Sessions', '1,284', 'Decisions'])
      await born.getByText(said).first().waitFor();
    const kept = page.getByRole('region', { name: 'Kept now' });
    for (const said of ['Episodes', 'Memories', 'Dreams']) await kept.getByText(said).waitFor();
    await page.getByRole('region', { name: 'Intake since start' }).getByText('655').waitFor();
  });

  it('shows what is wrong first', async () => {
    const { page } = await openHealth('trouble');
    await page.getByRole('tabpanel').locator('.trouble').first().getByText('The disk is full').waitFor();
  });
});
