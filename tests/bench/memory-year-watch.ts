import type { Evidence, Memory, MemoryChange, SleepStep } from '../../core/memory.ts';
import type { CycleRecord, Model, ModelRequest, Store } from '../../core/ports.ts';

/** What was found of dreams where none may be, and what became of memories: counted as it was written. */
export interface Watched {
  dreamsInDecisions: number;
  dreamsCitingDreams: number;
  /** The first of each, in words. */
  examples: string[];
  formed: Record<string, number>;
  forgotten: Record<string, number>;
  validated: Record<string, number>;
}

const idPattern = /01[0-9A-HJKMNP-TV-Z]{24}/g;
/** By so many first characters a text is looked for before it is compared as a whole. */
const anchorLength = 8;

/**
 * Looks at everything that is written to a store and everything that a thought reads. A dream's id must never be in a decision's prompt,
 * context, evidence or recalled memories, nor its text while it is a dream; and no dream may rest on another.
 */
export function watchDreams() {
  const seen: Watched = {
    dreamsInDecisions: 0,
    dreamsCitingDreams: 0,
    examples: [],
    formed: {},
    forgotten: {},
    validated: {},
  };
  const ids = new Set<string>();
  const texts = new Map<string, string>();
  const kinds = new Map<string, Memory['kind']>();
  const confirmed = new Set<string>();

  const count = (figures: Record<string, number>, name: string) => {
    figures[name] = (figures[name] ?? 0) + 1;
  };

  function noteChange(change: MemoryChange): void {
    if (change.kind === 'remember') {
      const { id, kind, text } = change.memory;
      if (!kinds.has(id)) count(seen.formed, kind);
      kinds.set(id, kind);
      if (kind === 'dream') dreamt(id, text, change.evidence);
    } else if (change.kind === 'reinforce' && ids.has(change.id)) cites(change.id, change.evidence);
    else if (change.kind === 'forget') count(seen.forgotten, kinds.get(change.id) ?? 'note');
    else if (change.kind === 'validate') validated(change.id, change.validation);
  }

  function dreamt(id: string, text: string, evidence: readonly Evidence[]): void {
    cites(id, evidence);
    ids.add(id);
    texts.set(id, text);
  }

  function validated(id: string, validation: string): void {
    count(seen.validated, validation);
    if (validation !== 'confirmed') return;
    confirmed.add(id);
    texts.delete(id);
  }

  function cites(id: string, evidence: readonly Evidence[]): void {
    const cited = evidence.find((each) => ids.has(each.id) && each.id !== id && !confirmed.has(each.id));
    if (!cited) return;
    seen.dreamsCitingDreams += 1;
    example(`dream ${id} rests on dream ${cited.id}`);
  }

  const example = (words: string) => {
    if (seen.examples.length < 5) seen.examples.push(words);
  };

  /** Whether anything of a dream is in there. */
  function look(where: string, text: string): void {
    for (const [id] of text.matchAll(idPattern))
      if (ids.has(id)) {
        seen.dreamsInDecisions += 1;
        return example(`id ${id} of a dream in ${where}`);
      }
    const anchors = new Set([...texts.values()].map((each) => each.slice(0, anchorLength)));
    if (![...anchors].some((anchor) => text.includes(anchor))) return;
    const found = [...texts].find(
      ([, dream]) => text.includes(dream) || text.includes(JSON.stringify(dream).slice(1, -1)),
    );
    if (!found) return;
    seen.dreamsInDecisions += 1;
    example(`text of dream ${found[0]} in ${where}`);
  }

  const lookAtCycle = ({ episode, insights, proposals, recalled }: CycleRecord) =>
    look('a decision', JSON.stringify([episode, insights, proposals, recalled]));

  const store = (real: Store): Store => ({
    ...real,
    async commitCycle(record: CycleRecord) {
      lookAtCycle(record);
      await real.commitCycle(record);
      record.changes.forEach(noteChange);
    },
    async commitSleep(step: SleepStep) {
      await real.commitSleep(step);
      step.changes.forEach(noteChange);
    },
    async changeMemories(changes: MemoryChange[]) {
      await real.changeMemories(changes);
      changes.forEach(noteChange);
    },
  });

  const model = (real: Model): Model => ({
    ...real,
    answer(request: ModelRequest, signal: AbortSignal) {
      look('a prompt', JSON.stringify([request.messages, request.context]));
      return real.answer(request, signal);
    },
  });

  return { seen, store, model };
}
