import type { Audit, Memory } from '../memory.ts';
import { alike, type Reading, readingOf } from '../remember/likeness.ts';
import { pagesOfMemories } from './pages.ts';
import type { Night } from './phase.ts';

export const auditKey = 'audit';

const examplesAtMost = 5;
/** Each text is compared with so many others that name the same. */
const comparedWith = 30;

/**
 * Takes stock of all memories, page by page (SL5): what is doubled, unused, contradicted, resting on observed text, without evidence, and
 * how large the store is. Bounded: a text is compared with the thirty before it that name the same.
 */
export async function audit({ parts: { store }, signal, now }: Night): Promise<Audit> {
  const taking = takeStock();
  for await (const page of pagesOfMemories(store, signal)) for (const each of page) taking.add(each.memory, each.rests);
  return { at: now(), ...taking.done(), bytes: await store.bytes() };
}

type Figures = Omit<Audit, 'at' | 'bytes'>;

/** Takes one memory after the other, oldest first; `rests`: on some evidence. */
export function takeStock(): { add(memory: Memory, rests: boolean): void; done(): Figures } {
  const byKind: Record<string, number> = {};
  const contradicted: string[] = [];
  const withoutEvidence: string[] = [];
  const duplicates = lookForDuplicates();
  let memories = 0;
  let neverRecalled = 0;
  let tainted = 0;

  function add(memory: Memory, rests: boolean): void {
    const { id, kind } = memory;
    memories += 1;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    // A dream cannot be recalled.
    if (memory.recalled === 0 && kind !== 'dream') neverRecalled += 1;
    if (memory.contradicts.length > 0) contradicted.push(id);
    if (memory.trust !== 'owner') {
      if (rests) tainted += 1;
      else withoutEvidence.push(id);
    }
    duplicates.add(memory);
  }

  return {
    add,
    done() {
      const pairs = duplicates.pairs();
      const some = (what: Audit['examples'][number]['what'], groups: string[][]): Audit['examples'] =>
        groups.slice(0, examplesAtMost).map((ids) => ({ what, ids }));
      return {
        memories,
        byKind,
        duplicates: pairs.length,
        neverRecalled,
        contradicted: contradicted.length,
        tainted,
        withoutEvidence: withoutEvidence.length,
        examples: [
          ...some('duplicates', pairs),
          ...some(
            'contradicted',
            contradicted.map((id) => [id]),
          ),
          ...some(
            'without-evidence',
            withoutEvidence.map((id) => [id]),
          ),
        ],
      };
    },
  };
}

/** Pairs of one kind that say the same; each memory is counted with one other at most. */
function lookForDuplicates() {
  const shelves = new Map<string, { id: string; reading: Reading }[]>();
  const pairs: string[][] = [];
  return {
    pairs: () => pairs,
    add({ id, kind, text }: Pick<Memory, 'id' | 'kind' | 'text'>): void {
      const reading = readingOf(text);
      const key = `${kind} ${reading.namesKey}`;
      const shelf = shelves.get(key) ?? [];
      const twin = shelf.find((each) => alike(each.reading, reading));
      if (twin) pairs.push([twin.id, id]);
      shelf.push({ id, reading });
      if (shelf.length > comparedWith) shelf.shift();
      shelves.set(key, shelf);
    },
  };
}
