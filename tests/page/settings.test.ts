import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settingsPatchSchema } from '../../core/settings.ts';
import { listBounds, type NumberKey, numberBounds, readNumber } from '../../renderer/settings-bounds.ts';
import { interruptionWords, numberHint } from '../../renderer/settings-words.ts';
import type { Scenario } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { complaints } from './complaints.ts';
import { hostile } from './hostile-texts.ts';
import { enlargeText, type Opened, sidewaysOverflow, usePages } from './open-page.ts';

const pages = usePages();

async function openSettings(scenario: Scenario = 'busy', context: Parameters<typeof pages.open>[1] = {}) {
  const opened = await pages.open({ scenario }, context);
  await showSettings(opened.page);
  return { ...opened, engine: opened.host.engine };
}
async function showSettings(page: Page) {
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.locator('.set-body').waitFor();
}
const inForce = async ({ host }: Opened) => (await host.engine.query.settings()).inForce;
/** The row that a control stands in. */
const rowOf = (page: Page, name: string) =>
  page.locator('.set-row', { has: page.locator('.set-name', { hasText: name }) });
const undo = (page: Page, name: string) => page.getByRole('button', { name: `Undo: ${name}` });

describe('a figure', () => {
  it('[SH2.180] is checked as it is typed, in words with its bounds; what cannot stand is not sent and leads back', async () => {
    const { page, engine } = await openSettings();
    const box = page.getByLabel('Tokens an hour', { exact: true });
    for (const [typed, words] of [
      ['1000001', 'It can be 0 to 1,000,000.'],
      ['-1', 'It can be 0 to 1,000,000.'],
      ['1.5', 'It must be a whole number, 0 to 1,000,000.'],
      ['many', 'That is not a number. It can be 0 to 1,000,000.'],
      ['', 'Write a number, 0 to 1,000,000.'],
    ] as const) {
      await box.fill(typed);
      await page.getByRole('alert').getByText(words).waitFor();
      expect(await box.getAttribute('aria-invalid')).toBe('true');
      await box.press('Enter');
    }
    await page.getByRole('button', { name: 'Back to 200,000' }).click();
    expect([await box.inputValue(), await box.getAttribute('aria-invalid')]).toEqual(['200,000', 'false']);
    await box.fill('0');
    await page.getByText('Zero: the model is never asked; rules think.').waitFor();
    expect(engine.commands.some((each) => JSON.stringify(each).includes('many'))).toBe(false);
  });

  it('[SH2.181] has the bounds of the settings schema, and so have the lists', () => {
    const schema = z.toJSONSchema(settingsPatchSchema, { io: 'input' }) as {
      properties: Record<string, { properties: Record<string, Record<string, unknown>> }>;
    };
    for (const [key, bounds] of Object.entries(numberBounds)) {
      const [section, field] = key.split('.') as [string, string];
      const { minimum: least, maximum: most, type } = schema.properties[section]!.properties[field]!;
      expect({ least, most, isWhole: type === 'integer' }, key).toEqual(bounds);
    }
    const { folders, ignore } = schema.properties.watch!.properties;
    expect({
      folders: folders!.maxItems,
      ignoreRules: ignore!.maxItems,
      ignoreRuleLength: (ignore!.items as { maxLength: number }).maxLength,
    }).toEqual(listBounds);
  });

  it.each([
    ['200,000', 'budget.tokensPerHour', 200_000],
    ['200 000', 'budget.tokensPerHour', 200_000],
    ['1,5', 'watch.uncommittedHours', 1.5],
    ['0.05', 'watch.uncommittedHours', 'out-of-bounds'],
    ['1,5', 'alerts.perDay', 'no-number'],
    ['Infinity', 'alerts.perDay', 'no-number'],
    ['0x10', 'alerts.perDay', 'no-number'],
  ] as const)('[SH2.182] %s for %s is read as %s', (typed, key, read) =>
    expect(readNumber(typed, numberBounds[key])).toEqual(typeof read === 'number' ? { value: read } : { wrong: read }),
  );

  it('[SH2.183] that may be zero says what zero means', () => {
    for (const [key, { least }] of Object.entries(numberBounds))
      expect(numberHint(key as NumberKey, 0).startsWith('Zero: '), key).toBe(least === 0);
  });
});

