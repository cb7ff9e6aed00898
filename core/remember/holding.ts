import type { Evidence, Memory } from '../memory.ts';
import type { Accepted } from './acceptable.ts';
import { contradictory, sameMatcher } from './contradiction.ts';
import { createShelf, type Reading, readingOf } from './likeness.ts';

/** A memory while drafts are held against it. */
export interface Entry {
  memory: Memory;
  /** What is to be added. */
  evidence: Evidence[];
  reading: Reading;
  /** `known` as it was found, `found` again with another draft, `new`, or `rewritten`: a sentence that has become a rule. */
  state: 'known' | 'found' | 'new' | 'rewritten';
}

/** What is known and what is being added, searchable by what it says. */
export interface Holding {
  entries(): readonly Entry[];
  put(entry: Entry): void;
  /** The one that says the same as the draft: by key, by rule, or by words; null when none does. */
  sameAs(draft: Accepted, reading: Reading): Entry | null;
  /** Whether a text would say the same as another entry than this. */
  taken(reading: Reading, by: Entry): boolean;
  /** Gives an entry another text. */
  reword(entry: Entry, text: string, reading: Reading): void;
}

export function createHolding(known: readonly Memory[]): Holding {
  const entries: Entry[] = [];
  const shelf = createShelf<Entry>();
  const holding: Holding = {
    entries: () => entries,
    put(entry) {
      entries.push(entry);
      shelf.put(entry.reading, entry);
    },
    sameAs: (draft, reading) =>
      entries.find(({ memory }) => sameKey(draft, memory) || sameRule(draft, memory)) ??
      shelf.alike(reading, (entry) => mayBeSame(draft, reading, entry))[0] ??
      null,
    taken: (reading, by) => shelf.alike(reading, (entry) => entry !== by).length > 0,
    reword(entry, text, reading) {
      entry.memory = { ...entry.memory, text };
      entry.reading = reading;
      shelf.put(reading, entry);
    },
  };
  for (const memory of new Map(known.map((each) => [each.id, each])).values())
    holding.put({ memory, evidence: [], reading: readingOf(memory.text), state: 'known' });
  return holding;
}

/** A dream is the same as a dream or as nothing. */
const sameWorld = (draft: Accepted, memory: Memory) => (draft.kind === 'dream') === (memory.kind === 'dream');

const sameKey = (draft: Accepted, memory: Memory) =>
  draft.key !== null && draft.kind === memory.kind && draft.key === memory.key;

const sameRule = (draft: Accepted, memory: Memory) =>
  sameWorld(draft, memory) && draft.rule !== null && memory.rule !== null && equalRules(draft.rule, memory.rule);

/** Whether two rules predict the same from the same, however long they give it. */
export const equalRules = (a: NonNullable<Memory['rule']>, b: NonNullable<Memory['rule']>): boolean =>
  sameMatcher(a.when, b.when) && sameMatcher(a.then, b.then);

/** Like words are not enough: they must be about one target, no other rule, and no contradiction. */
function mayBeSame(draft: Accepted, reading: Reading, { memory, reading: other }: Entry): boolean {
  if (!sameWorld(draft, memory) || (draft.rule !== null && memory.rule !== null)) return false;
  if (draft.target !== null && memory.target !== null && draft.target !== memory.target) return false;
  return !contradictory(draft, memory, { a: reading, b: other });
}
