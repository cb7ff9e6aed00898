import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { snapshotSchema } from '../../core/protocol.ts';
import type { Scenario } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { type Opened, usePages } from './open-page.ts';

const pages = usePages();

async function openModel(scenario: Scenario): Promise<Opened> {
  const opened = await pages.open({ scenario });
  await opened.page.getByRole('tab', { name: 'Model' }).click();
  await heading(opened.page, 'How it stands');
  return opened;
}
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
const card = (page: Page, title: string) =>
  page.locator('.card').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** Waits for the next command; fails when it is another one. */
async function expectCommand({ host: { engine } }: Opened, index: number, command: object): Promise<void> {
  await waitFor('a command', () => engine.commands.length > index);
  expect(engine.commands.slice(index)).toEqual([command]);
}

describe('the headline', () => {
  it('[SH2.45] says how the server stands and what Reverie does, and offers what mends it, the best first', async () => {
    const { page } = await openModel('model-not-running');
    const head = page.locator('.model-head');
    await heading(page, 'LM Studio is closed.');
    expect(await head.innerText()).toMatch(/LM Studio · Closed[\s\S]*Rules think meanwhile/);
    expect(await head.locator('.button').allInnerTexts()).toEqual(['Start its server', 'Open LM Studio']);
    expect(await head.locator('.button-strong').allInnerTexts()).toEqual(['Start its server']);
    await page.getByRole('tab', { name: /needs you/ }).waitFor();

    const link = page.getByRole('link', { name: 'Open LM Studio' });
    expect(await link.getAttribute('href')).toBe('lmstudio://');
    await link.evaluate((at) => at.addEventListener('click', (event) => event.preventDefault()));
    await link.click();
    await page.getByText('Nothing happened? Open LM Studio yourself').waitFor();
  });

  it('[SH2.45] says a refusal beside the button; a second click meanwhile sends nothing', async () => {
    const { page, host } = await openModel('model-off');
    const gate = Promise.withResolvers<void>();
    const asked: string[] = [];
    host.engine.send = async ({ kind }) => {
      asked.push(kind);
      await gate.promise;
      return { ok: false, message: 'LM Studio did not start within a minute.' };
    };
    const button = page.getByRole('button', { name: 'Start its server' });
    await button.click();
    await waitFor('the question', () => asked.length === 1);
    await button.click({ force: true });
    gate.resolve();
    await page.getByRole('alert').getByText('That did not work: LM Studio did not start within a minute.').waitFor();
    expect(asked).toEqual(['start-server']);
  });

  it('[SH2.45] [SH2.46] loads what it offers; the load shows as a bar, moves nothing, and ends ready', async () => {
    const opened = await openModel('model-none');
    const { page, host } = opened;
    await page.getByRole('button', { name: 'Download Qwen2.5 7B' }).click();
    await page.getByText('LM Studio downloads qwen2.5-7b-instruct.').waitFor();
    await expectCommand(opened, 0, { kind: 'get-model', name: 'qwen2.5-7b-instruct' });
    await page.locator('.model-head').getByRole('button', { name: 'Load Qwen2.5 14B Instruct' }).click();
    await expectCommand(opened, 1, { kind: 'load-model', key: 'qwen2.5-14b-instruct', role: 'thinker' });

    await heading(page, 'Loading Qwen2.5 14B Instruct.');
    const bar = page.getByRole('progressbar', { name: 'Loading the model' });
    const announced = page.locator('.progress output');
    const places = () =>
      page.locator('.card, .model-head > *').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    host.engine.loadedTo(0.09);
    await page.locator('.brand-state', { hasText: 'loading 9 %' }).waitFor();
    const before = await places();
    for (const [share, spoken] of [
      [0.43, 'Loaded 25 %'],
      [0.74, 'Loaded 50 %'],
    ] as const) {
      host.engine.loadedTo(share);
      await page.locator('.progress-figure', { hasText: `${share * 100} %` }).waitFor();
      expect([await bar.getAttribute('value'), await announced.innerText()]).toEqual([String(share), spoken]);
      expect(await places()).toEqual(before);
    }
    expect(await page.locator('.brand-state output').innerText()).toBe('Awake');
    host.engine.loadedTo(null);
    await waitFor('no value', async () => (await bar.getAttribute('value')) === null);
    host.engine.loadedTo(1);
    await heading(page, 'Qwen2.5 14B Instruct is ready.');
    expect(await bar.count()).toBe(0);
  });
});

