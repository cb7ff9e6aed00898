import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';
import { usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

/** Presses Tab until the element with this role and name has the focus; fails after `limit` stops. */
async function tabTo(page: Page, name: RegExp, limit = 60): Promise<void> {
  for (let stops = 0; stops < limit; stops++) {
    await page.keyboard.press('Tab');
    const words = await page.evaluate(() => {
      const at = document.activeElement;
      // A focused panel or card contains the words of everything in it.
      const own = at?.matches('[role=tabpanel], article') ? '' : at?.textContent;
      return `${at?.getAttribute('aria-label') ?? ''} ${at?.id ?? ''} ${own}`;
    });
    if (name.test(words)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

const hasFocusRing = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement!;
    return [at, at.closest('.note-box')].some((each) => each && getComputedStyle(each).outlineStyle !== 'none');
  });

describe('[SH2.2] by keyboard alone the owner', () => {
  it('opens evidence and its reasons, judges, pauses and leaves a note', async () => {
    const { page, host } = await pages.open();
    await tabTo(page, /^ \S+ Now/);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('tab', { name: 'Insights', selected: true }).waitFor();

    await tabTo(page, /Evidence \(3\)/);
    expect(await hasFocusRing(page)).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('src/cart/total.ts changed, +14 −9, near applyDiscount').waitFor();
    await tabTo(page, /Less of this/);
    await page.keyboard.press('Space');
    await waitFor('the verdict', () =>
      host.engine.commands.some((command) => command.kind === 'judge-insight' && command.verdict === 'less'),
    );
    await tabTo(page, /Why did you notice this/);
    await page.keyboard.press('Enter');
    await page.getByText('Relevance to the focus').waitFor();

    await page.getByRole('tab', { name: 'Insights' }).focus();
    await page.keyboard.press('ArrowUp');
    await tabTo(page, /note-text/);
    expect(await hasFocusRing(page)).toBe(true);
    await page.keyboard.type('first line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('second line');
    await page.keyboard.press('Enter');
    await page.getByText('Noted.').waitFor();
    expect(host.engine.notes).toEqual(['first line\nsecond line']);

    await page.keyboard.press('Tab');
    await tabTo(page, /^Pause /);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(host.engine.commands.at(-1)).toEqual({ kind: 'pause' });
  });
});

describe('[SH2.3] Now', () => {
  it('says what is attended to, why, and who thinks', async () => {
    const { page } = await pages.open();
    await page.getByRole('heading', { name: 'src/cart/total.ts' }).waitFor();
    await page.getByText('you edited it 6 times in 22 minutes').waitFor();
    expect(await page.locator('.thought .reasoner').innerText()).toBe('qwen2.5-14b-instruct');
  });

  it('calls rules rules, never a model', async () => {
    const { page } = await pages.open({ scenario: 'empty' });
    expect(await page.locator('.first-day .reasoner').innerText()).toBe('Rules — no model');
  });
});

describe('[SH2.5] evidence', () => {
  it('opens to the observations with the three terms, their figures and the score', async () => {
    const { page } = await pages.open();
    await page.getByRole('button', { name: 'Evidence (3)' }).click();
    await page.getByRole('button', { name: 'Why did you notice this?' }).first().click();
    const meters = page.locator('.terms').getByRole('meter');
    await shows(3, meters);
    for (const name of ['Relevance', 'Novelty', 'Urgency']) await page.getByRole('meter', { name }).waitFor();
    expect(await page.locator('.terms-score').innerText()).toMatch(/^Score 0\.\d\d Attended to$/);
  });

  it('says which term was left out, why it was ignored, and what is no longer kept', async () => {
    const host = await pages.host();
    const real = host.engine.query.evidence;
    host.engine.query.evidence = async (ids) => {
      const [first] = await real(ids);
      const terms = { relevance: null, novelty: 0.25, urgency: 0.3 };
      return [{ ...first!, salience: { score: 0.27, terms, ignored: 'it only touched whitespace', nearestId: null } }];
    };
    const { page } = await pages.visit(host.url);
    await page.getByRole('button', { name: 'Evidence (3)' }).click();
    await page.getByText('2 more are no longer kept.').waitFor();
    await page.getByRole('button', { name: 'Why did you notice this?' }).click();
    await page.getByText('Not attended to: it only touched whitespace').waitFor();
    expect(await page.locator('.term').first().innerText()).toMatch(/Relevance[\s\S]*left out/);
    await shows(2, page.locator('.terms').getByRole('meter'));
  });
});

describe('[SH2.6] a verdict', () => {
  it('is shown pressed, and pressing it again takes it back', async () => {
    const { page, host } = await pages.open();
    const useful = page.getByRole('button', { name: 'Useful' }).first();
    await useful.click();
    await page.getByRole('button', { name: 'Useful', pressed: true }).first().waitFor();
    await useful.click();
    await waitFor('the withdrawal', () => host.engine.commands.length === 2);
    expect(host.engine.commands.map((command) => command.kind === 'judge-insight' && command.verdict)).toEqual([
      'useful',
      null,
    ]);
  });
});

describe('[SH2.7] a note', () => {
  it('that is refused stays in the box with the reason', async () => {
    const { page, host } = await pages.open();
    host.engine.refuseNotes('the disk is full.');
    const box = page.getByRole('textbox', { name: 'Leave a note' });
    await box.fill('ask Lena');
    await page.keyboard.press('Enter');
    await page.getByText(/^Not noted:.*Your text is still here\.$/).waitFor();
    expect(await box.inputValue()).toBe('ask Lena');
    host.engine.refuseNotes(null);
    await page.keyboard.press('Enter');
    await page.getByText('Noted.').waitFor();
    expect(await box.inputValue()).toBe('');
  });

  it('keeps its unsent text while another view is open', async () => {
    const { page } = await pages.open();
    await page.getByRole('textbox', { name: 'Leave a note' }).fill('half a thou');
    await page.getByRole('tab', { name: 'Health' }).click();
    await page.getByRole('tab', { name: 'Now' }).click();
    expect(await page.getByRole('textbox', { name: 'Leave a note' }).inputValue()).toBe('half a thou');
  });

  it('of more than 10,000 characters is not sent and says by how much', async () => {
    const { page, host } = await pages.open();
    await page.getByRole('textbox', { name: 'Leave a note' }).fill('x'.repeat(10_012));
    await page.getByText('12 characters too many: a note holds 10,000.').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    expect(host.engine.notes).toEqual([]);
  });
});

describe('[SH2.14] a trouble', () => {
  it('stands first on Now with what happened, what it means and what to do, and can be dismissed', async () => {
    const { page, host } = await pages.open({ scenario: 'trouble' });
    const first = page.getByRole('tabpanel').locator('li').first();
    expect(await first.innerText()).toMatch(/The disk is full[\s\S]*kept in memory[\s\S]*Free some space/);
    await page.getByRole('button', { name: /^Dismiss: The disk/ }).click();
    await waitFor('it to go', async () => (await page.getByText('The disk is full').count()) === 0);
    expect(host.engine.commands).toEqual([{ kind: 'dismiss-trouble', key: 'store' }]);
  });
});

describe('[SH2.15] delegations', () => {
  it('show the exact command and say that nothing runs', async () => {
    const { page } = await pages.open();
    await page.getByRole('tab', { name: 'Delegations' }).click();
    await page.getByText('Nothing here is ever run by itself.').waitFor();
    await page.getByText('Replace the import of src/prices/legacy.ts in src/admin/report.ts.').waitFor();
    expect(await page.getByRole('tabpanel').getByRole('button').count()).toBe(0);
  });
});

describe('[SH2.16] Health', () => {
  it('shows each source with its remedy, the budget, and what was set aside, which can be tried again', async () => {
    const { page, host } = await pages.open({ scenario: 'trouble' });
    await page.getByRole('tab', { name: 'Health' }).click();
    await page.getByText('The folder /mnt/archive may not be read').waitFor();
    await page.getByText('Give your user the right to read it').waitFor();
    await page.getByText('200,000 of 200,000').waitFor();
    await page.getByText('fixtures/orders.ndjson appeared').waitFor();
    const aside = page.getByRole('region', { name: 'Set aside' });
    await aside.getByRole('button', { name: 'Try again' }).first().click();
    await waitFor('one left', async () => (await aside.getByRole('button', { name: 'Try again' }).count()) === 1);
    expect(host.engine.commands[0]?.kind).toBe('replay-dead-letter');
  });

  it('names who thinks and leads to the Model view', async () => {
    const { page } = await pages.open();
    await page.getByRole('tab', { name: 'Health' }).click();
    await page.locator('.who-thinks .reasoner', { hasText: 'qwen2.5-14b-instruct' }).waitFor();
    await page.getByRole('button', { name: 'To the model' }).click();
    await page.getByRole('tab', { name: 'Model', selected: true }).waitFor();
  });
});

describe('[SH2.17] first-run help', () => {
  it('lies over the page until it is left once, and comes back when asked for', async () => {
    const { page, host } = await pages.open({ scenario: 'welcome' });
    const dialog = page.getByRole('dialog', { name: 'Welcome to Reverie' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await waitFor('the setting', () => host.engine.commands.length > 0);
    expect(host.engine.commands).toEqual([{ kind: 'change-settings', patch: { page: { welcomed: true } } }]);
    await page.reload();
    await page.getByRole('button', { name: 'Search or run a command' }).click();
    await page.getByRole('option', { name: 'How Reverie works' }).click();
    const again = page.getByRole('dialog', { name: 'How Reverie works' });
    await again.getByRole('button', { name: 'Skip' }).click();
    await again.waitFor({ state: 'detached' });
    expect(host.engine.commands).toHaveLength(1);
  });
});

describe('[SH2.18] pause and resume', () => {
  it('are sent from the bar and shown in words', async () => {
    const { page, host } = await pages.open();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.brand-state', { hasText: 'Paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.brand-state', { hasText: 'Awake' }).waitFor();
    expect(host.engine.commands).toEqual([{ kind: 'pause' }, { kind: 'resume' }]);
  });
});
