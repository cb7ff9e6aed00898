import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';
import { expectCommand, heading, openModel } from './open-model.ts';
import { usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

describe('settings', () => {
  it('[SH2.47] [SH2.52] a wanted token is the one bad rung; it is typed unseen and leaves the box only when taken', async () => {
    const opened = await openModel(pages, 'model-auth');
    const { page, host } = opened;
    const rungs = await page.locator('.rung').allInnerTexts();
    expect(rungs).toHaveLength(8);
    expect(rungs[3]).toMatch(/wrong:[\s\S]*wants an API token[\s\S]*Make a token/);
    expect(rungs[0]).toMatch(/^good:\s*LM Studio is installed\.$/);
    await shows(1, page.locator('.rung-remedy'));

    await page.getByRole('button', { name: 'Enter a token' }).click();
    const box = page.getByRole('textbox', { name: 'API token' });
    expect(await box.evaluate((at) => [at === document.activeElement, at.getAttribute('type')])).toEqual([
      true,
      'password',
    ]);
    const apiKey = 'sk-lm-abcdefgh:01234567890123456789';
    const { send } = host.engine;
    host.engine.send = async () => ({ ok: false, message: 'The settings cannot be written.' });
    await page.keyboard.type(apiKey);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The settings cannot be written.').waitFor();
    expect(await box.inputValue()).toBe(apiKey);
    host.engine.send = send;
    await box.fill('wrong');
    await page.keyboard.press('Enter');
    await heading(page, 'LM Studio does not accept the API token in the settings.');
    await waitFor('an empty box', async () => (await box.inputValue()) === '');
    await box.fill(apiKey);
    await page.keyboard.press('Enter');
    await heading(page, 'Qwen2.5 14B Instruct is ready.');
    await waitFor('an empty box', async () => (await box.inputValue()) === '');
    await expectCommand(opened, 1, { kind: 'change-settings', patch: { model: { apiKey } } });
    expect(await page.content()).not.toContain('sk-lm-');
    await page.getByRole('button', { name: 'Forget the stored token' }).click();
    await page.getByText('Forgotten.').waitFor();
    await expectCommand(opened, 2, { kind: 'change-settings', patch: { model: { apiKey: '' } } });
  });

  it('[SH2.52] an address that cannot be one is not sent, a good one and none are; who thinks is chosen', async () => {
    const opened = await openModel(pages, 'model-ready');
    const { page, host } = opened;
    const box = page.getByRole('textbox', { name: 'Server address' });
    await box.fill('localhost:1234');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('An address starts with http://').waitFor();
    expect(host.engine.commands).toEqual([]);
    for (const baseUrl of ['http://192.168.1.7:1234/v1', '']) {
      await box.fill(baseUrl);
      await page.keyboard.press('Enter');
      await page.locator('form', { has: box }).locator('button[aria-disabled="true"]').waitFor();
      await waitFor('the change', () => host.engine.snapshot().settings.baseUrl === baseUrl);
    }
    await page.getByRole('radio', { name: 'Rules only' }).check();
    await expectCommand(opened, 2, { kind: 'change-settings', patch: { model: { reasoner: 'rules' } } });
  });

  it('[SH2.52] what Reverie may do by itself is switched, and what it says of itself follows', async () => {
    const opened = await openModel(pages, 'model-none');
    const { page } = opened;
    const start = page.getByRole('switch', { name: /Start LM Studio by itself/ });
    expect(await start.isChecked()).toBe(false);
    await start.check();
    await expectCommand(opened, 0, { kind: 'change-settings', patch: { lmStudio: { start: 'always' } } });
    const head = page.locator('.model-head');
    await head.getByText('It is loaded when a thought needs it.').waitFor();
    await page.getByRole('switch', { name: /Load the model when needed/ }).uncheck();
    await expectCommand(opened, 1, { kind: 'change-settings', patch: { lmStudio: { load: 'ask' } } });
    await head.getByText('Reverie loads nothing unasked.').waitFor();
    const others = page.getByRole('switch', { name: /Wait while others use LM Studio/ });
    expect(await others.isChecked()).toBe(true);
    await others.uncheck();
    await expectCommand(opened, 2, { kind: 'change-settings', patch: { lmStudio: { yield: false } } });
  });
});

describe('set-up help', () => {
  it('[SH2.54] stands first where nothing is installed, for this system or another one', async () => {
    const { page } = await openModel(pages, 'model-not-installed');
    const first = page.locator('.model .card').first();
    expect(await first.innerText()).toContain('Set up LM Studio');
    await first.getByRole('radio', { name: 'macOS' }).check();
    await first.getByText('move LM Studio to Applications').waitFor();
    await first.getByRole('radio', { name: 'Windows' }).check();
    await first.getByText('lms.exe bootstrap').waitFor();
    await page.getByRole('button', { name: 'Get LM Studio' }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('model-help');
  });
});

describe('the question how the server stands', () => {
  it('[SH2.55] is asked on opening, on a change of the server, and every five seconds while the page is seen', async () => {
    const host = await pages.host({ scenario: 'model-ready' });
    let asked = 0;
    const real = host.engine.query.model;
    host.engine.query.model = () => {
      asked += 1;
      return real();
    };
    const { page } = await pages.visit(host.url, { before: (page) => page.clock.install() });
    await page.getByRole('tab', { name: 'Now' }).waitFor();
    expect(asked).toBe(0);
    await page.getByRole('tab', { name: 'Model' }).click();
    await heading(page, 'How it stands');
    expect(asked).toBe(1);
    await page.clock.runFor(5_000);
    await waitFor('the second question', () => asked === 2);
    host.engine.workedTo(0.1);
    await waitFor('the change', () => asked === 3);
    // Another share of the same load is in the snapshot already: nothing to ask.
    host.engine.workedTo(0.2);
    await page.locator('.progress-figure', { hasText: '20 %' }).waitFor();
    expect(asked).toBe(3);

    await setHidden(page, true);
    await page.clock.runFor(30_000);
    await heading(page, 'How it stands');
    expect(asked).toBe(3);
    await setHidden(page, false);
    await waitFor('the return', () => asked === 4);
    await page.getByRole('tab', { name: 'Now' }).click();
    await page.clock.runFor(30_000);
    expect(asked).toBe(4);

    host.engine.query.model = () => Promise.reject(new Error('broken'));
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByRole('alert').getByText('That did not work:').waitFor();
    await shows(8, page.locator('.rung'));
  });
});

const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