describe('a change', () => {
  it('[SH2.184] is saved when the typing pauses, a switch at once, and undone one by one to what it was', async () => {
    const opened = await openSettings();
    const { page, engine } = opened;
    const day = page.getByLabel('Interruptions a day', { exact: true });
    await day.pressSequentially('1');
    await day.fill('12');
    await rowOf(page, 'Interruptions a day').getByText('Saved').waitFor();
    expect(engine.commands).toEqual([{ kind: 'change-settings', patch: { alerts: { perDay: 12 } } }]);
    await day.fill('20');
    await day.press('Enter');
    await waitFor('the second change', async () => (await inForce(opened)).alerts?.perDay === 20);
    await page.getByRole('switch', { name: 'Sleep by itself' }).click();
    await page.getByRole('radio', { name: 'Dark' }).click();
    await waitFor('the theme', async () => (await inForce(opened)).page?.theme === 'dark');
    expect((await inForce(opened)).sleep?.enabled).toBe(false);

    await undo(page, 'Interruptions a day').click();
    await waitFor('the first change', async () => (await inForce(opened)).alerts?.perDay === 12);
    await undo(page, 'Interruptions a day').click();
    await waitFor('the beginning', async () => (await inForce(opened)).alerts?.perDay === 5);
    await waitFor('nothing to undo', async () => (await undo(page, 'Interruptions a day').count()) === 0);
    expect(await day.inputValue()).toBe('5');
    expect(await day.evaluate((at) => at === document.activeElement)).toBe(true);
    await undo(page, 'Sleep by itself').click();
    await undo(page, 'Colours').click();
    await waitFor('both', async () => {
      const { sleep, page: shown } = await inForce(opened);
      return sleep?.enabled === true && shown?.theme === 'system';
    });
    await page.getByRole('switch', { name: 'Sleep by itself', checked: true }).waitFor();
  });

  it('[SH2.185] that is typed when the view is left is saved', async () => {
    const opened = await openSettings();
    await opened.page.getByLabel('Keep observations', { exact: true }).fill('60');
    await opened.page.getByRole('tab', { name: 'Now' }).click();
    await waitFor('the change', async () => (await inForce(opened)).store?.observationDays === 60);
  });

  it('[SH2.186] that the host refuses says so in its words at its place, and leads back to what is in force', async () => {
    const { page, engine } = await openSettings();
    engine.refuseSettings('settings.json cannot be written: the disk is full');
    const box = page.getByLabel('Keep observations', { exact: true });
    await box.fill('60');
    await box.press('Enter');
    await rowOf(page, 'Keep observations')
      .getByRole('alert')
      .getByText('Not saved: settings.json cannot be written: the disk is full')
      .waitFor();
    expect(await box.inputValue()).toBe('60');
    expect(await undo(page, 'Keep observations').count()).toBe(0);
    await page.getByRole('button', { name: 'Back to 30' }).click();
    expect(await box.inputValue()).toBe('30');
    await page.getByRole('switch', { name: 'Quiet hours' }).click();
    await rowOf(page, 'Quiet hours').getByText('the disk is full').waitFor();
    expect(await page.getByRole('switch', { name: 'Quiet hours' }).isChecked()).toBe(true);
  });

  it('[SH2.187] in another window appears here, and takes nothing away that is being typed', async () => {
    const { page, engine } = await openSettings();
    const box = page.getByLabel('Tokens a day', { exact: true });
    await box.fill('nonsense');
    await engine.send({ kind: 'change-settings', patch: { budget: { tokensPerDay: 7 }, alerts: { perDay: 3 } } });
    await waitFor(
      'the other change',
      async () => (await page.getByLabel('Interruptions a day', { exact: true }).inputValue()) === '3',
    );
    expect(await box.inputValue()).toBe('nonsense');
    await page.getByRole('button', { name: 'Back to 7' }).click();
    expect(await box.inputValue()).toBe('7');
  });

  it('[SH2.188] moves nothing: not when it is wrong, saved or refused', async () => {
    const { page, engine } = await openSettings();
    const places = () =>
      page.locator('.set-row').evaluateAll((all) => all.map((at) => Math.round((at as HTMLElement).offsetTop)));
    const before = await places();
    await page.getByLabel('Tokens an hour', { exact: true }).fill('x');
    await page.getByLabel('Add a folder by its path', { exact: true }).fill('relative');
    await page.getByLabel('Interruptions a day', { exact: true }).fill('9');
    await page.getByRole('switch', { name: 'Sleep by itself' }).click();
    await page.getByLabel('Ignore rules', { exact: true }).fill('logs/\nbad\\');
    await page.getByText('It ends with a backslash').waitFor();
    await undo(page, 'Interruptions a day').waitFor();
    engine.refuseSettings('The disk is full.');
    await page.getByLabel('Back up every', { exact: true }).fill('7');
    await page.getByText('Not saved: The disk is full.').waitFor();
    expect(await places()).toEqual(before);
  });
});

