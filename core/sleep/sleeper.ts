import { Bug, messageOf } from '../errors.ts';
import type { Sleep, SleepPhase, SleepReason } from '../memory.ts';
import { isOfTheWorld } from '../observe/matching.ts';
import type { Stop } from '../ports.ts';
import type { Stamp } from '../types.ts';
import { createSleepChart, type SleepState } from './chart.ts';
import { deep } from './deep.ts';
import { digest } from './digest.ts';
import { dream } from './dream.ts';
import { consolidate, light } from './light.ts';
import { agendaFromJson, agendaKey, type OpenNight, openNight } from './night.ts';
import type { Agenda, Night, SleepParts } from './phase.ts';

/** What ends a sleep before it is done; an AbortSignal carries it as its reason. */
export type WokenBy = 'interrupted' | 'owner' | 'shutdown';

/** A sleep that goes on, as it may be shown. */
export interface SleepingView {
  since: Stamp;
  phase: SleepPhase;
  reason: SleepReason;
  /** What it does just now, one sentence. */
  says: string;
  /** Of this phase, 0..1, when it can tell. */
  progress: number | null;
}

export interface Sleeper {
  /**
   * Sleeps once: light, deep when it is due, a dream by chance or always, the digest (SL1). Resolves with the sleep, also when the signal
   * ended it, at once and with whatever was committed; rejects only when the store does, or when it sleeps already.
   */
  sleep(reason: SleepReason, how: { dream: 'always' | 'by-chance' }, signal: AbortSignal): Promise<Sleep>;
  /** Learns from the episodes that wait, without a model and without anything else (SL5); null when none wait. */
  consolidateAtStop(signal: AbortSignal): Promise<Sleep | null>;
  /** null while awake. */
  view(): SleepingView | null;
  state(): SleepState;
  onChange(listener: () => void): Stop;
}

const phases: Record<SleepPhase, { run: (night: Night) => Promise<void>; says: string }> = {
  light: { run: light, says: 'Going through what happened.' },
  deep: { run: deep, says: 'Looking for what many memories have in common.' },
  dream: { run: dream, says: 'Dreaming.' },
  digest: { run: digest, says: 'Writing down what to tell.' },
};

/** How many sleeps are looked through for one that the program did not live to end. */
const recentSleeps = 5;
/** So many new observations are looked through for one that is news: what Reverie caused or concluded itself is none. */
const newerAtMost = 200;

