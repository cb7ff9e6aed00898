import { asJson } from '../json.ts';
import type { PhaseRecord, Sleep, SleepPhase, SleepReason } from '../memory.ts';
import type { Json, Reasoner } from '../types.ts';
import { type Agenda, type Night, type SleepModel, type SleepParts, spentCode } from './phase.ts';

export const agendaKey = 'sleep-agenda';
export const rules: Reasoner = { kind: 'rules', name: 'rules' };

const newAgenda: Agenda = {
  sleeps: 0,
  deepOwed: false,
  dreamOwed: false,
  minedSeq: 0,
  toldUntil: null,
};

/** Answers of no use in a row after which the model is left alone for this sleep. */
const uselessAtMost = 2;
const noteLength = 500;

/** A night as the sleeper sees it. */
export interface OpenNight extends Night {
  /** What this sleep may still spend. */
  tokensLeft(): number;
  begin(phase: SleepPhase): void;
  /** Ends the phase; what it came to is written with the next step. */
  endPhase(): void;
  /** Something broke in this phase; the words say what. */
  fail(words: string): void;
  /** Writes that the sleep is over. */
  end(ended: NonNullable<Sleep['ended']>): Promise<void>;
}

const spentWords = 'The tokens of this sleep were spent, so the rest went without the model.';

/** Opens a night. Nothing is written before its first step. */
export function openNight(
  parts: SleepParts,
  given: {
    reason: SleepReason;
    agenda: Agenda;
    model: SleepModel | null;
    news: boolean;
    signal: AbortSignal;
    says: Night['says'];
  },
): OpenNight {
  const { clock, store, settings } = parts;
  let sleep: Sleep = {
    id: parts.nextId(),
    reason: given.reason,
    startedAt: clock.now(),
    endedAt: null,
    ended: null,
    phases: [],
    digest: null,
  };
  let agenda = given.agenda;
  let useless = 0;
  let formedBy = rules;

  /** The phase that goes on, changed. */
  function touch(change: (phase: PhaseRecord) => PhaseRecord): void {
    const last = sleep.phases.at(-1);
    if (last) sleep = { ...sleep, phases: [...sleep.phases.slice(0, -1), change(last)] };
  }

  function note(words: string): void {
    touch((phase) => {
      if (phase.note?.includes(words)) return phase;
      return { ...phase, note: [phase.note, words].filter(Boolean).join(' ').slice(0, noteLength) };
    });
  }

  const commit: Night['commit'] = async ({ agenda: moved, state, made, digest, ...step }) => {
    const before = sleep;
    touch((phase) => ({ ...phase, made: added(phase.made, made ?? {}) }));
    if (digest) sleep = { ...sleep, digest };
    const next = { ...agenda, ...moved };
    try {
      await store.commitSleep({
        sleep,
        changes: [],
        consolidated: [],
        faded: [],
        expectations: [],
        settled: [],
        summaries: [],
        ...step,
        state: { ...state, [agendaKey]: asJson(next) },
      });
    } catch (thrown) {
      sleep = before;
      throw thrown;
    }
    agenda = next;
  };

  const tokensLeft = () => settings().sleep.tokensPerSleep - sleep.phases.reduce((sum, each) => sum + each.tokens, 0);

  const ask: Night['ask'] = async (call, isOfUse) => {
    formedBy = rules;
    const { model } = given;
    if (!model || useless >= uselessAtMost) return null;
    if (tokensLeft() <= 0) {
      note(spentWords);
      return null;
    }
    given.signal.throwIfAborted();
    touch((phase) => ({ ...phase, reasoner: model.reasoner, modelCalls: phase.modelCalls + 1 }));
    const asked = await call(model, given.signal);
    given.signal.throwIfAborted();
    const notAsked = !asked.ok && asked.failure.code === spentCode && asked.tokens === 0;
    touch((phase) => ({
      ...phase,
      tokens: phase.tokens + asked.tokens,
      modelCalls: phase.modelCalls - Number(notAsked),
    }));
    if (!asked.ok && asked.failure.code === spentCode) {
      useless = uselessAtMost;
      note(spentWords);
      return null;
    }
    if (asked.ok) for (const words of asked.notes) note(words);
    if (asked.ok && isOfUse(asked.value)) {
      useless = 0;
      formedBy = model.reasoner;
      return asked.value;
    }
    // Whoever could not answer is not asked again tonight: a server may load for that what its owner has just unloaded.
    useless = asked.ok || asked.failure.class === 'model-output' ? useless + 1 : uselessAtMost;
    note(asked.ok ? 'The model found nothing of use, so rules did it.' : `${asked.failure.message} Rules did it.`);
    if (useless === uselessAtMost) note('The rest of this sleep goes without the model.');
    return null;
  };

  return {
    parts,
    signal: given.signal,
    news: given.news,
    now: () => clock.now(),
    sleep: () => sleep,
    agenda: () => agenda,
    commit,
    ask,
    note,
    says: given.says,
    reasoner: () => formedBy,
    tokensLeft,
    begin(phase) {
      formedBy = rules;
      const at = { startedAt: clock.now(), endedAt: null, reasoner: rules };
      sleep = { ...sleep, phases: [...sleep.phases, { phase, ...at, modelCalls: 0, tokens: 0, made: {}, note: null }] };
    },
    fail(words) {
      touch((phase) => ({ ...phase, made: added(phase.made, { failed: 1 }) }));
      note(words);
    },
    endPhase: () => touch((phase) => ({ ...phase, endedAt: clock.now() })),
    async end(ended) {
      sleep = { ...sleep, endedAt: Math.max(clock.now(), sleep.startedAt), ended };
      await commit({});
    },
  };
}

function added(figures: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const sum = { ...figures };
  for (const [name, count] of Object.entries(more)) if (count !== 0) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** Reads what an earlier sleep kept; whatever is missing or odd is as if new. */
export function agendaFromJson(value: Json): Agenda {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return newAgenda;
  const count = (kept: Json | undefined) => (typeof kept === 'number' && kept >= 0 ? kept : null);
  return {
    sleeps: count(value.sleeps) ?? 0,
    deepOwed: value.deepOwed === true,
    dreamOwed: value.dreamOwed === true,
    minedSeq: count(value.minedSeq) ?? 0,
    toldUntil: count(value.toldUntil),
  };
}
