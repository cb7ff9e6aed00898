import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';
import { usePages } from './open-page.ts';

const pages = usePages();

describe('[SH2.8] when the host goes away', () => {
  it('the page says so, keeps what it showed, and is whole again by itself when the host is back', async () => {
    const { page, host } = await pages.open();
    await host.close();
    await page.getByText('Connection lost.').waitFor();
    await page.locator('.brand-state', { hasText: 'Not connected' }).waitFor();
    await page.getByRole('heading', { name: 'src/cart/total.ts' }).waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await page
      .locator('.toast', { hasText: 'That did not work: There is no connection to Reverie right now.' })
      .waitFor();

    host.engine.change({
      focus: { topic: 'src/new.ts', since: host.engine.snapshot().at, why: 'you said so', strength: 1 },
    });
    const insight = host.engine.think('Formed while nobody looked.');
    const back = await pages.host({ engine: host.engine, port: host.port });
    await page.getByRole('heading', { name: 'src/new.ts' }).waitFor();
    await page.locator('.now-latest').getByText(insight.text).waitFor();
    expect(await page.getByText('Connection lost.').count()).toBe(0);
    expect(back.engine.listeners()).toBe(1);
  });

  it('a page that cannot connect at first says that it waits, and connects as soon as it can', async () => {
    const host = await pages.host();
    let attempts = 0;
    const refuseTwice = (page: Page) =>
      page.routeWebSocket(/\/ws$/, async (socket) => {
        attempts += 1;
        if (attempts <= 2) await socket.close();
        else socket.connectToServer();
      });
    const { page } = await pages.visit(host.url, { before: refuseTwice });
    await page.getByText('Reverie does not answer.').waitFor();
    await page.getByRole('tab', { name: 'Now' }).waitFor();
    expect(attempts).toBe(3);
  });
});

describe('[SH2.9] the token', () => {
  it('leaves the address bar, is kept for the tab, and survives a reload', async () => {
    const { page, host } = await pages.open();
    expect(page.url()).toBe(`http://127.0.0.1:${host.port}/`);
    await page.reload();
    await page.getByRole('tab', { name: 'Now' }).waitFor();
  });

  it('works where storage is blocked', async () => {
    const host = await pages.host();
    const { page } = await pages.visit(host.url, {
      before: (page) =>
        page.addInitScript(() => {
          Object.defineProperty(window, 'sessionStorage', {
            get() {
              throw new DOMException('blocked', 'SecurityError');
            },
          });
        }),
    });
    await page.getByRole('tab', { name: 'Now' }).waitFor();
    expect(page.url()).toBe(`http://127.0.0.1:${host.port}/`);
  });

  it.each([
    { name: 'missing', fragment: '', title: 'This page needs its key' },
    { name: 'wrong', fragment: '#token=not-the-token', title: 'This key does not fit' },
  ])(
    'that is $name gets a screen that says what to do; the right link in the same tab then works',
    async ({ fragment, title }) => {
      const host = await pages.host();
      const { page } = await pages.visit(`http://127.0.0.1:${host.port}/${fragment}`);
      await page.getByRole('heading', { name: title }).waitFor();
      await page.getByText('Open the link it printed.').waitFor();
      await page.evaluate((url) => location.assign(url), host.url);
      await page.getByRole('tab', { name: 'Now' }).waitFor();
    },
  );

  it('that stopped fitting while the host was away is told, not tried for ever', async () => {
    const { page, host } = await pages.open();
    await host.close();
    await page.getByText('Connection lost.').waitFor();
    await pages.host({ engine: host.engine, port: host.port, token: 'another-token-of-another-folder' });
    await page.getByRole('heading', { name: 'This key does not fit' }).waitFor();
  });
});

describe('[SH2.12] ages', () => {
  it('follow the clock of the host, whatever the clock of the page says', async () => {
    const { page, host } = await pages.open(
      {},
      { before: (page) => page.clock.setFixedTime(new Date('2031-01-01T00:00:00Z')) },
    );
    expect(await page.locator('.now-latest .age').first().innerText()).toBe('2 min ago');
    host.engine.change({ at: host.engine.snapshot().at + 60 * 60_000 });
    await waitFor('the age', async () => (await page.locator('.now-latest .age').first().innerText()) === '1 h ago');
  });
});
