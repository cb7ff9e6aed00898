import { launchChromium } from '../kit/chromium.ts';
import { openShot } from '../kit/open-shot.ts';
import { bothThemes, popover, shots, wide } from '../kit/shots.ts';
import { complaints } from '../page/complaints.ts';
import type { Measurement } from './measurement.ts';

/** What axe-core has against every view in every state, in both themes and at each size it is looked at. A fake engine tells the states. */
export const pageLooks: Measurement = {
  rows: { 'axe-violations': { unit: 'violations', target: 0, want: 'exactly' } },
  async take() {
    const browser = await launchChromium();
    const found: string[] = [];
    let looks = 0;
    try {
      for (const shot of shots)
        for (const size of shot.sizes ?? [popover, wide])
          for (const theme of shot.themes ?? bothThemes) {
            const { page, faults, close } = await openShot(browser, shot, { size, theme });
            const wrong = [...faults, ...(await complaints(page))];
            found.push(...wrong.map((each) => `${shot.name}, ${size.name}, ${theme}: ${each}`));
            looks += 1;
            await close();
          }
    } finally {
      await browser.close();
    }
    const first = found[0] ? `; first: ${found[0].slice(0, 300)}` : '';
    return {
      'axe-violations': { value: found.length, note: `${looks} looks at ${shots.length} states of the page${first}` },
    };
  },
};
