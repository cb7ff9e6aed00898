import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { actionFor, keyMap, keyName, keyShortcut, type Press } from '../../renderer/keys.ts';
import { waitFor } from '../kit/wait-for.ts';
import { usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();
const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  shift: false,
  repeat: false,
  mac: false,
  ...held,
});
const free = { typing: false, covered: false };
const kind = (one: Press, place = free) => actionFor(one, place)?.kind ?? null;

describe('[SH2.150] a key', () => {
  it.each([
    ['1', { kind: 'view', view: 'now' }],
    ['9', { kind: 'view', view: 'settings' }],
    ['/', { kind: 'palette' }],
    ['p', { kind: 'pause' }],
    ['P', { kind: 'pause' }],
    ['j', { kind: 'next' }],
    ['k', { kind: 'previous' }],
    ['?', { kind: 'keys' }],
    ['Escape', { kind: 'escape' }],
    ['0', null],
    ['x', null],
  ])('%s', (key, action) => expect(actionFor(press(key), free)).toEqual(action));

  it('that needs Shift on some keyboards counts by what it writes', () => {
    expect(kind(press('/', { shift: true }))).toBe('palette');
    expect(kind(press('3', { shift: true }))).toBe('view');
    expect(kind(press('P', { shift: true }))).toBeNull();
  });

  it('stands in the table once, and has a name for people and one for screen readers', () => {
    const rows = keyMap.map(({ key, command }) => `${command ?? ''} ${key}`);
    expect(new Set(rows).size).toBe(rows.length);
    expect(keyName({ key: 'k', command: true }, true)).toBe('⌘ K');
    expect(keyName({ key: 'k', command: true }, false)).toBe('Ctrl K');
    expect(keyShortcut({ key: 'k', command: true }, false)).toBe('Control+K');
    expect(keyName({ key: 'Escape' }, false)).toBe('Esc');
  });
});

describe('[SH2.151] keys are left alone', () => {
  const typing = { typing: true, covered: false };
  const covered = { typing: false, covered: true };

  it('while typing, but for the palette and Escape', () => {
    const kept = keyMap.filter((row) => kind(press(row.key, { ctrl: row.command === true }), typing) !== null);
    expect(kept.map(({ action }) => action.kind)).toEqual(['palette', 'escape']);
  });

  it('under what lies over the page, but for the key of the palette', () => {
    const kept = keyMap.filter((row) => kind(press(row.key, { ctrl: row.command === true }), covered) !== null);
    expect(kept.map(({ key }) => key)).toEqual(['k']);
  });

  it('with the modifiers of the browser', () => {
    for (const held of [{ ctrl: true }, { meta: true }, { alt: true }, { ctrl: true, meta: true }])
      for (const key of ['1', 'p', '/', '?', 'j', 'Escape']) expect(kind(press(key, held))).toBeNull();
    expect(kind(press('k', { ctrl: true }))).toBe('palette');
    expect(kind(press('k', { meta: true }))).toBeNull();
    expect(kind(press('k', { meta: true, mac: true }))).toBe('palette');
    expect(kind(press('k', { ctrl: true, mac: true }))).toBeNull();
    expect(kind(press('k', { ctrl: true, alt: true }))).toBeNull();
  });

  it('when they are held down, but for those that walk a list', () => {
    expect(kind(press('p', { repeat: true }))).toBeNull();
    expect(kind(press('j', { repeat: true }))).toBe('next');
  });

  it('in a note: letters are letters', async () => {
    const { page, host } = await pages.open();
    await page.getByRole('textbox', { name: 'Leave a note' }).focus();
    await page.keyboard.type('p1?/jk');
    expect(await page.getByRole('textbox', { name: 'Leave a note' }).inputValue()).toBe('p1?/jk');
    expect(host.engine.commands).toEqual([]);
    await page.getByRole('tab', { name: 'Now', selected: true }).waitFor();
  });
});

