import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { openStoreThread } from '../../core/host/store-thread.ts';
import { systemClock, systemRandom } from '../../core/host/system.ts';
import { workerUrl } from '../../core/host/worker-url.ts';
import { idMaker } from '../../core/ids.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import { launchChromium } from '../kit/chromium.ts';
import { startHeadless } from '../kit/headless.ts';
import { cycleRecord, episode, insight } from '../kit/nouns.ts';
import { figure, type Measurement, median, pause, percentile } from './measurement.ts';
import { streamedTasks } from './page-stream.ts';
import { tasksDuring } from './page-tasks.ts';
import { editDraft, wordMaker } from './samples.ts';
import { makeWatchedFolder } from './watched-folder.ts';

const stored = 5_000;
const minuteMs = 60_000;
const warmUps = 2;
const opened = 10;
const popover = { width: 420, height: 640 };
/** Wheel turns of a hasty reader, and how far each goes. */
const turns = 400;
const turnPixels = 600;
const rowsOf = '[role="option"], [role="row"], [role="article"], [role="listitem"], li, tr, article';

/** The page on a real headless host that has 5,000 insights: how soon the first can be read, and how the list scrolls. */
export const pageScroll: Measurement = {
  rows: {
    'page-fcp-ms': { unit: 'ms', target: 500, want: 'at-most' },
    'page-long-task-ms': { unit: 'ms', target: 50, want: 'at-most' },
    'page-dom-rows': { unit: 'rows', target: 60, want: 'at-most' },
  },
  take: () =>
    withFullHost(async (link, browser) => {
      const paints = await firstPaints(browser, link);
      const { tasks, rows, pixels } = await scrolled(browser, link);
      const streamed = await streamedTasks(browser);
      return {
        'page-fcp-ms': {
          value: median(paints),
          note: `from navigation to the frame after the newest insight's words stand in the page; median of ${paints.length} new windows after ${warmUps} to warm up (${figure(Math.min(...paints))} to ${figure(Math.max(...paints))} ms); ${stored.toLocaleString('en')} insights stored`,
        },
        'page-long-task-ms': {
          value: Math.max(tasks[0] ?? 0, streamed.tasks[0] ?? 0),
          note: `scrolling: ${longest(tasks)}, ${turns} turns of the wheel down ${Math.round(pixels).toLocaleString('en')} pixels of insights and back up; streaming: ${longest(streamed.tasks)}, ${streamed.about}`,
        },
        'page-dom-rows': {
          value: rows,
          note: 'the most rows of any list that stood in the page at once while scrolling',
        },
      };
    }),
};

const longest = (tasks: readonly number[]) =>
  `the longest of ${tasks.length} tasks of the main thread took ${figure(tasks[0] ?? 0)} ms (p99 ${figure(percentile(tasks, 0.99))})`;

async function withFullHost<T>(use: (link: string, browser: Browser) => Promise<T>): Promise<T> {
  const folder = makeWatchedFolder(20, 2);
  try {
    await fill(join(folder.dataDir, 'reverie.db'));
    const host = await startHeadless(
      `--watch ${folder.tree.root} --data-dir ${folder.dataDir} --port 0 --model rules`.split(' '),
    );
    try {
      const browser = await launchChromium();
      try {
        return await use(host.link, browser);
      } finally {
        await browser.close();
      }
    } finally {
      await host.end();
    }
  } finally {
    folder.end();
  }
}

/** A year and a half of insights of different lengths, each on one observation. The owner has seen the first steps already. */
async function fill(file: string): Promise<void> {
  const store = await openStoreThread({ file, workerUrl: workerUrl('store'), onLost: () => undefined });
  const nextId = idMaker(systemClock, systemRandom);
  const word = wordMaker(11);
  const endAt = systemClock.now();
  for (let n = 0; n < stored; n++) {
    const at = endAt - (stored - n) * 150 * minuteMs;
    const seen = stampObservation({ ...editDraft(n), occurredAt: at }, 'files', nextId(), at);
    await store.append({ entries: [{ observation: seen, mergeInto: null }], marks: [] });
    const text = Array.from({ length: 8 + (n % 7) * 9 }, word).join(' ');
    const formed = insight(nextId(), { text: `${seen.target} ${text}.`, evidenceIds: [seen.id], formedAt: at });
    await store.commitCycle(
      cycleRecord({
        attended: [],
        episode: episode(nextId(), { startedAt: at, endedAt: at, observationIds: [seen.id], insightIds: [formed.id] }),
        insights: [formed],
      }),
    );
  }
  await store.close();
}

async function openPage(browser: Browser, link: string): Promise<Page> {
  const context = await browser.newContext({ viewport: popover });
  const page = await context.newPage();
  // A new page notes when the words of an insight stand in it, and when the frame after that was made.
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('.insight-text'))
        requestAnimationFrame(() => setTimeout(() => performance.mark('insight')));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(link);
  return page;
}

async function firstPaints(browser: Browser, link: string): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < warmUps + opened; n++) {
    const page = await openPage(browser, link);
    await skipWelcome(page);
    const at = await page.waitForFunction(() => performance.getEntriesByName('insight')[0]?.startTime);
    if (n >= warmUps) took.push(Number(await at.jsonValue()));
    await page.context().close();
  }
  return took;
}

async function skipWelcome(page: Page): Promise<void> {
  const skip = page.getByRole('dialog').getByRole('button', { name: /skip/i });
  await page.locator('.insight-text').first().waitFor({ state: 'attached' });
  if (await skip.isVisible()) await skip.click();
}

async function scrolled(browser: Browser, link: string): Promise<{ tasks: number[]; rows: number; pixels: number }> {
  const page = await openPage(browser, link);
  await skipWelcome(page);
  await page.getByRole('tab', { name: 'Insights' }).click();
  await page.locator('.insight-text').first().waitFor();
  const mostRows = () =>
    page.evaluate((rows) => {
      const lists = [
        ...document.querySelectorAll('[role="list"], [role="listbox"], [role="feed"], [role="grid"], ul, ol, table'),
      ];
      return Math.max(0, ...lists.map((list) => list.querySelectorAll(rows).length));
    }, rowsOf);
  let rows = 0;
  let pixels = 0;
  const tasks = await tasksDuring(page, async () => {
    await page.mouse.move(popover.width / 2, popover.height / 2);
    for (const direction of [1, -1])
      for (let n = 0; n < turns / 2; n++) {
        await page.mouse.wheel(0, direction * turnPixels);
        if (n % 20 === 19) rows = Math.max(rows, await mostRows());
        else await pause(8);
        pixels += direction > 0 ? turnPixels : 0;
      }
  });
  return { tasks, rows, pixels };
}
