import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';
import { expectCommand, heading, openModel } from './open-model.ts';
import { usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

const card = (page: Page, title: string) =>
  page.locator('.card').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

describe('the headline', () => {
  it('[SH2.45] says how the server stands and what Reverie does, and offers what mends it, the best first', async () => {
    const { page } = await openModel(pages, 'model-not-running');
    const head = page.locator('.model-head');
    await heading(page, 'LM Studio is closed.');
    expect(await head.innerText()).toMatch(/LM Studio · Closed[\s\S]*Rules think meanwhile/);
    expect(await head.locator('.button').allInnerTexts()).toEqual(['Start its server', 'Open LM Studio']);
    expect(await head.locator('.button-strong').allInnerTexts()).toEqual(['Start its server']);
    expect(await page.getByRole('tab', { name: /needs you/ }).count()).toBe(0);

    const link = page.getByRole('link', { name: 'Open LM Studio' });
    expect(await link.getAttribute('href')).toBe('lmstudio://');
    await link.evaluate((at) => at.addEventListener('click', (event) => event.preventDefault()));
    await link.click();
    await page.getByText('Nothing happened? Open LM Studio yourself').waitFor();
  });

  it('[SH2.45] says a refusal beside the button; a second click meanwhile sends nothing', async () => {
    const { page, host } = await openModel(pages, 'model-off');
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
    const opened = await openModel(pages, 'model-bare');
    const { page, host } = opened;
    const head = page.locator('.model-head');
    await head.getByRole('button', { name: 'Download Qwen2.5 14B Instruct' }).click();
    const name = 'lmstudio-community/Qwen2.5-14B-Instruct-GGUF';
    await expectCommand(opened, 0, { kind: 'get-model', name });
    await head.getByText(`Downloading ${name}.`).waitFor();
    host.engine.workedTo(1);
    await head.getByRole('button', { name: 'Load Qwen2.5 14B Instruct' }).click();
    await expectCommand(opened, 1, { kind: 'load-model', key: 'qwen2.5-14b-instruct', role: 'thinker' });

    await heading(page, 'Loading Qwen2.5 14B Instruct.');
    const bar = page.getByRole('progressbar', { name: 'Loading the model' });
    const announced = page.locator('.progress output');
    const places = () =>
      page.locator('.card, .model-head > *').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    host.engine.workedTo(0.09);
    await page.locator('.brand-state', { hasText: 'loading 9 %' }).waitFor();
    const before = await places();
    for (const [share, spoken] of [
      [0.43, 'Loaded 25 %'],
      [0.74, 'Loaded 50 %'],
    ] as const) {
      host.engine.workedTo(share);
      await page.locator('.progress-figure', { hasText: `${share * 100} %` }).waitFor();
      expect([await bar.getAttribute('value'), await announced.innerText()]).toEqual([String(share), spoken]);
      expect(await places()).toEqual(before);
    }
    expect(await page.locator('.brand-state output').innerText()).toBe('Awake');
    host.engine.workedTo(null);
    await waitFor('no value', async () => (await bar.getAttribute('value')) === null);
    host.engine.workedTo(1);
    await heading(page, 'Qwen2.5 14B Instruct is ready.');
    expect(await bar.count()).toBe(0);
    await head.getByRole('button', { name: 'Test it' }).click();
    await head.getByText('It answered after 0.8 s.').waitFor();
    await expectCommand(opened, 2, { kind: 'test-model' });
  });

  it('[SH2.45] keeps the refusal of a load or a download to be read while another model thinks', async () => {
    const { page } = await openModel(pages, 'model-refused');
    const head = page.locator('.model-head');
    await heading(page, 'Qwen2.5 14B Instruct is ready.');
    await head.getByText(/could not be downloaded: .*too full.* are free/).waitFor();
    expect(await head.locator('.state-dot').getAttribute('class')).toContain('state-ready');
    expect(await head.locator('.button-strong').count()).toBe(0);
  });
});

describe('roles', () => {
  it('[SH2.48] show what is wanted, used and why; a choice by keyboard is for its role, and “load” tells the size', async () => {
    const opened = await openModel(pages, 'model-ready');
    const { page } = opened;
    const thinker = page.locator('.role', { hasText: 'Thinker forms' });
    expect(await thinker.innerText()).toMatch(
      /Qwen2\.5 14B Instruct\s+Uses reverie\/qwen2\.5-14b-instruct: it is named in the settings and loaded/,
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
    await shows(2, page.getByRole('option'));
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
    const opened = await openModel(pages, 'model-many');
    const { page } = opened;
    await page.getByRole('combobox', { name: /^Model for Thinker/ }).click();
    await page.getByText('The first 200 of 5,000 by name.').waitFor();
    await page.getByPlaceholder('Filter by name…').fill('lab/model-4711-instruct');
    await page.getByRole('option', { name: 'Use exactly “lab/model-4711-instruct”' }).click();
    await expectCommand(opened, 0, { kind: 'change-settings', patch: { model: { name: 'lab/model-4711-instruct' } } });
    await page.getByRole('combobox', { name: 'Model for Thinker: lab/model-4711-instruct' }).waitFor();
  });
});

describe('the tab', () => {
  it('[SH2.42] bears a dot only where something waits for the owner', async () => {
    const { page } = await openModel(pages, 'model-breaker');
    await page.getByRole('tab', { name: /needs you/ }).waitFor();
  });
});

describe('memory and calls', () => {
  it('[SH2.50] [SH2.51] are told while all is well, and nothing presses the owner', async () => {
    const opened = await openModel(pages, 'model-ready');
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
    await shows(1, memory.getByRole('button'));
    await memory.getByRole('button', { name: 'Unload reverie/qwen2.5-14b-instruct' }).click();
    await waitFor('it to go', async () => (await memory.locator('li.row').count()) === 2);
    await expectCommand(opened, 0, { kind: 'unload-model', id: 'reverie/qwen2.5-14b-instruct' });
    await page.locator('.model-head').getByText('It was unloaded and stays so').waitFor();
  });

  it('[SH2.50] [SH2.51] over HTTP alone say what cannot be told and what would mend that; copies are marked', async () => {
    const { page } = await openModel(pages, 'model-http-only');
    expect(await page.locator('.hint-box').innerText()).toMatch(/cannot tell whether LM Studio is busy.*lms it could/s);
    await page.getByText('Loaded twice and not in use').or(page.getByText('If you do not need this copy')).waitFor();
    const other = await openModel(pages, 'model-long');
    await other.page.getByText('Loaded twice. Reverie uses this copy').waitFor();
  });

  it('[SH2.47] [SH2.51] an open breaker says why, is the one bad rung, and is closed by one click', async () => {
    const opened = await openModel(pages, 'model-breaker');
    const { page } = opened;
    const why = 'crashed again after it had been loaded anew.';
    const box = page.locator('.caution');
    expect(await box.innerText()).toContain(why);
    expect(await page.locator('.rung-bad').allInnerTexts()).toEqual([expect.stringContaining(why)]);
    await box.getByRole('button', { name: 'Try again' }).click();
    await box.waitFor({ state: 'detached' });
    await expectCommand(opened, 0, { kind: 'try-again' });
    await waitFor('a whole ladder', async () => (await page.locator('.rung-bad').count()) === 0);
  });
});