/** What has the focus, by id or name. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement!;
    return (
      (at.id.startsWith('base-ui') ? '' : at.id) ||
      at.getAttribute('aria-label') ||
      at.textContent?.trim() ||
      at.tagName
    );
  });
const focusIs = (page: Page, name: string | RegExp) =>
  waitFor(`the focus on ${name}`, async () => {
    const at = await focused(page);
    return typeof name === 'string' ? at === name : name.test(at);
  });

/** Presses Tab until what has the focus is named so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    if (typeof name === 'string' ? at === name : name.test(at)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

describe('[SH2.152] Escape', () => {
  it('leaves a field, closes what is open, and then tells the window, which the tray hides by', async () => {
    const { page } = await pages.open();
    await page.evaluate(() =>
      addEventListener('reverie-dismiss', () => Object.assign(globalThis, { dismissed: true })),
    );
    const dismissed = () => page.evaluate(() => 'dismissed' in globalThis);
    await page.getByRole('textbox', { name: 'Leave a note' }).focus();
    await page.keyboard.press('Escape');
    await focusIs(page, 'view-title');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
    await focusIs(page, 'view-title');
    expect(await dismissed()).toBe(false);
    await page.keyboard.press('Escape');
    expect(await dismissed()).toBe(true);
  });

  it('goes back from an opened memory before it tells the window', async () => {
    const { page } = await pages.open();
    await page.evaluate(() =>
      addEventListener('reverie-dismiss', () => Object.assign(globalThis, { dismissed: true })),
    );
    await page.keyboard.press('5');
    await page.getByRole('button', { name: 'Open', exact: true }).first().press('Enter');
    await page.locator('.memory-whole').waitFor();
    await waitFor('the focus', async () => (await focused(page)) !== 'Open');
    await page.keyboard.press('Escape');
    await page.locator('.memory-card').first().waitFor();
    expect(await page.evaluate(() => 'dismissed' in globalThis)).toBe(false);
  });
});

describe('[SH2.153] j and k', () => {
  it('walk the list of the view, item by item, and stop at its ends', async () => {
    const { page } = await pages.open();
    await page.keyboard.press('6');
    const items = page.locator('[data-list] > *');
    await items.first().waitFor();
    const at = () => items.evaluateAll((all) => all.indexOf(document.activeElement as HTMLElement));
    const walked: number[] = [];
    for (const key of ['j', 'j', 'j', 'j', 'k']) {
      await page.keyboard.press(key);
      walked.push(await at());
    }
    expect(walked).toEqual([0, 1, 2, 2, 1]);
  });
});

describe('[SH2.154] the help on keys', () => {
  it('shows every key of the table, returns the focus, and leads to how Reverie works', async () => {
    const { page } = await pages.open();
    await page.getByRole('tab', { name: 'Now' }).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.getByText('In Insights and Memory, / goes to the search of that view.').waitFor();
    const shown = await page.getByRole('dialog').locator('kbd').allInnerTexts();
    expect(shown.toSorted()).toEqual(keyMap.map((row) => keyName(row, false)).toSorted());
    await page.keyboard.press('Escape');
    await focusIs(page, /^Now/);
    await page.keyboard.press('?');
    await tabTo(page, 'How Reverie works');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'How Reverie works' }).waitFor();
  });
});

describe('[SH2.158] [SH2.159] the palette', () => {
  /** Opens it and types; the field has the focus before the first letter. */
  async function look(page: Page, text: string, key = '/'): Promise<void> {
    await page.keyboard.press(key);
    await focusIs(page, 'Search views, commands and insights');
    await page.keyboard.type(text);
    await page.locator('.palette-item[data-highlighted]').waitFor();
  }

  it('opens from a field too, closes by its own key and by Escape, and gives the focus back', async () => {
    const { page } = await pages.open();
    await page.getByRole('textbox', { name: 'Leave a note' }).focus();
    for (const key of ['Control+k', 'Escape']) {
      await look(page, '', 'Control+k');
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focusIs(page, 'note-text');
    }
  });

  it('does what was chosen and says what came of it', async () => {
    const { page, host } = await pages.open();
    await look(page, 'sleep n');
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: 'It goes to sleep: 12 episodes wait.' }).waitFor();
    expect(host.engine.commands).toEqual([{ kind: 'sleep-now' }]);
    await look(page, 'invoices', 'Control+k');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await waitFor('the focus', () => host.engine.commands.length === 2);
    expect(host.engine.commands[1]).toEqual({ kind: 'set-focus', topic: 'invoices', priority: 'high' });
  });

  it('[SH2.164] takes a theme back on undo, and says in plain words what did not work', async () => {
    const { page, host } = await pages.open();
    await look(page, 'theme: dark');
    await page.keyboard.press('Enter');
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await waitFor('the old theme', () => host.engine.snapshot().settings.theme === 'system');
    host.engine.refuseSettings('The settings file cannot be written.');
    await look(page, 'theme: light');
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: 'That did not work: The settings file cannot be written.' }).waitFor();
  });

  it('asks, and searches memory and insights, with the focus on the heading of the view', async () => {
    const { page, host } = await pages.open();
    await look(page, 'what keeps failing here');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Ask' }).waitFor();
    await waitFor(
      'the question',
      async () => (await host.engine.query.answers())[0]?.question === 'what keeps failing here',
    );
    await focusIs(page, 'view-title');
    await look(page, 'merging conflicts', 'Control+k');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.memory-why', { hasText: 'holds “merging”' }).first().waitFor();
    await look(page, 'VAT', 'Control+k');
    await page.getByRole('option', { name: 'Search insights for “VAT”' }).click();
    await page.getByRole('heading', { level: 1, name: 'Insights' }).waitFor();
    await waitFor('the search', async () => (await page.getByRole('searchbox').inputValue()) === 'VAT');
  });

  it('opens a recent insight', async () => {
    const { page, host } = await pages.open();
    const [, insight] = await host.engine.query.insights({ limit: 2 });
    await look(page, insight!.text.slice(0, 30));
    await page.locator('.palette-group').last().getByRole('option').first().click();
    await page.getByRole('heading', { level: 1, name: 'Insights' }).waitFor();
    await focusIs(page, `insight-${insight!.id}`);
  });
});