describe('ignore rules', () => {
  it('[SH2.189] show what they leave out, by rule and with examples, before they hold; a problem holds them back', async () => {
    const opened = await openSettings();
    const { page, engine } = opened;
    const box = page.getByLabel('Ignore rules', { exact: true });
    const preview = page.getByRole('region', { name: 'What they leave out' });
    await preview.getByText('No rules of your own.').waitFor();
    await box.fill('logs/\n\n*.snap  \nbad\\');
    await preview.getByText(/^176 of \d+ files$/).waitFor();
    expect(await preview.locator('.preview-rule').allInnerTexts()).toEqual([
      expect.stringMatching(/^logs\/\s*96 files$/),
      expect.stringMatching(/^\*\.snap\s*80 files$/),
      expect.stringMatching(/^bad\\\s*It ends with a backslash/),
    ]);
    await preview
      .getByText(/tests\/snapshots\/cart-\d+\.snap/)
      .first()
      .waitFor();
    await page.getByText('Not saved while a rule has a problem.').waitFor();
    expect(engine.commands).toEqual([]);
    await box.fill('logs/\n*.snap');
    await rowOf(page, 'Ignore rules').getByText('Saved').waitFor();
    expect((await inForce(opened)).watch?.ignore).toEqual(['logs/', '*.snap']);
    await undo(page, 'Ignore rules').click();
    await waitFor('none', async () => (await inForce(opened)).watch?.ignore?.length === 0);
    await waitFor('an empty box', async () => (await box.inputValue()) === '');
    await box.fill(`ok\n${'a'.repeat(501)}`);
    await page.getByText('Line 2 is too long: a rule holds 500 characters.').waitFor();
  });
});

describe('folders', () => {
  it('[SH2.190] are added by a path that is checked as typed, removed, and brought back', async () => {
    const opened = await openSettings();
    const { page } = opened;
    const box = page.getByLabel('Add a folder by its path', { exact: true });
    await box.fill('shop');
    await page.getByText('Write the whole path').waitFor();
    await box.fill('/home/ada/shop/');
    await page.getByText('It is watched already.').waitFor();
    await page.keyboard.press('Enter');
    await box.fill('/home/ada/site/');
    await page.keyboard.press('Enter');
    await waitFor('two', async () => (await inForce(opened)).watch?.folders?.length === 2);
    expect((await inForce(opened)).watch?.folders).toEqual(['/home/ada/shop', '/home/ada/site']);
    await page.getByRole('button', { name: 'Remove /home/ada/shop' }).click();
    await waitFor('one', async () => (await inForce(opened)).watch?.folders?.length === 1);
    await undo(page, 'Folders').click();
    await waitFor('two again', async () => (await inForce(opened)).watch?.folders?.length === 2);
    expect(await page.getByRole('button', { name: 'Choose…' }).count()).toBe(0);
  });

  it('[SH2.191] are chosen where the host has a picker; the one it was started for stays beside them', async () => {
    const opened = await openSettings('tray');
    const { page, engine } = opened;
    await engine.send({ kind: 'change-settings', patch: { watch: { folders: [] } } });
    await page.getByText('This is the folder Reverie was started for.').waitFor();
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    engine.pick(null);
    await page.getByRole('button', { name: 'Choose…' }).click();
    engine.pick('/home/ada/notes');
    await page.getByRole('button', { name: 'Choose…' }).click();
    await waitFor('both', async () => (await inForce(opened)).watch?.folders?.length === 2);
    expect((await inForce(opened)).watch?.folders).toEqual(['/home/ada/shop', '/home/ada/notes']);
  });
});

describe('the rest', () => {
  it('[SH2.192] interruptions come to one sentence', async () => {
    const quiet = { enabled: true, from: '22:00', until: '08:00' };
    expect(interruptionWords({ notify: 'important', perDay: 5, quiet })).toBe(
      'Quiet from 22:00 to 08:00 the next day; critical ones still come. Up to 5 interruptions a day otherwise.',
    );
    expect(interruptionWords({ notify: 'important', perDay: 1, quiet: { ...quiet, enabled: false } })).toBe(
      'One interruption a day at most, at any hour; critical ones come besides.',
    );
    expect(interruptionWords({ notify: 'important', perDay: 0, quiet })).toMatch(/^Only critical/);
    expect(interruptionWords({ notify: 'critical', perDay: 5, quiet })).toMatch(/^Only critical/);
    expect(interruptionWords({ notify: 'never', perDay: 5, quiet })).toBe('Nothing interrupts you.');
    const opened = await openSettings();
    await opened.page.getByLabel('From', { exact: true }).fill('13:30');
    await opened.page.getByText(/^Quiet from 13:30 to 08:00 the next day/).waitFor();
    expect((await inForce(opened)).alerts?.quiet?.from).toBe('13:30');
  });

  it('[SH2.193] starting at login is switched where the host can, and says why where it cannot', async () => {
    const { page, engine } = await openSettings('tray');
    const login = page.getByRole('switch', { name: 'Start when you log in' });
    await login.click();
    await waitFor('on', () => engine.snapshot().host.login === 'on');
    await undo(page, 'Start when you log in').click();
    await waitFor('off', () => engine.snapshot().host.login === 'off');
    const other = await openSettings();
    const still = other.page.getByRole('switch', { name: 'Start when you log in' });
    await other.page.getByText('Not from here: only the tray program can.').waitFor();
    await still.press('Space');
    expect([await still.isChecked(), other.engine.commands]).toEqual([false, []]);
  });

  it('[SH2.194] where it is wide an index leads to each part; a problem of the file stands first', async () => {
    const host = await pages.host();
    const { settings } = host.engine.query;
    host.engine.query.settings = async () => ({ ...(await settings()), problem: 'settings.json is not valid JSON' });
    const { page } = await pages.visit(host.url, { viewport: { width: 1200, height: 800 } });
    await showSettings(page);
    await page.getByText('settings.json is not valid JSON').waitFor();
    await page
      .getByRole('navigation', { name: 'Parts of the settings' })
      .getByRole('button', { name: 'Sleep' })
      .click();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sleep');
    await page.getByRole('button', { name: 'To the model' }).click();
    await page.getByRole('heading', { name: 'How it stands' }).waitFor();
  });
});

