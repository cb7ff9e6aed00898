import type { Evidence, Memory, MemoryChange, Rule } from '../../core/memory.ts';
import type { AdmissionWorld } from '../../core/remember/admission.ts';
import type { Draft } from '../../core/remember/draft.ts';
import { noTerms } from '../../core/remember/importance.ts';
import { defaultSettings } from '../../core/settings.ts';
import { noon } from '../kit/nouns.ts';

export const dayMs = 86_400_000;

export const memory = (id: string, over: Partial<Memory> = {}): Memory => ({
  id,
  kind: 'learning',
  text: `src/${id}.ts was changed often`,
  key: null,
  target: null,
  importance: 0.6,
  terms: noTerms,
  strength: 1,
  strengthAt: noon,
  stabilityDays: 60,
  recalled: 0,
  recalledAt: null,
  formedAt: noon,
  changedAt: noon,
  reasoner: { kind: 'rules', name: 'rules' },
  sleepId: null,
  trust: 'derived',
  validation: 'seen',
  pinned: false,
  support: 1,
  rule: null,
  hits: 0,
  misses: 0,
  expiresAt: null,
  contradicts: [],
  ...over,
});

export const seen = (id: string, at = noon): Evidence => ({ kind: 'observation', id, at, snapshot: `saw ${id}` });

export const draft = (over: Partial<Draft> = {}): Draft => ({
  kind: 'learning',
  text: 'src/cart.ts fails its tests after most edits',
  key: null,
  target: null,
  importance: 0.6,
  rule: null,
  hits: 0,
  misses: 0,
  evidence: [seen('o1')],
  expiresInDays: null,
  ...over,
});

/** If `type` is seen at `target`, `next` follows within an hour. */
export const rule = (type: string, next: string, target = 'npm test'): Rule => ({
  when: { type },
  // oxlint-disable-next-line unicorn/no-thenable -- a rule is no promise
  then: { type: next, target },
  withinMs: 3_600_000,
});

/** Everything cited exists and was observed, but ids that begin with `dream`, `app`, `derived` or `none`. */
export function world(over: Partial<AdmissionWorld> = {}): AdmissionWorld {
  let n = 0;
  return {
    known: [],
    now: noon,
    nextId: () => `m${(n += 1)}`,
    reasoner: { kind: 'rules', name: 'rules' },
    sleepId: 's1',
    settings: defaultSettings().memory,
    trustOf({ id }) {
      if (id.startsWith('none')) return null;
      for (const trust of ['dream', 'app', 'derived'] as const) if (id.startsWith(trust)) return trust;
      return 'observed';
    },
    ...over,
  };
}

export type Kept = { memory: Memory; evidence: Evidence[] };

/** What the store makes of changes: enough of it to apply admission's own. */
export function applied(changes: readonly MemoryChange[], before: readonly Kept[] = []): Kept[] {
  const kept = new Map(before.map((each) => [each.memory.id, each]));
  for (const change of changes) {
    const there = kept.get(change.kind === 'remember' ? change.memory.id : change.id);
    if (change.kind === 'remember') {
      const evidence = united(there?.evidence ?? [], change.evidence);
      kept.set(change.memory.id, { memory: { ...change.memory, support: evidence.length }, evidence });
    } else if (change.kind === 'reinforce' && there) {
      const { kind: _, id, at, evidence: added, ...fields } = change;
      const evidence = united(there.evidence, added);
      kept.set(id, { memory: { ...there.memory, ...fields, changedAt: at, support: evidence.length }, evidence });
    } else if (change.kind === 'contradict' && there) {
      const contradicts = [...new Set([...there.memory.contradicts, change.otherId])];
      kept.set(change.id, { ...there, memory: { ...there.memory, contradicts } });
    }
  }
  return [...kept.values()];
}

function united(one: readonly Evidence[], other: readonly Evidence[]): Evidence[] {
  return [...new Map([...other, ...one].map((each) => [`${each.kind} ${each.id}`, each])).values()];
}

export const remembered = (changes: readonly MemoryChange[]) =>
  changes.flatMap((each) => (each.kind === 'remember' ? [each] : []));
export const reinforced = (changes: readonly MemoryChange[]) =>
  changes.flatMap((each) => (each.kind === 'reinforce' ? [each] : []));
