import type { Failure } from '../errors.ts';
import type { Mind } from '../loop/mind.ts';
import { modelTrouble, setAsideTrouble } from '../loop/troubles.ts';
import type { Clock, Counts, Stop } from '../ports.ts';
import type { EngineEvent, Snapshot } from '../protocol.ts';
import type { Trouble } from '../types.ts';

/** What only the Now view knows: the running thought, troubles, counts; and who listens to it. */
export interface NowView {
  emit(event: EngineEvent): void;
  subscribe(listener: (event: EngineEvent) => void): Stop;
  /** The view is another: tells the listeners soon, many changes as one. */
  changed(): void;
  setTrouble(key: string, trouble: Trouble | null): void;
  setCounts(counts: Counts): void;
  failed(failure: Failure): void;
  parts(): Pick<Snapshot, 'thought' | 'troubles' | 'counts'>;
  news: Mind['news'];
  stop(): void;
}

const tellEveryMs = 50;
const none: Counts = {
  observations: 0,
  pending: 0,
  dead: 0,
  episodes: 0,
  insights: 0,
  proposals: 0,
  memories: 0,
  dreams: 0,
};

export function createNowView(options: { clock: Clock; snapshot: () => Snapshot }): NowView {
  const { clock } = options;
  const listeners = new Set<(event: EngineEvent) => void>();
  const troubles = new Map<string, Trouble>();
  let counts = none;
  let thought: Snapshot['thought'] = null;
  let cancel: Stop | null = null;

  const emit = (event: EngineEvent) => {
    for (const listener of listeners) listener(event);
  };

  function changed(): void {
    cancel ??= clock.after(tellEveryMs, () => {
      cancel = null;
      emit({ kind: 'snapshot-changed', snapshot: options.snapshot() });
    });
  }

  function setTrouble(key: string, trouble: Trouble | null): void {
    if (trouble === null && !troubles.has(key)) return;
    if (trouble) troubles.set(key, trouble);
    else troubles.delete(key);
    changed();
  }

  return {
    emit,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    setTrouble,
    setCounts(next) {
      counts = next;
      changed();
    },
    failed(failure) {
      const trouble = modelTrouble(failure, clock.now());
      if (trouble) setTrouble('model', trouble);
    },
    parts: () => ({
      thought,
      troubles: [...troubles.values()],
      counts,
    }),
    news: {
      thoughtStarted(id, about, reasoner) {
        thought = { id, text: '', about, reasoner, startedAt: clock.now(), done: false };
        changed();
      },
      thoughtGrew(id, text, reasoner) {
        if (thought?.id !== id || thought.text === text) return;
        thought = { ...thought, text, reasoner };
        emit({ kind: 'thought-grew', id, text });
      },
      thoughtEnded(id) {
        if (thought?.id !== id) return;
        thought = { ...thought, done: true };
        if (thought.reasoner.kind === 'server') setTrouble('model', null);
        changed();
      },
      insightFormed: (insight) => emit({ kind: 'insight-formed', insight }),
      proposalMade: (proposal) => emit({ kind: 'proposal-made', proposal }),
      setAside: (_observation, error) => setTrouble('set-aside', setAsideTrouble(error, clock.now())),
      memoryChanged: () => emit({ kind: 'memory-changed' }),
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
