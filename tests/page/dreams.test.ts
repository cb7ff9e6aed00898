import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../kit/wait-for.ts';
import { useLastingPage } from './lasting-page.ts';
import { expectCommand } from './open-model.ts';
import { type Opened, usePages } from './open-page.ts';
import { shows } from './shows.ts';

const pages = usePages();

const card = (page: Page, title: string) =>
  page.locator('.card').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

async function openDreams(options: Parameters<typeof pages.open>[0] = {}): Promise<Opened> {
  const opened = await pages.open(options);
  await opened.page.getByRole('tab', { name: 'Dreams' }).click();
  await opened.page.getByRole('heading', { name: 'Sleeps' }).waitFor();
  return opened;
}

/** For tests that only look: they begin with the Dreams view as it opens. */
const lasting = useLastingPage(async (page) => {
  await page.getByRole('tab', { name: 'Now' }).click();
  await page.getByRole('tab', { name: 'Dreams' }).click();
  await page.getByRole('heading', { name: 'Sleeps' }).waitFor();
});

const headline = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

describe('[SH2.110] sleep and waking', () => {
  it('sleep now, asleep, wake: shown in the view, in the bar and in the list of nights', async () => {
    const opened = await openDreams();
    const { page, host } = opened;
    await page.getByText('Next sleep: after 12 more cycles, or when idle for 30 minutes').waitFor();
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await button('Wake').click({ force: true });
    expect(host.engine.commands).toEqual([]);
    await button('Sleep now').click();
    await expectCommand(opened, 0, { kind: 'sleep-now' });
    await headline(page, 'Light sleep');
    await page.locator('.brand-state', { hasText: 'Asleep, light sleep' }).waitFor();
    await page.getByText('Reads 12 episodes').waitFor();
    await page.locator('.night-detail', { hasText: 'when you asked, still asleep' }).waitFor();
    host.engine.sleepTo('dream');
    await headline(page, 'Dreaming');
    await page.locator('.brand-state', { hasText: 'Dreaming' }).waitFor();
    await page.locator('.night-detail li', { hasText: 'Dream' }).waitFor();
    await button('Wake').click();
    await expectCommand(opened, 1, { kind: 'wake' });
    await headline(page, 'Awake');
    await page.locator('.brand-state', { hasText: 'Awake' }).waitFor();
    await page.locator('.night-detail', { hasText: 'woken by you' }).waitFor();
    expect((await page.locator('.model-head .said').innerText()).trim()).toBe('');
    await button('Dream now').click();
    await expectCommand(opened, 2, { kind: 'dream-now' });
    host.engine.sleepTo(null);
    await headline(page, 'Awake');
  });

  it('[SH2.301] what was said of falling asleep is gone once it slept, and once it woke; until then it stands', async () => {
    const { page, host } = await openDreams();
    const said = page.locator('.model-head .said');
    const { send } = host.engine;
    host.engine.send = async () => ({ ok: true, said: 'It falls asleep after this thought.' });
    await page.getByRole('button', { name: 'Sleep now' }).click();
    await said.getByText('It falls asleep after this thought.').waitFor();
    host.engine.send = send;
    await host.engine.send({ kind: 'sleep-now' });
    await headline(page, 'Light sleep');
    await waitFor('no words', async () => (await said.innerText()) === '');
    host.engine.sleepTo(null);
    await headline(page, 'Awake');
    expect(await said.innerText()).toBe('');
    const pressed = page.getByRole('button', { name: 'Sleep now' });
    const look = (at: typeof pressed) => at.evaluate((each) => getComputedStyle(each).backgroundColor);
    expect(await look(pressed)).toBe(await look(page.getByRole('button', { name: 'Dream now' })));
  });

  it('a refusal stands beside the buttons; while paused it says what to do', async () => {
    const { page, host } = await openDreams();
    host.engine.send = async () => ({ ok: false, message: 'There is nothing new to sleep over.' });
    await page.getByRole('button', { name: 'Sleep now' }).click();
    await page.getByRole('alert').getByText('That did not work: There is nothing new to sleep over.').waitFor();
    host.engine.change({ life: 'paused' });
    await page.getByText('It is paused. Resume it first.').waitFor();
    expect(await page.getByRole('button', { name: 'Sleep now' }).getAttribute('aria-disabled')).toBe('true');
  });
});

describe('[SH2.111] the digest', () => {
  it('says what the night brought, and each line leads to its memories and back', async () => {
    const { page } = await openDreams({ scenario: 'morning' });
    await shows(5, page.locator('.digest-lines li'));
    await page.getByRole('button', { name: /^Open ?: Confirmed: whoever edits tax\.ts/ }).click();
    await page.getByText('Perhaps whoever edits src/cart/tax.ts must edit src/cart/total.ts too.').waitFor();
    await page.locator('.chip', { hasText: 'Confirmed' }).waitFor();
    await page.getByRole('button', { name: 'Back to dreams' }).click();
    await page.getByRole('tab', { name: 'Dreams', selected: true }).waitFor();
    await waitFor('the focus', () => page.evaluate(() => document.activeElement?.textContent === 'Dreams'));
  });
});

