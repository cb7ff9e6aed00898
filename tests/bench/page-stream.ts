import type { Browser } from 'playwright';
import { hostPage } from '../kit/page-host.ts';
import { pause } from './measurement.ts';
import { tasksDuring } from './page-tasks.ts';

const tokensPerSecond = 200;
const seconds = 10;

/**
 * The tasks of the page's main thread, longest first in milliseconds, while a thought grows by 200 tokens a second on the Now view. A fake
 * engine behind the real door tells it, for no model is here; each event holds the whole text.
 */
export async function streamedTasks(browser: Browser): Promise<{ tasks: number[]; about: string }> {
  const host = await hostPage({ scenario: 'thinking' });
  const page = await browser.newPage({ viewport: { width: 420, height: 640 } });
  try {
    await page.goto(host.url);
    await page.locator('.thought-text').first().waitFor();
    const id = host.engine.snapshot().thought?.id ?? '';
    let text = '';
    let told = 0;
    const tasks = await tasksDuring(page, async () => {
      const startedAt = performance.now();
      while (told < tokensPerSecond * seconds) {
        const due = Math.floor(((performance.now() - startedAt) / 1_000) * tokensPerSecond);
        for (; told < Math.min(due, tokensPerSecond * seconds); told++) {
          text += told % 12 === 11 ? 'done. ' : 'token ';
          host.engine.emit({ kind: 'thought-grew', id, text });
        }
        await pause(2);
      }
      await page.getByText(text.slice(-200).trim()).first().waitFor();
    });
    return { tasks, about: `${told} tokens in ${seconds} s, ${Math.round(text.length / 1_000)} kB at the end` };
  } finally {
    await page.close();
    await host.close();
  }
}
