import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model, ThoughtContext } from '../../core/ports.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, memory } from '../kit/nouns.ts';
import { busyOwner } from './busy-owner.ts';
import { countDuplicates, gramsOf } from './memory-year-duplicates.ts';
import { watchDreams } from './memory-year-watch.ts';

const dayMs = 86_400_000;

describe('the busy owner of the simulated year', () => {
  it('[ME4.60] does the same from the same seed, whichever day is asked for first, and something else from another', () => {
    const [one, again, other] = [
      busyOwner({ seed: 5, days: 7 }),
      busyOwner({ seed: 5, days: 7 }),
      busyOwner({ seed: 6, days: 7 }),
    ];
    again.day(5);
    expect(again.day(2)).toEqual(one.day(2));
    expect(again.facts).toEqual(one.facts);
    expect(other.day(2)).not.toEqual(one.day(2));
    const drafts = (n: number) =>
      one
        .day(n)
        .slice(0, 50)
        .map(({ draft }) => draft);
    expect(drafts(3)).not.toEqual(drafts(2));
    expect(other.facts).not.toEqual(one.facts);
  });

  it('[ME4.61] fixes beforehand what is relevant: 200 facts over a year, each to be known by words that it alone holds', () => {
    const owner = busyOwner({ seed: 5, days: 365 });
    expect(owner.facts).toHaveLength(200);
    expect(new Set(owner.facts.map(({ marks }) => marks.join('|'))).size).toBe(200);
    expect(Math.max(...owner.facts.map(({ day }) => day))).toBeLessThan(340);
    for (const quarter of [0, 1, 2])
      expect(owner.facts.filter(({ day }) => Math.floor(day / 91) === quarter).length).toBeGreaterThan(30);
    const [day] = owner.facts.map((fact) => fact.day).toSorted((a, b) => a - b);
    const said = owner.day(day!).map(({ draft }) => `${draft.target} ${JSON.stringify(draft.details)}`.toLowerCase());
    const holds = (marks: readonly string[]) =>
      said.filter((each) => marks.every((mark) => each.includes(mark))).length;
    for (const fact of owner.facts) {
      if (fact.day === day && fact.kind !== 'pattern') expect(holds(fact.marks)).toBeGreaterThan(0);
      if (fact.day > day! + 60) expect(holds(fact.marks)).toBe(0);
    }
  });

  it('[ME4.62] has busy working days and quiet weekends, each in time order and within its day', () => {
    const owner = busyOwner({ seed: 5, days: 7 });
    const days = Array.from({ length: 7 }, (_, n) => owner.day(n));
    const count = days.reduce((sum, each) => sum + each.length, 0);
    expect(count).toBeGreaterThan(60_000);
    expect(count).toBeLessThan(90_000);
    expect(days[5]!.length).toBeLessThan(days[4]!.length / 4);
    for (const [n, day] of days.entries()) {
      expect(day.every((each, place) => place === 0 || each.at >= day[place - 1]!.at)).toBe(true);
      expect(day[0]!.at).toBeGreaterThanOrEqual(owner.midnight(n));
      expect(day.at(-1)!.at - owner.midnight(n)).toBeLessThan(dayMs);
    }
  });
});

describe('the measures of the simulated year', () => {
  it('[ME4.63] count every memory that has an earlier one of almost the same words, as comparing all with all does', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    const texts = fc.array(
      fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(texts, (all) => {
        expect(countDuplicates(all).duplicates).toBe(byAllPairs(all));
      }),
      { seed: 11, numRuns: 300 },
    );
    expect(
      countDuplicates(['one two three four five six', 'One two: three four five six!', 'six five four three two one'])
        .duplicates,
    ).toBe(1);
    // Eight of ten grams, which is just enough; and seven of eleven.
    const words = 'a b c d e f g h i j k l m';
    expect(countDuplicates([words, words.replace('m', 'x')]).duplicates).toBe(1);
    expect(countDuplicates([words, words.replace('l', 'x')]).duplicates).toBe(0);
  });

  it('[ME4.64] see a dream wherever it must not be: in a prompt, in a decision, under another dream', async () => {
    const { seen, store: watched, model } = watchDreams();
    const store = watched(memoryStore());
    const dream = memory('01DREAM0000000000000000000', {
      kind: 'dream',
      text: 'Perhaps rain is followed by “sun”.',
      validation: 'needs-validation',
    });
    await store.changeMemories([{ kind: 'remember', memory: dream, evidence: [] }]);
    const asked = (words: string) => drain(model(createRuleReasoner()), words);
    await asked('nothing of the kind');
    await store.commitCycle(cycleRecord({ recalled: ['01OTHER0000000000000000000'] }));
    expect(seen).toMatchObject({ dreamsInDecisions: 0, dreamsCitingDreams: 0 });
    await asked(`memory says: ${dream.text}`);
    await asked(`as in ${dream.id}`);
    await store.commitCycle(cycleRecord({ recalled: [dream.id] }));
    expect(seen.dreamsInDecisions).toBe(3);
    const cited = { kind: 'memory' as const, id: dream.id, at: 1, snapshot: '' };
    const second = memory('01DREAM0000000000000000002', {
      kind: 'dream',
      text: 'Perhaps more.',
      validation: 'needs-validation',
    });
    await store.changeMemories([{ kind: 'remember', memory: second, evidence: [cited] }]);
    expect(seen.dreamsCitingDreams).toBe(1);
    await store.changeMemories([{ kind: 'validate', id: dream.id, validation: 'confirmed', at: 2 }]);
    await asked(`memory says: ${dream.text}`);
    expect(seen).toMatchObject({ dreamsInDecisions: 3, formed: { dream: 2 }, validated: { confirmed: 1 } });
    await store.close();
  });
});

function byAllPairs(texts: readonly string[]): number {
  const grams = texts.map(gramsOf);
  const alike = (a: Set<string>, b: Set<string>) =>
    [...a].filter((each) => b.has(each)).length / new Set([...a, ...b]).size >= 0.8;
  return grams.filter((each, place) => grams.slice(0, place).some((other) => alike(other, each))).length;
}

async function drain(model: Model, words: string): Promise<void> {
  const context = null as ThoughtContext | null;
  const messages = [{ role: 'user' as const, content: words }];
  const request = {
    messages,
    schema: null,
    maxTokens: 9,
    reasoningTokens: 0,
    temperature: 0,
    topP: 1,
    topK: 0,
    repeatPenalty: 1,
    context,
  };
  for await (const _ of model.answer(request, new AbortController().signal));
}
