import axe from 'axe-core';
import type { Page } from 'playwright';

/** What axe-core has against the page as it stands, or one part of it, one line per rule. */
export async function complaints(page: Page, part = 'html'): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = (await page.evaluate(`axe.run(${JSON.stringify(part)}).then((result) => result.violations)`)) as {
    id: string;
    nodes: { html: string; failureSummary: string }[];
  }[];
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}