/** Makes a sleeper; it sleeps one sleep at a time. */
export function createSleeper(parts: SleepParts): Sleeper {
  const { store, clock, log, settings } = parts;
  const chart = createSleepChart();
  const listeners = new Set<() => void>();
  const chance = parts.random.stream('sleep');
  let shown: { since: Stamp; reason: SleepReason; says: string; progress: number | null } | null = null;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const says = (words: string, progress?: number) => {
    if (shown) shown = { ...shown, says: words, progress: progress ?? null };
    changed();
  };

  const sleep: Sleeper['sleep'] = async (reason, how, signal) => {
    if (!chart.can('fall')) throw new Bug('it sleeps already');
    chart.send('fall');
    try {
      const brokenOff = await closeOpenSleeps();
      const resumed = reason !== 'request' && (brokenOff || reason === 'resumed');
      const agenda = agendaFor(agendaFromJson(await store.state(agendaKey)), resumed, how.dream);
      // What was new to a sleep that was cut off is so still, while it owes something.
      const news = (resumed && (agenda.deepOwed || agenda.dreamOwed)) || (await isNews(agenda));
      let tokensLeft = () => settings().sleep.tokensPerSleep;
      const model = news && settings().sleep.model ? parts.model(() => tokensLeft()) : null;
      const night = openNight(parts, { reason: resumed ? 'resumed' : reason, agenda, model, news, signal, says });
      ({ tokensLeft } = night);
      shown = { since: night.sleep().startedAt, reason: night.sleep().reason, says: '', progress: null };
      const startedAt = clock.elapsed();
      await throughPhases(night, phasesOf(agenda, news, how.dream));
      await atLeast(startedAt, signal);
      return await endOf(night);
    } finally {
      if (signal.aborted) chart.send(wakeEvent(wokenBy(signal)));
      else chart.send(chart.can('done') ? 'done' : 'stop');
      shown = null;
      changed();
    }
  };

  /** A sleep without an end was cut off with the program. Its steps are whole; it is closed where the last one ended. */
  async function closeOpenSleeps(): Promise<boolean> {
    const open = (await store.sleeps(recentSleeps)).filter((each) => each.endedAt === null);
    for (const each of open) {
      const stamps = each.phases.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt ?? startedAt]);
      const endedAt = Math.max(each.startedAt, ...stamps);
      const closed: Sleep = { ...each, endedAt, ended: 'interrupted' };
      await store.commitSleep({ sleep: closed, ...nothing });
    }
    return open.length > 0;
  }

  /** What this sleep has to do. One that goes on with another has the same to do as that one; every other counts, and chance decides anew. */
  function agendaFor(before: Agenda, resumed: boolean, dreaming: 'always' | 'by-chance'): Agenda {
    const { deepEvery, dreamChance } = settings().sleep;
    const wanted = dreaming === 'always';
    if (resumed) return { ...before, dreamOwed: before.dreamOwed || wanted };
    const sleeps = before.sleeps + 1;
    const drawn = chance() < dreamChance;
    return {
      ...before,
      sleeps,
      deepOwed: before.deepOwed || sleeps % deepEvery === 0,
      dreamOwed: before.dreamOwed || drawn || wanted,
    };
  }

  async function isNews({ minedSeq }: Agenda): Promise<boolean> {
    const [newer, waiting] = await Promise.all([
      store.briefs({ afterSeq: minedSeq, from: 0, limit: newerAtMost }),
      store.unconsolidatedCount(),
    ]);
    const { keepNewest, leastWaiting } = settings().sleep;
    // Behind so many of its own there may be more than it has looked at.
    const seen = newer.some(isOfTheWorld) || newer.length === newerAtMost;
    return seen || waiting - keepNewest >= leastWaiting;
  }

  /** With nothing new there is nothing to go deep into or to dream of, but what the owner asks for is done. */
  const phasesOf = ({ deepOwed, dreamOwed }: Agenda, news: boolean, dreaming: 'always' | 'by-chance'): SleepPhase[] => [
    'light',
    ...(deepOwed && news ? (['deep'] as const) : []),
    ...(dreamOwed && (news || dreaming === 'always') ? (['dream'] as const) : []),
    'digest',
  ];

  async function throughPhases(night: OpenNight, due: readonly SleepPhase[]): Promise<void> {
    for (const phase of due) {
      if (night.signal.aborted) return;
      chart.send(phase);
      night.begin(phase);
      says(phases[phase].says);
      // From here on a crash leaves a sleep that can be seen, and what it owes.
      await night.commit({});
      if (phase === 'light' && !night.news) night.note('Nothing new since the last sleep.');
      await onePhase(night, phase);
      night.endPhase();
    }
  }

  /** A phase that fails ends itself and not the night; the digest tells. */
  async function onePhase(night: OpenNight, phase: SleepPhase): Promise<void> {
    try {
      await phases[phase].run(night);
    } catch (thrown) {
      if (night.signal.aborted) return;
      log.error('sleep-phase-failed', { phase });
      night.fail(messageOf(thrown));
    }
  }

  /** Rest at least so long (SL1): who wakes every moment does not sleep. */
  async function atLeast(startedAt: number, signal: AbortSignal): Promise<void> {
    const leftMs = settings().sleep.leastMs - (clock.elapsed() - startedAt);
    if (leftMs <= 0 || signal.aborted) return;
    says('Resting.');
    await new Promise<void>((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(leftMs, done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async function endOf(night: OpenNight): Promise<Sleep> {
    await night.end(night.signal.aborted ? wokenBy(night.signal) : 'done');
    const { id: _, ...slept } = night.sleep();
    log.info('slept', { reason: slept.reason, ended: slept.ended, phases: slept.phases.length });
    return night.sleep();
  }

  async function consolidateAtStop(signal: AbortSignal): Promise<Sleep | null> {
    const { keepNewest, leastWaiting } = settings().sleep;
    if (signal.aborted || (await store.unconsolidatedCount()) - keepNewest < leastWaiting) return null;
    await closeOpenSleeps();
    const agenda = agendaFromJson(await store.state(agendaKey));
    const night = openNight(parts, { reason: 'shutdown', agenda, model: null, news: false, signal, says });
    chart.send('fall');
    try {
      chart.send('light');
      night.begin('light');
      await consolidate(night).catch((thrown: unknown) => {
        if (!signal.aborted) throw thrown;
        night.note('There was no more time; the rest is done after the next start.');
      });
      night.endPhase();
      await night.end(signal.aborted ? 'shutdown' : 'done');
      return night.sleep();
    } finally {
      chart.send('stop');
    }
  }

  return {
    sleep,
    consolidateAtStop,
    state: chart.state,
    view() {
      const state = chart.state();
      if (!shown || state === 'awake') return null;
      return { ...shown, phase: state === 'falling' ? 'light' : state };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const nothing = { changes: [], consolidated: [], faded: [], expectations: [], settled: [], summaries: [], state: {} };

const wokenBy = ({ reason }: AbortSignal): WokenBy =>
  reason === 'owner' || reason === 'interrupted' ? reason : 'shutdown';

const wakeEvent = (by: WokenBy) => (({ owner: 'wake', interrupted: 'interrupt', shutdown: 'stop' }) as const)[by];
