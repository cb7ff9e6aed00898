import { describe, expect, it } from 'vitest';
import { buildPrompt, type PromptParts } from '../../core/think/context/context.ts';
import { appendToLog } from '../../core/think/context/past-cycles.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import { noon, observer } from '../kit/nouns.ts';
import { edits, modelSettings, promptParts, remembered } from './prompt-parts.ts';

const tokens = createTokenCounter();
const cycle = (n: number) =>
  `2026-06-01T10:${String(n % 60).padStart(2, '0')}Z src/a${n % 9}.ts changed, +3 −1 → observe; told: 3 edits in shop, most of them in src/a${n % 9}.ts.`;

function crowded(over: Partial<PromptParts> = {}): PromptParts {
  const see = observer();
  const seen = Array.from({ length: 10 }, (_, n) =>
    see({ target: `src/file-${n}.ts`, details: { added: n, excerpt: 'const total = sum(items); '.repeat(15) } }),
  );
  let log: string[] = [];
  for (let n = 0; n < 120; n++) log = appendToLog(log, cycle(n), modelSettings(), tokens);
  const recalled = Array.from({ length: 5 }, (_, n) =>
    remembered({ id: `m${n}`, text: `memory ${n} `.repeat(40), at: noon - 1e7 }),
  );
  return promptParts(
    seen,
    {
      log,
      lastThoughtAt: noon,
      memoryAnswer: { question: 'why? '.repeat(90), hits: ['because '.repeat(90)] },
      ...over,
    },
    { recalled },
  );
}

const loaded = (loadedTokens: number | null, over = {}) => ({ ...modelSettings(over), loadedTokens });
const userOf = (prompt: ReturnType<typeof buildPrompt>) => prompt.messages[1]?.content ?? '';