/** The states a reader may meet; `look` is called in each with its name. */
async function walk(
  { page, engine }: Awaited<ReturnType<typeof openSettings>>,
  look: (state: string) => Promise<void>,
) {
  await look('at rest');
  await page.getByLabel('Tokens an hour', { exact: true }).fill('2000000');
  await page.getByLabel('Add a folder by its path', { exact: true }).fill('relative');
  await page.getByLabel('Ignore rules', { exact: true }).fill('logs/\n*.snap\nbad\\');
  await page.getByText('It ends with a backslash').waitFor();
  await page.getByLabel('Interruptions a day', { exact: true }).fill('0');
  await undo(page, 'Interruptions a day').waitFor();
  engine.refuseSettings('settings.json cannot be written: the disk is full');
  await page.getByRole('switch', { name: 'Quiet hours' }).click();
  await page.getByText('the disk is full').waitFor();
  await look('wrong, saved and refused');
}

describe('[SH2.195] looks', () => {
  it.each(['light', 'dark'] as const)('every state passes axe in %s', async (colorScheme) => {
    const opened = await openSettings(colorScheme === 'light' ? 'busy' : 'tray', { colorScheme });
    await walk(opened, async (state) => expect(await complaints(opened.page), state).toEqual([]));
    expect(opened.faults).toEqual([]);
  });

  it.each([
    { name: 'at 300 pixels', width: 300, percent: 100 },
    { name: 'with text at 200 %', width: 420, percent: 200 },
    { name: 'wide with text at 200 %', width: 1200, percent: 200 },
  ])('nothing scrolls sideways $name', async ({ width, percent }) => {
    const opened = await openSettings('tray', {
      viewport: { width, height: 640 },
      before: (page) => enlargeText(page, percent),
    });
    await walk(opened, async (state) => expect(await sidewaysOverflow(opened.page), state).toBeLessThanOrEqual(0));
  });
});

describe('texts of the world', () => {
  it('[SH2.196] are inert in folders, rules, paths and problems, and break no layout', async () => {
    let text = '';
    const host = await pages.host({ scenario: 'tray' });
    const { settings } = host.engine.query;
    host.engine.query.settings = async () => {
      const held = await settings();
      return {
        ...held,
        inForce: { ...held.inForce, watch: { folders: [text], ignore: [text.slice(0, 500)], uncommittedHours: 4 } },
        watching: [text],
        file: text,
        problem: text,
      };
    };
    host.engine.query.previewIgnore = async () => ({
      looked: 1,
      ignored: 1,
      examples: [{ path: text, rule: text }],
      rules: [{ rule: text, matches: 1, problem: text }],
      partial: true,
    });
    const texts = Object.entries(hostile);
    text = texts[0]![1];
    const { page, faults } = await pages.visit(host.url, { viewport: { width: 300, height: 640 } });
    await showSettings(page);
    for (const [name, next] of texts) {
      text = next;
      host.engine.emit({ kind: 'settings-changed' });
      const shown = async () => (await page.locator('.set-problem').textContent())?.includes(next.slice(0, 20));
      await waitFor(name, async () => (await shown()) === true);
      await page.locator('.preview-examples').waitFor();
      host.engine.refuseSettings(next);
      await page.getByRole('switch', { name: 'Quiet hours' }).click();
      await waitFor('the refusal', async () =>
        ((await rowOf(page, 'Quiet hours').getByRole('alert').textContent()) ?? '').includes(next.slice(0, 20)),
      );
      expect(await page.locator('.set img, .set script, .set style').count()).toBe(0);
      expect(await page.evaluate(() => 'broken' in window)).toBe(false);
      expect(await sidewaysOverflow(page), name).toBeLessThanOrEqual(0);
    }
    expect(faults).toEqual([]);
  });
});
