import type { Summary } from '../memory.ts';
import { linesOf } from '../remember/extract.ts';
import { daySummary, monthSummary, weekSummary } from '../remember/summaries.ts';
import type { TokenCounter } from '../think/tokens.ts';
import type { Stamp } from '../types.ts';
import { timeOf } from './mine/wording.ts';
import type { Night } from './phase.ts';

type Level = Summary['level'];

/** How far back episodes are read, and how many spans one night sums up at most. */
const episodesAtMost = 2_000;
const spansAtMost = 7;
const summariesAtMost = 100;
/** Tokens of waiting lines that are worth a call. */
const renewFrom = 500;

const extracted: Record<Level, (parts: readonly string[], tokens: TokenCounter) => string> = {
  day: daySummary,
  week: weekSummary,
  month: monthSummary,
};

/** Sums up the days, weeks and months that are over and not summed up yet: a week from its days, a month from its weeks (TH6). A step each. */
export async function sumUp(night: Night): Promise<void> {
  const [latest] = await night.parts.store.summaries('day', 1);
  // Yesterday is summed up, and nothing longer ends within a day.
  if (latest && latest.until >= dayStart(night.now())) return;
  const days = await episodesByDay(night);
  await sumUpLevel(night, 'day', days);
  await sumUpLevel(night, 'week', await summariesBy(night, 'day', weekStart));
  await sumUpLevel(night, 'month', await summariesBy(night, 'week', monthStart));
}

/**
 * The running summary in the words of the model, with the lines that wait, when those are enough to be worth a call. While the mind is awake
 * lines are folded in as they stand: a thought does not wait for a second one (TH6).
 */
export async function renewRunning(night: Night): Promise<void> {
  const { running, tokens } = night.parts;
  const before = running.now();
  const waiting = before.waiting.reduce((sum, line) => sum + tokens.count(line) + 1, 0);
  if (waiting < renewFrom) return;
  const text = await night.ask(
    (model, signal) => model.summarise([...linesOf(before.text), ...before.waiting], signal),
    (said) => said.trim() !== '',
  );
  if (text === null) return;
  await running.replace(before, { text, waiting: [] });
  await night.commit({ made: { summaries: 1 } });
}

type Parts = Map<Stamp, string[]>;

async function sumUpLevel(night: Night, level: Level, parts: Parts): Promise<void> {
  const { store, tokens } = night.parts;
  const done = new Set((await store.summaries(level, summariesAtMost)).map(({ from }) => from));
  const over = [...parts].filter(([from]) => !done.has(from) && until[level](from) <= night.now());
  for (const [from, lines] of over.toSorted(([a], [b]) => a - b).slice(-spansAtMost)) {
    const byModel = await night.ask(
      (model, signal) => model.summarise(lines, signal),
      (text) => text.trim() !== '',
    );
    const text = byModel ?? extracted[level](lines, tokens);
    if (text === '') continue;
    const summary: Summary = { level, from, until: until[level](from), text, reasoner: night.reasoner() };
    await night.commit({ summaries: [summary], made: { summaries: 1 } });
  }
}

/** One line for each episode of each local day, oldest first. */
async function episodesByDay({ parts: { store } }: Night): Promise<Parts> {
  const episodes = (await store.episodes(episodesAtMost)).toReversed();
  // The oldest day may be there in part only.
  const whole =
    episodes.length < episodesAtMost
      ? episodes
      : episodes.filter((each) => dayStart(each.startedAt) > dayStart(episodes[0]!.startedAt));
  const days = Map.groupBy(whole, (each) => dayStart(each.startedAt));
  return new Map(
    [...days].map(([from, all]) => [
      from,
      all.map((each) => `${timeOf(each.startedAt)} ${each.summary} → ${each.outcome}`),
    ]),
  );
}

/** The summaries of a level, gathered by the longer span in which they begin. */
async function summariesBy({ parts: { store } }: Night, level: Level, startOf: (at: Stamp) => Stamp): Promise<Parts> {
  const all = (await store.summaries(level, summariesAtMost)).toReversed();
  const spans = Map.groupBy(all, ({ from }) => startOf(from));
  return new Map([...spans].map(([from, shorter]) => [from, shorter.map(({ text }) => text)]));
}

/** Midnight where the owner is, so many days later. */
function dayStart(at: Stamp, days = 0): Stamp {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}

/** Weeks begin on Monday. */
const weekStart = (at: Stamp): Stamp => dayStart(at, -((new Date(at).getDay() + 6) % 7));

const monthStart = (at: Stamp, months = 0): Stamp => {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth() + months, 1).getTime();
};

const until: Record<Level, (from: Stamp) => Stamp> = {
  day: (from) => dayStart(from, 1),
  week: (from) => dayStart(from, 7),
  // Its last week may end in the next month.
  month: (from) => weekStart(monthStart(from, 1) + 6 * 86_400_000),
};