describe('the loaded window', () => {
  const cases = [2_048, 2_600, 4_096, 6_000, 8_192, 32_768].flatMap((window) =>
    [false, true].map((reasons) => ({ window, reasons })),
  );

  it.each(cases)('[TH5.30, TH5.31] of $window tokens holds prompt, answer and reasoning ($reasons)', (each) => {
    const settings = loaded(each.window);
    const prompt = buildPrompt(crowded({ reasons: each.reasons }), settings, tokens);
    expect(prompt.tooSmall).toBeNull();
    expect(prompt.tokens).toBe(tokens.count(prompt.messages.map((message) => message.content).join('')));
    expect(prompt.tokens + settings.answerTokens + prompt.reasoningTokens).toBeLessThanOrEqual(each.window * 0.9);
    expect(prompt.tokens).toBeLessThanOrEqual(settings.contextTokens);
    expect(userOf(prompt)).toMatch(/^o\d+ \(/m);
  });

  it('[TH5.30] is the one that was asked for while nobody knows which is loaded', () => {
    const prompt = (settings: Parameters<typeof buildPrompt>[1]) => buildPrompt(crowded(), settings, tokens);
    expect(prompt(loaded(null, { windowTokens: 2_048 }))).toEqual(prompt(loaded(2_048)));
    expect(prompt(modelSettings({ windowTokens: 2_048 }))).toEqual(prompt(loaded(2_048)));
    expect(prompt(loaded(2_048, { windowTokens: 32_768 })).tokens).toBeLessThan(2_048 * 0.9 - 512);
  });

  it('[TH5.31] never makes a prompt longer than the settings allow', () => {
    const large = loaded(1_000_000, { contextTokens: 1_200 });
    expect(buildPrompt(crowded(), large, tokens).tokens).toBeLessThanOrEqual(1_200);
  });

  it('[TH5.32] leaves reasoning its whole allowance where there is room, and half of what the answer leaves where not', () => {
    const of = (window: number) => buildPrompt(crowded({ reasons: true }), loaded(window), tokens);
    expect(of(8_192).reasoningTokens).toBe(2_048);
    expect(of(4_096).reasoningTokens).toBeGreaterThanOrEqual(Math.floor((4_096 * 0.9 - 512) / 2));
    expect(of(4_096).tokens).toBeGreaterThan(4_096 * 0.9 - 512 - 2_048);
    expect(of(2_048).reasoningTokens).toBeGreaterThan(0);
    expect(of(4_096).tokens).toBeLessThan(buildPrompt(crowded(), loaded(4_096), tokens).tokens);
  });

  it('[TH5.33] too small for the instructions and one observation is a failure that says what to load', () => {
    for (const window of [100, 700, 1_024, 1_300]) {
      const { tooSmall } = buildPrompt(crowded(), loaded(window), tokens);
      expect(tooSmall).toMatchObject({ class: 'resource', code: 'window-too-small' });
      expect(tooSmall?.message).toContain(`${window.toLocaleString('en')} tokens is too small`);
      const wanted = Number(/at least ([\d,]+) tokens/.exec(tooSmall?.message ?? '')?.[1]?.replace(',', ''));
      expect(buildPrompt(crowded(), loaded(wanted), tokens).tooSmall).toBeNull();
    }
  });

  it('[TH5.34] says so when it is the settings that leave no room', () => {
    const { tooSmall } = buildPrompt(promptParts(edits(1)), loaded(8_192, { contextTokens: 512 }), tokens);
    expect(tooSmall?.message).toContain('The settings allow 512 tokens');
    expect(tooSmall?.message).toContain('model.contextTokens');
  });

  it('[TH5.35] without room for everything gives up the log first, then memories, the new observations never', () => {
    const has = (window: number) => {
      const prompt = buildPrompt(crowded(), loaded(window), tokens);
      expect(prompt.tooSmall).toBeNull();
      const user = userOf(prompt);
      return [/past cycles/, /What you remember/, /^o\d+ \(/m].map((part) => part.test(user));
    };
    expect(has(8_192)).toEqual([true, true, true]);
    expect(has(1_900)).toEqual([false, true, true]);
    expect(has(1_500)).toEqual([false, false, true]);
    const question = { question: '漢'.repeat(300), hits: ['because'] };
    const asked = userOf(buildPrompt(crowded({ memoryAnswer: question }), loaded(3_000), tokens));
    expect(/question: (.*)/.exec(asked)?.[1]?.length).toBeLessThan(150);
  });

  it('[TH5.58] gives the room of the log to observations when more of them would be missing than shown', () => {
    const { log } = crowded();
    const see = observer();
    const many = Array.from({ length: 50 }, (_, n) =>
      see({ target: `src/${n}.ts`, details: { text: 'some words '.repeat(60) } }),
    );
    const settings = modelSettings({ contextStrategy: 'important-first' });
    const prompt = (observations: typeof many) => buildPrompt(promptParts(observations, { log }), settings, tokens);
    const cyclesIn = (user: string) => user.match(/^2026-06-01T10/gm)?.length ?? 0;
    expect(userOf(prompt(many))).not.toContain('Your past cycles');
    const some = cyclesIn(userOf(prompt(many.slice(10))));
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(cyclesIn(userOf(prompt(many.slice(40)))));
    const few = prompt(many.slice(30));
    expect(userOf(few)).toContain('Your past cycles');
    expect(few.left).toBeGreaterThan(0);
  });

  it('[TH5.36] smaller than the one that the log was kept for shows a shortened log that moves rarely', () => {
    let log: string[] = [];
    let before = '';
    let moves = 0;
    const cycles = 200;
    for (let n = 0; n < cycles; n++) {
      log = appendToLog(log, cycle(n), modelSettings(), tokens);
      const user = userOf(buildPrompt(promptParts(edits(1), { log }), loaded(2_048), tokens));
      expect(user).toContain(log.at(-1));
      const shown = user.slice(0, user.lastIndexOf('\n2026-06-01T10'));
      if (!shown.startsWith(before)) moves += 1;
      before = shown;
    }
    expect(moves).toBeGreaterThan(0);
    expect(moves).toBeLessThanOrEqual(cycles / 3);
  });
});