describe('[SH2.160] [SH2.161] [SH2.162] the first run', () => {
  it('names what is watched and what never is, who thinks with what mends it, and what to expect', async () => {
    const { page, host } = await pages.open({ scenario: 'welcome' });
    const dialog = page.getByRole('dialog', { name: 'Welcome to Reverie' });
    await focusIs(page, 'What it watches');
    await dialog.getByText('/home/ada/shop').waitFor();
    await dialog.getByText(/such as \.env and keys/).waitFor();
    await dialog.getByRole('button', { name: 'Next' }).press('Enter');
    await focusIs(page, 'Who thinks');
    const { server } = host.engine.snapshot();
    await dialog.getByText(server.what).waitFor();
    for (const { label } of server.offers) expect(await dialog.getByText(label, { exact: true }).count()).toBe(1);
    await dialog.getByRole('button', { name: 'Next' }).press('Enter');
    await focusIs(page, 'What to expect');
    await dialog.getByText(/Quiet hours/).waitFor();
    await dialog.getByRole('button', { name: 'Start' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await focusIs(page, 'view-title');
    expect(host.engine.commands).toEqual([{ kind: 'change-settings', patch: { page: { welcomed: true } } }]);
  });

  it('ends in every window with the first that leaves it, and does not come back', async () => {
    const { page, host } = await pages.open({ scenario: 'welcome' });
    const other = await pages.visit(host.url);
    await other.page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Skip' }).press('Enter');
    await other.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(host.engine.commands).toHaveLength(1);
    await other.page.reload();
    await other.page.getByRole('tab', { name: 'Now' }).waitFor();
    await other.page.keyboard.press('?');
    await other.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await shows(1, other.page.getByRole('dialog'));
  });

  it('leads to the folders in the settings', async () => {
    const { page } = await pages.open({ scenario: 'welcome' });
    await page.getByRole('button', { name: 'Choose folders' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await focusIs(page, 'view-title');
  });
});

describe('[SH2.165] by keyboard alone', () => {
  it('the owner meets it, reads the newest insight and its evidence, judges it, asks, searches, pauses and changes the theme', async () => {
    const { page, host } = await pages.open();
    const { engine } = host;
    engine.change({ settings: { ...engine.snapshot().settings, welcomed: false } });
    await focusIs(page, 'What it watches');
    await tabTo(page, 'Next');
    await page.keyboard.press('Enter');
    await focusIs(page, 'Who thinks');
    await page.keyboard.press('Escape');
    await focusIs(page, 'view-title');

    await page.keyboard.press('2');
    await focusIs(page, 'view-title');
    const [newest] = await engine.query.insights({ limit: 1 });
    await page.locator(`#insight-${newest!.id}`).waitFor();
    await page.keyboard.press('j');
    await focusIs(page, `insight-${newest!.id}`);
    await tabTo(page, /^Evidence/);
    await page.keyboard.press('Enter');
    await page.getByText('src/cart/total.ts changed, +14 −9, near applyDiscount').waitFor();
    await focusIs(page, /^Evidence/);
    await tabTo(page, /^Useful/);
    await page.keyboard.press('Space');
    await waitFor('the verdict', () =>
      engine.commands.some(
        (each) => each.kind === 'judge-insight' && each.id === newest!.id && each.verdict === 'useful',
      ),
    );

    await page.keyboard.press('3');
    await focusIs(page, 'view-title');
    await waitForField(page);
    await page.keyboard.type('Why is the total wrong?');
    await page.keyboard.press('Enter');
    await waitFor('the answer', async () => (await engine.query.answers())[0]?.state === 'done');
    await page.getByText('One thing stands out').first().waitFor();

    await page.keyboard.press('Escape');
    await focusIs(page, 'view-title');
    await page.keyboard.press('5');
    await tabTo(page, 'Search memory');
    await page.keyboard.type('merging conflicts');
    await page.keyboard.press('Enter');
    await page.locator('.memory-why', { hasText: 'holds “merging”' }).first().waitFor();
    await focusIs(page, 'Search memory');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await focusIs(page, 'view-title');

    await page.keyboard.press('p');
    await page.locator('.brand-state output', { hasText: 'Paused' }).waitFor();
    await page.keyboard.press('p');
    await page.locator('.brand-state output', { hasText: 'Awake' }).waitFor();
    await focusIs(page, 'view-title');

    await page.keyboard.press('9');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.getByRole('radio', { name: 'Dark' }).waitFor();
    for (let stops = 0; stops < 80 && !(await onTheme(page)); stops++) await page.keyboard.press('Tab');
    while (!(await page.getByRole('radio', { name: 'Dark' }).isChecked())) await page.keyboard.press('ArrowRight');
    await waitFor(
      'dark',
      async () => (await page.evaluate(() => document.documentElement.style.colorScheme)) === 'dark',
    );
    await page.keyboard.press('1');
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await focusIs(page, 'view-title');
  });

  /** From the heading on to the field of the question. */
  async function waitForField(page: Page): Promise<void> {
    for (let stops = 0; stops < 20; stops++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.matches('textarea, input[type=text], input:not([type])')))
        return;
    }
    throw new Error('Tab never reached a field');
  }
  const onTheme = (page: Page) =>
    page.evaluate(() => /As the system/.test(document.activeElement?.closest('[role=radiogroup]')?.textContent ?? ''));
});
