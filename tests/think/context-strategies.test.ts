import { describe, expect, it } from 'vitest';
import type { Settings } from '../../core/settings.ts';
import { buildPrompt } from '../../core/think/context/context.ts';
import { openedAgain } from '../../core/think/context/context-observations.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Observation } from '../../core/types.ts';
import { noon, observer } from '../kit/nouns.ts';
import { edits, modelSettings, promptParts, remembered } from './prompt-parts.ts';

type Strategy = Settings['model']['contextStrategy'];
const strategies: readonly Strategy[] = ['truncate', 'important-first', 'masking', 'hybrid'];
const tokens = createTokenCounter();

/** Thirty long ones, every tenth of them important, in three folders; far more than fits. */
const see = observer();
const many: Observation[] = Array.from({ length: 30 }, (_, n) =>
  see({ target: `src/${['cart', 'pay', 'mail'][n % 3]}/file-${n}.ts`, details: { excerpt: 'word '.repeat(70) } }),
);
const scores = many.map((_, n) => (n % 10 === 3 ? 0.9 : 0.4));

function shown(strategy: Strategy, contextTokens = 2_000, observations = many) {
  const parts = promptParts(observations, {}, {}, scores);
  const prompt = buildPrompt(parts, modelSettings({ contextStrategy: strategy, contextTokens }), tokens);
  const user = prompt.messages[1]?.content ?? '';
  const lines = user.slice(user.indexOf('New observations')).split('\n');
  return {
    prompt,
    user,
    lines,
    full: lines.flatMap((line) => /^o(\d+) \(/.exec(line)?.[1] ?? []).map(Number),
    named: lines.flatMap((line) => /^o(\d+) [0-9A-Z]{26} /.exec(line)?.[1] ?? []).map(Number),
    themed: lines.filter((line) => /^o\d+(?:, o\d+)*: \d+ × /.test(line)),
  };
}
const refsIn = (line: string) => [...line.matchAll(/\bo(\d+)\b/g)].map((found) => Number(found[1]));

describe('what becomes of observations that do not fit', () => {
  it('[TH5.37] truncate keeps the newest in full and counts the older ones', () => {
    const { full, named, themed, prompt, user } = shown('truncate');
    expect(full.length).toBeGreaterThan(2);
    expect(full).toEqual(Array.from({ length: full.length }, (_, n) => 31 - full.length + n));
    expect([named, themed, prompt.left]).toEqual([[], [], 30 - full.length]);
    expect(user).toContain(`(${prompt.left} older ones are not shown)`);
  });

  it('[TH5.38] important-first keeps the most salient in full and counts the others', () => {
    const { full, named, themed, prompt } = shown('important-first');
    expect(full).toEqual(expect.arrayContaining([4, 14, 24]));
    expect([named, themed, prompt.left]).toEqual([[], [], 30 - full.length]);
  });

  it('[TH5.39] masking leaves of the weak ones ref, id, kind and target', () => {
    const { full, named, prompt, user, lines } = shown('masking');
    expect(full).toEqual(expect.arrayContaining([4, 14, 24]));
    expect(full.length + named.length).toBe(30);
    expect([prompt.masked, prompt.left]).toEqual([named.length, 0]);
    expect(lines).toContain(`o1 ${many[0]?.id} file-changed src/cart/file-0.ts`);
    expect(user).toContain(`(${named.length} are shown by name only`);
  });

  it('[TH5.40] hybrid tells the important in full, of the others the newer as themes with counts, the older by name', () => {
    const { full, named, themed, prompt } = shown('hybrid', 2_600);
    expect(full).toEqual(expect.arrayContaining([4, 14, 24]));
    expect(named.length).toBeGreaterThan(3);
    expect(themed.length).toBe(3);
    const inThemes = themed.flatMap(refsIn);
    expect(Math.min(...inThemes)).toBeGreaterThan(Math.max(...named));
    expect(themed.join('\n')).toMatch(/: (\d+) × file-changed in src\/cart\//);
    for (const line of themed) expect(line).toContain(`: ${refsIn(line).length} × `);
    expect(full.length + named.length + inThemes.length + prompt.left).toBe(30);
    expect(prompt.masked).toBe(named.length + inThemes.length);
  });

  it.each(strategies)('[TH5.41] %s is measured again, and what it saved is recorded', (strategy) => {
    const { prompt } = shown(strategy);
    expect(prompt.strategy).toBe(strategy);
    expect(prompt.tokens).toBe(tokens.count(prompt.messages.map((message) => message.content).join('')));
    expect(prompt.tokens).toBeLessThanOrEqual(2_000);
    expect(prompt.tokensBefore).toBeGreaterThan(3_000);
    expect(prompt.left + prompt.masked).toBeGreaterThan(0);
  });

  it.each(strategies)('[TH5.42] %s changes nothing while everything fits', (strategy) => {
    const { prompt, full } = shown(strategy, 4_000, edits(10));
    expect(full).toHaveLength(10);
    expect(prompt).toMatchObject({ strategy: null, left: 0, masked: 0 });
    expect(prompt.tokens).toBe(prompt.tokensBefore);
  });

  it.each(strategies)('[TH11.10] %s keeps them oldest first', (strategy) => {
    const firsts = shown(strategy, 2_600).lines.flatMap((line) => (/^o\d/.test(line) ? (refsIn(line)[0] ?? 0) : []));
    expect(firsts.length).toBeGreaterThan(3);
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  });

  it('[TH5.43] what was only named is opened again by a question with its ref or id', () => {
    const { context } = promptParts(many);
    expect(openedAgain('what was in o2, and in o7?', context)).toEqual([
      expect.stringMatching(/^o2 .*src\/pay\/file-1\.ts .*excerpt="word word/),
      expect.stringMatching(/^o7 .*src\/cart\/file-6\.ts/),
    ]);
    expect(openedAgain(`show ${many[4]?.id}`, context)).toEqual([expect.stringMatching(/^o5 /)]);
    expect(openedAgain('why was o200 or foo1 changed?', context)).toEqual([]);
    expect(openedAgain(many.map((_, n) => `o${n + 1}`).join(' '), context)).toHaveLength(5);
  });
});

describe('the sense of time', () => {
  it('[TH11.11] names the cause by its ref where it stands in the same prompt, else by its id', () => {
    const cause = see({ target: 'a.ts' });
    const seen = [cause, see({ target: 'b.ts' }, { causeId: cause.id }), see({}, { causeId: '01ELSEWHERE' })];
    const user = buildPrompt(promptParts(seen), modelSettings(), tokens).messages[1]?.content;
    expect(user).toMatch(/^o2 .*b\.ts.* caused-by o1$/m);
    expect(user).toMatch(/^o3 .* caused-by 01ELSEWHERE$/m);
  });

  it('[TH11.12] tells the age of what is remembered and of the focus', () => {
    const focus = {
      topic: 'x',
      since: noon - 3 * 3_600_000,
      why: 'it led',
      strength: 1,
      query: '',
      observationId: null,
    };
    const recalled = [remembered({ kind: 'note', id: 'n', text: 'slow cart', at: noon - 4 * 86_400_000 })];
    const parts = promptParts(edits(1), {}, { focus, recalled, now: noon });
    const user = buildPrompt(parts, modelSettings(), tokens).messages[1]?.content;
    expect(user).toContain('- (4 days ago) slow cart');
    expect(user).toContain('Your focus for 3 h (it led)');
  });
});