describe('[SH2.112] the nights', () => {
  it('are a bar each with its phases in proportion, and the same as a table for who hears it', async () => {
    const page = lasting();
    const bars = page.locator('.night .phase-bar');
    await shows(10, bars);
    const widths = await bars
      .first()
      .locator('.phase')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
    const whole = widths.reduce((sum, each) => sum + each, 0);
    const seconds = [96, 212, 74, 21];
    for (const [index, each] of seconds.entries()) expect(widths[index]! / whole).toBeCloseTo(each / 403, 1);
    const row = page.getByRole('row', { name: /Fri, Jun 5, 03:04, while you were away, whole/ });
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([
      expect.stringMatching(/^2 min, 20 episodes read/),
      expect.stringMatching(/^4 min, /),
      expect.stringMatching(/^1 min, 1 dream$/),
      expect.stringMatching(/^21 s, 5 lines$/),
    ]);
    await page.getByRole('button', { name: 'Show all 12' }).first().click();
    await shows(12, bars);
  });

  it('[SH2.302] show rest as rest, in the bar, beside the phases and in words', async () => {
    const host = await pages.host();
    const { dreams } = host.engine.query;
    host.engine.query.dreams = async () => {
      const seen = await dreams();
      const [last] = seen.sleeps;
      const { startedAt } = last!;
      const light = { ...last!.phases[0]!, startedAt, endedAt: startedAt + 29 };
      const digest = { ...last!.phases.at(-1)!, startedAt: startedAt + 29, endedAt: startedAt + 35 };
      return {
        ...seen,
        sleeps: [{ ...last!, endedAt: startedAt + 10_000, phases: [light, digest] }, ...seen.sleeps.slice(1)],
      };
    };
    const { page } = await pages.visit(host.url);
    await page.getByRole('tab', { name: 'Dreams' }).click();
    const night = page.locator('.night').first();
    await night.waitFor();
    const wide = (part: string) =>
      night
        .locator(part)
        .first()
        .evaluate((at) => at.getBoundingClientRect().width / at.closest('svg')!.clientWidth);
    expect(await wide('.phase-light')).toBeLessThan(0.03);
    expect(await wide('.phase-rest')).toBeGreaterThan(0.9);
    expect(await night.getAttribute('title')).toBe('Light 29 ms, Digest 6 ms, Rest 10 s');
    expect(await page.locator('.legend').innerText()).toContain('Rest');
    expect(await page.locator('.night-detail li').last().innerText()).toMatch(/Rest[\s\S]*10 s/);
    await shows(3, page.locator('.phase-rest'));
  });

  it('are walked with the arrow keys; the chosen one says what each phase brought, cost, who thought, and why', async () => {
    const page = lasting();
    await page.getByRole('radio', { name: /Fri, Jun 5/ }).focus();
    const detail = page.locator('.night-detail');
    expect(await detail.innerText()).toMatch(/qwen2\.5-14b-instruct\s+7,360 tokens, 4 calls/);
    for (let night = 0; night < 4; night++) await page.keyboard.press('ArrowDown');
    await detail.getByText('Rules — no model').first().waitFor();
    expect(await detail.innerText()).toContain('Thought with rules: no model was loaded.');
    expect(await detail.innerText()).not.toContain('tokens');
    await page.keyboard.press('ArrowDown');
    await detail.getByText('woken by something critical').waitFor();
    expect(
      await page.evaluate(() => getComputedStyle(document.activeElement!.closest('.night')!).outlineStyle),
    ).not.toBe('none');
  });
});

describe('[SH2.113] dreams', () => {
  it('show their state, rule, score and expiry, how many there were, and lead to evidence and predictions', async () => {
    const page = lasting();
    const dreams = card(page, 'Dreams');
    expect((await dreams.locator('.tallies').innerText()).replace(/\s+/g, ' ')).toBe(
      'waiting 2 confirmed 4 refuted 3 expired 6',
    );
    const waiting = dreams.locator('.hypothesis').first();
    expect((await waiting.innerText()).replace(/\s+/g, ' ')).toMatch(
      /^Waiting 12 h ago lets go of it in 13 days Perhaps.*If a burst in locales.*Held 1 of 1 times \(100 %\)/,
    );
    expect(await dreams.locator('.hypothesis-refuted').innerText()).toContain('Refuted');
    await waiting.getByRole('button', { name: /^Evidence and predictions/ }).click();
    await page.getByRole('heading', { name: 'Evidence (1)' }).waitFor();
    await page.locator('.prediction-open').waitFor();
  });
});

