import type { MessagePort as NodePort } from 'node:worker_threads';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureBuilt } from '../../build/ensure-built.ts';
import { loadPage } from '../../core/host/serve-http.ts';
import { servePorts } from '../../core/host/serve-port.ts';
import type { PageLink, ShellBridge } from '../../core/protocol-shell.ts';
import { pageAnswer } from '../../electron/page-answer.ts';
import { launchChromium } from '../kit/chromium.ts';
import { fakePorts } from '../kit/electron-double.ts';
import { fakeEngine } from '../kit/fake-engine.ts';
import { pageDir } from '../kit/page-host.ts';

/** What the script below puts into the page's world. */
type World = Window & {
  reverie: ShellBridge;
  openLink(link: PageLink): void;
  fromHost(text: string): void;
  toHost(text: string): void;
  newPort(): void;
};

/** The page's side of the preload script, its port carried out of the browser by hand. */
function standIn(): void {
  const world = window as unknown as World;
  world.reverie = {
    kind: 'tray',
    onLink(listener) {
      world.openLink = listener;
    },
    askPort() {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', ({ data }) => world.toHost(data as string));
      port1.start();
      world.fromHost = (text) => port1.postMessage(text);
      world.newPort();
      window.postMessage({ reverie: 'port' }, '*', [port2]);
    },
  };
}

/** The built page as the tray serves it, policy and all, with the mind behind a port. */
async function openInWindow(browser: Browser) {
  const engine = fakeEngine();
  const ports = servePorts({ door: engine, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const page: Page = await browser.newPage({ viewport: { width: 420, height: 640 } });
  onTestFinished(async () => {
    ports.close();
    await page.close();
  });
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  let end: NodePort | null = null;
  await page.exposeFunction('newPort', () => {
    const { main, page: other } = fakePorts();
    end = other;
    other.on('message', (text: string) => {
      void page.evaluate((text) => (window as unknown as World).fromHost(text), text).catch(() => undefined);
    });
    ports.add(main);
  });
  await page.exposeFunction('toHost', (text: string) => end?.postMessage(text));
  await page.addInitScript(standIn);
  const read = await loadPage(pageDir);
  const files = new Map([...read].map(([path, { body, type }]) => [path, { body: new Uint8Array(body), type }]));
  await page.route('https://reverie.test/**', async (route) => {
    const url = route.request().url().replace('https:', 'app:').replace('reverie.test', 'reverie');
    const answer = pageAnswer(files, { url, method: 'GET' });
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  await page.goto('https://reverie.test/index.html');
  return { engine, ports, page, faults };
}

describe('the built page in a window of the tray', () => {
  let browser: Browser;
  beforeAll(async () => {
    ensureBuilt('page');
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('[SH6.6] takes the port instead of a socket, and works under the tray’s own policy', async () => {
    const { engine, page, faults, ports } = await openInWindow(browser);
    await page.getByRole('tablist').waitFor();
    engine.think('The rounding happens twice.');
    await page.getByText('The rounding happens twice.').first().waitFor();
    await page.evaluate(() => (window as unknown as World).openLink({ to: 'view', view: 'settings' }));
    await page.getByRole('tab', { name: 'Settings', selected: true }).waitFor();
    await page.evaluate(() => (window as unknown as World).openLink({ to: 'ask', question: 'what broke?' }));
    await expect.poll(() => page.getByRole('tabpanel').getByRole('textbox').first().inputValue()).toBe('what broke?');
    expect(engine.commands).toEqual([]);
    // The mind goes away and comes back: the page asks for another port by itself.
    ports.close();
    await expect.poll(() => engine.listeners(), { timeout: 10_000 }).toBe(0);
    await expect.poll(() => engine.listeners(), { timeout: 10_000 }).toBe(1);
    expect(faults).toEqual([]);
  });
});