describe('roles', () => {
  it('[SH2.48] show what is wanted, used and why; a choice by keyboard is for its role, and “load” tells the size', async () => {
    const opened = await openModel('model-ready');
    const { page } = opened;
    const thinker = page.locator('.role', { hasText: 'Thinker forms' });
    expect(await thinker.innerText()).toMatch(
      /Qwen2\.5 14B Instruct\s+Uses reverie\/qwen2\.5-14b-instruct — you named/,
    );
    await page.getByRole('combobox', { name: 'Model for Thinker: Qwen2.5 14B Instruct' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /Coder/ }).waitFor();
    await page.keyboard.type('coder');
    await waitFor('the filter', async () => (await page.getByRole('option').count()) === 1);
    await page.keyboard.type('x');
    await page.getByText('No model on the disk has such a name.').waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('option').waitFor();
    await page.keyboard.press('Enter');
    await expectCommand(opened, 0, {
      kind: 'change-settings',
      patch: { model: { name: 'qwen2.5-coder-7b-instruct' } },
    });
    await thinker.getByRole('button', { name: 'Load Qwen2.5 Coder 7B Instruct 4.7 GB' }).waitFor();

    await page.getByRole('combobox', { name: /^Model for Embedder/ }).click();
    await page.getByRole('option', { name: /Nomic/ }).waitFor();
    expect(await page.getByRole('option').count()).toBe(2);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Model for Fast: Gemma 3 4B' }).click();
    await page.getByRole('option', { name: 'Same as the thinker' }).click();
    await expectCommand(opened, 1, { kind: 'change-settings', patch: { model: { roles: { fast: '' } } } });

    const advice = page.locator('.advice', { hasText: 'DeepSeek' });
    expect(await advice.innerText()).toMatch(/reasons step by step/i);
    await advice.getByRole('button', { name: 'Load DeepSeek R1 Distill Qwen 14B 9.0 GB' }).click();
    await expectCommand(opened, 2, { kind: 'load-model', key: 'deepseek-r1-distill-qwen-14b', role: 'reasoner' });
  });

  it('[SH2.49] of 5,000 models list the first 200, say so, and take the whole key of any other', async () => {
    const opened = await openModel('model-many');
    const { page } = opened;
    await page.getByRole('combobox', { name: /^Model for Thinker/ }).click();
    await page.getByText('The first 200 of 5,000 by name.').waitFor();
    await page.getByPlaceholder('Filter by name…').fill('lab/model-4711-instruct');
    await page.getByRole('option', { name: 'Use exactly “lab/model-4711-instruct”' }).click();
    await expectCommand(opened, 0, { kind: 'change-settings', patch: { model: { name: 'lab/model-4711-instruct' } } });
    await page.getByRole('combobox', { name: 'Model for Thinker: lab/model-4711-instruct' }).waitFor();
  });
});