describe('[SH2.114] calibration', () => {
  it('compares being sure with being right in ten bars, as a list too, and says the score in one plain sentence', async () => {
    const page = lasting();
    const chart = page.locator('.calibration');
    await shows(9, chart.locator('.chart-bar'));
    await shows(10, chart.getByRole('listitem'));
    await chart.getByText('80 % to 90 % sure: right 14 of 16 times').waitFor({ state: 'attached' });
    await page.getByText('Brier score 0.17: its confidence says something (0 is perfect, 0.25 is a coin).').waitFor();
  });

  it('says honestly that nothing was judged yet, as do the other parts of a mind just born', async () => {
    const { page } = await openDreams({ scenario: 'empty' });
    await page.getByText('Nothing was judged yet.').waitFor();
    for (const words of ['It has not slept yet', 'No dreams yet', 'Nothing to tell yet', 'None has passed yet.'])
      await page.getByText(words).waitFor();
    expect(await page.locator('.calibration').count()).toBe(0);
  });
});

describe('[SH2.115] the last check of the memory', () => {
  it('is told in a sentence, in figures, with examples to open', async () => {
    const page = lasting();
    const audit = card(page, 'Last check of the memory');
    await audit.getByText('412 memories in 18 MB; 2 pairs say the same, 2 are contradicted').waitFor();
    await audit.getByRole('button', { name: 'Contradicted, No. 1' }).click();
    await page.getByText('A refused card must not be tried again').first().waitFor();
  });
});

describe('[SH2.116] Now', () => {
  it('shows the phase and what it does while it sleeps, and can wake it', async () => {
    const opened = await pages.open({ scenario: 'asleep' });
    const { page } = opened;
    const asleep = page.locator('.asleep');
    expect(await asleep.innerText()).toMatch(/Deep sleep[\s\S]*Compares 412 memories/);
    await asleep.getByRole('button', { name: 'Wake' }).click();
    await expectCommand(opened, 0, { kind: 'wake' });
    await asleep.waitFor({ state: 'detached' });
    await waitFor('the focus', () => page.evaluate(() => document.activeElement?.id === 'focus-topic'));
  });

  it('tells the fresh digest in a quiet card that leads to Dreams, and nothing when there is none', async () => {
    const { page, host } = await pages.open({ scenario: 'morning' });
    await page.getByRole('button', { name: '4 more in Dreams' }).click();
    await page.getByRole('tab', { name: 'Dreams', selected: true }).waitFor();
    host.engine.change({ digest: null });
    await page.getByRole('tab', { name: 'Now' }).click();
    expect(await page.locator('.fresh-digest').count()).toBe(0);
  });
});

describe('[SH2.117] what memory adds elsewhere', () => {
  it('“why did you notice this?” names the learned pattern and opens it; an observation that is gone says so', async () => {
    const host = await pages.host();
    const { evidence } = host.engine.query;
    const learned = {
      patternId: 'pattern-total-tests',
      text: 'total.ts changes, then npm test fails',
      confidence: 0.82,
    };
    host.engine.query.evidence = async (ids) =>
      (await evidence(ids)).map((each, index) =>
        index === 0
          ? { ...each, salience: { ...each.salience!, learned } }
          : { ...each, salience: null, status: 'snapshot' as const },
      );
    const { page } = await pages.visit(host.url);
    await page.getByRole('button', { name: 'Evidence (3)' }).click();
    await shows(2, page.getByText('the observation itself is gone after 30 days'));
    await shows(1, page.getByRole('button', { name: 'Why did you notice this?' }));
    await page.getByRole('button', { name: 'Why did you notice this?' }).click();
    await page.getByText('Noticed sooner because of a learned pattern (held 82 % of the time):').waitFor();
    await page.getByRole('button', { name: 'Open the pattern' }).click();
    await page.getByText('Held 9 of 11 times').waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByRole('tab', { name: 'Now', selected: true }).waitFor();
  });

  it('Health counts memories and dreams; sleep and its model are switched beside the other settings', async () => {
    const opened = await pages.open();
    const { page, host } = opened;
    await page.getByRole('tab', { name: 'Health' }).click();
    expect(await card(page, 'Kept now').innerText()).toMatch(/Memories\s+12\s+Dreams\s+5/);
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByRole('switch', { name: /^Sleep by itself/ }).click();
    await expectCommand(opened, 0, { kind: 'change-settings', patch: { sleep: { enabled: false } } });
    await waitFor('the switch', () => !host.engine.snapshot().settings.sleep.enabled);
    await page.getByRole('switch', { name: /^Ask the model in sleep/ }).click();
    await expectCommand(opened, 1, { kind: 'change-settings', patch: { sleep: { model: false } } });
  });
});
