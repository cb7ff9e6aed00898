import axe from 'axe-core';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { enlargeText, sidewaysOverflow } from './open-page.ts';

/** The rules of axe-core that colours decide; nothing else of a page differs between its themes. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe-core has against the page as it stands, by all rules in light and by those of colour in dark; one line per rule. */
export async function complaintsInBoth(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const light = await violations(page, '{}');
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await violations(page, `{ runOnly: ${JSON.stringify(rulesOfColour)} }`);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light.map((each) => `light: ${each}`), ...dark.map((each) => `dark: ${each}`)];
}

async function violations(page: Page, options: string): Promise<string[]> {
  const found = (await page.evaluate(`axe.run('html', ${options}).then((result) => result.violations)`)) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** A size of the window, and of its text in percent. */
export interface Fit {
  width: number;
  percent: number;
}
const popover: Fit = { width: 420, percent: 100 };

/** In each of these sizes nothing reaches beyond the window; then the page is a popover again, as it was. */
export async function expectFits(page: Page, fits: readonly Fit[], state: string): Promise<void> {
  let now = popover;
  for (const fit of [...fits, popover]) {
    if (fit.width !== now.width) await page.setViewportSize({ width: fit.width, height: 640 });
    if (fit.percent !== now.percent) await enlargeText(page, fit.percent);
    now = fit;
    const over = await sidewaysOverflow(page);
    expect(over, `${state} at ${fit.width} pixels, ${fit.percent} %`).toBeLessThanOrEqual(0);
  }
}