describe('memory and calls', () => {
  it('[SH2.50] [SH2.51] are told while all is well, and nothing presses the owner', async () => {
    const opened = await openModel('model-ready');
    const { page } = opened;
    expect(await page.locator('.model .button-strong').count()).toBe(0);
    expect(await page.locator('.hint-box').count()).toBe(0);
    expect(await page.getByRole('tab', { name: /needs you/ }).count()).toBe(0);

    const calls = await card(page, 'Calls').innerText();
    for (const words of ['42 tokens/s', '840 ms', 'thought, 118 tokens in 3.4 s', 'Thoughts 2', '1,284', '412', '96'])
      expect(calls).toContain(words);
    await page.getByText('14,200 of 50,000 tokens, 18 calls').waitFor();

    const memory = card(page, 'In memory');
    expect(await memory.locator('li.row').first().innerText()).toMatch(/In use\s+loaded by Reverie\s+8,192 tokens/);
    expect(await memory.getByRole('button').count()).toBe(1);
    await memory.getByRole('button', { name: 'Unload reverie/qwen2.5-14b-instruct' }).click();
    await waitFor('it to go', async () => (await memory.locator('li.row').count()) === 2);
    await expectCommand(opened, 0, { kind: 'unload-model', id: 'reverie/qwen2.5-14b-instruct' });
  });

  it('[SH2.50] [SH2.51] over HTTP alone say what cannot be told and what would mend that; copies are marked', async () => {
    const { page } = await openModel('model-http-only');
    expect(await page.locator('.hint-box').innerText()).toMatch(/cannot tell whether LM Studio is busy.*lms it could/s);
    await page.getByText('Loaded twice. Reverie uses this copy').waitFor();
    await page.getByText('If you do not need this copy, eject it in LM Studio.').waitFor();
  });

  it('[SH2.51] an open breaker says why and is closed by one click', async () => {
    const opened = await openModel('model-breaker');
    const box = opened.page.locator('.caution');
    expect(await box.innerText()).toContain('The model crashed twice within four minutes.');
    await box.getByRole('button', { name: 'Try again' }).click();
    await box.waitFor({ state: 'detached' });
    await expectCommand(opened, 0, { kind: 'try-again' });
  });
});

describe('settings', () => {
  it('[SH2.47] [SH2.52] a wanted token is the one bad rung; it is typed unseen and leaves the box only when taken', async () => {
    const opened = await openModel('model-auth');
    const { page } = opened;
    const rungs = await page.locator('.rung').allInnerTexts();
    expect(rungs).toHaveLength(8);
    expect(rungs[3]).toMatch(/wrong:[\s\S]*wants an API token[\s\S]*Make a token/);
    expect(rungs[0]).toMatch(/^good:\s*LM Studio is installed\.$/);
    expect(await page.locator('.rung-remedy').count()).toBe(1);

    await page.getByRole('button', { name: 'Enter a token' }).click();
    const box = page.getByRole('textbox', { name: 'API token' });
    expect(await box.evaluate((at) => [at === document.activeElement, at.getAttribute('type')])).toEqual([
      true,
      'password',
    ]);
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('LM Studio does not take this token.').waitFor();
    expect(await box.inputValue()).toBe('wrong');
    const apiKey = 'sk-lm-abcdefgh:01234567890123456789';
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
    const opened = await openModel('model-ready');
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

  // The switches are drawn where the snapshot tells how they stand.
  it.runIf('lmStudio' in snapshotSchema.shape.settings.shape)(
    '[SH2.52] what Reverie may do by itself is switched',
    async () => {
      const opened = await openModel('model-ready');
      const start = opened.page.getByRole('switch', { name: /Start LM Studio by itself/ });
      expect(await start.isChecked()).toBe(false);
      await start.check();
      await expectCommand(opened, 0, { kind: 'change-settings', patch: { lmStudio: { start: 'always' } } });
      await opened.page.getByRole('switch', { name: /Load the model when needed/ }).uncheck();
      await expectCommand(opened, 1, { kind: 'change-settings', patch: { lmStudio: { load: 'ask' } } });
    },
  );
});

describe('set-up help', () => {
  it('[SH2.54] stands first where nothing is installed, for this system or another one', async () => {
    const { page } = await openModel('model-not-installed');
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
    host.engine.loadedTo(0.1);
    await waitFor('the change', () => asked === 3);
    // Another share of the same load is in the snapshot already: nothing to ask.
    host.engine.loadedTo(0.2);
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
    expect(await page.locator('.rung').count()).toBe(8);
  });
});

const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
