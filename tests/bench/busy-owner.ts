import type { Stamp } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';
import { activity, type Noticed, type Topic } from './busy-owner-activity.ts';
import { ownersNote, placeOf } from './busy-owner-drafts.ts';
import { pick, shuffled } from './busy-owner-draws.ts';
import { type Fact, planFacts } from './busy-owner-facts.ts';
import { components, customers, people, reminders, roles, things } from './busy-owner-words.ts';

/** One thing that a source notices, and when. */
export interface Happening extends Noticed {
  at: Stamp;
}

export interface BusyOwner {
  facts: readonly Fact[];
  /** Local midnight of a day; day 0 is a Monday. */
  midnight(day: number): Stamp;
  /** What happens on that day, in time order; the same whenever it is asked. */
  day(n: number): Happening[];
}

/** A whole year holds so many on average; a day of a shorter run is a day of that year. */
const perDay = 10_000;
const yearDays = 365;
const minuteMs = 60_000;
/** Days off: two weeks in summer, one at the end of the year, and some single ones. */
const daysOff = new Set([...span(196, 210), ...span(350, 357), 108, 116, 137, 148, 277]);

/**
 * A developer with several repositories, topics that change over weeks, sessions of work, weekends and holidays: builds and bursts, commits,
 * tests that fail, warnings, notes, incidents, and the same files again and again. Everything follows from the seed. `facts` are what is
 * worth remembering of the days asked for; they are fixed here, before anything happens.
 */
export function busyOwner({ seed, days }: { seed: number; days: number }): BusyOwner {
  const random = seededRandom(seed);
  const weights = weightsOf(random.stream('calendar'));
  const scale = (perDay * yearDays) / weights.reduce((sum, each) => sum + each, 0);
  const { facts, planted } = planFacts(random.stream('facts'), days, isWorkday);
  const plantedOn = Map.groupBy(planted, (each) => each.day);
  // Monday, 2025-01-06, where the owner is.
  const midnight = (day: number) => new Date(2025, 0, 6 + day).getTime();

  function day(n: number): Happening[] {
    const draw = random.stream(`day-${n}`);
    const start = midnight(n);
    const fixed = (plantedOn.get(n) ?? []).map(({ minute, source, draft }) => ({
      at: start + Math.floor(minute * minuteMs),
      source,
      draft,
    }));
    const notes = isWorkday(n)
      ? ordinaryNotes(draw, 2 + Math.floor(draw() * 3) - fixed.filter((each) => each.source === 'notes').length)
      : [];
    const count = Math.max(0, Math.round((weights[n % yearDays] ?? 0) * scale) - fixed.length - notes.length);
    const topics = topicsOf(random.stream(`topics-${Math.floor(n / 14)}`));
    const times = timesOf(draw, count + notes.length, isWorkday(n));
    const happenings = Array.from(times, (minute, place): Happening => {
      const at = start + Math.floor(minute * minuteMs);
      const written = place < notes.length ? notes[place] : undefined;
      return written
        ? { at, source: 'notes', draft: ownersNote(written) }
        : { at, ...activity(topics[Math.floor(minute / 40) % topics.length]!, minute, draw) };
    });
    return [...happenings, ...fixed].sort((a, b) => a.at - b.at);
  }

  return { facts, midnight, day };
}

function* span(from: number, until: number): Generator<number> {
  for (let n = from; n < until; n++) yield n;
}

const isWorkday = (day: number): boolean => day % 7 < 5 && !daysOff.has(day % yearDays);

const weightsOf = (draw: () => number): number[] =>
  Array.from(
    { length: yearDays },
    (_, day) => (isWorkday(day) ? 1 : day % 7 >= 5 ? 0.12 : 0.03) * (0.8 + 0.4 * draw()),
  );

/** Minutes after midnight, at random within the sessions of the day. */
function timesOf(draw: () => number, count: number, work: boolean): Float64Array {
  const evening = draw() < 0.3;
  const sessions = work
    ? [[540, 735], [785, 1080], ...(evening ? [[1200, 1290]] : [])]
    : [[620, 700], ...(evening ? [[960, 1060]] : [])];
  const total = sessions.reduce((sum, [from = 0, until = 0]) => sum + until - from, 0);
  return Float64Array.from({ length: count }, () => {
    let minute = draw() * total;
    for (const [from = 0, until = 0] of sessions) {
      if (minute < until - from) return from + minute;
      minute -= until - from;
    }
    return sessions[0]![0]!;
  });
}

/** What the owner works on in one fortnight. */
const topicsOf = (draw: () => number): Topic[] =>
  shuffled(components, draw)
    .slice(0, 6)
    .map((component) => ({
      component,
      place: placeOf(component),
      files: shuffled(
        things.slice(0, 12).map((thing) => `src/${component}/${thing}-${pick(roles, draw)}.ts`),
        draw,
      ),
    }));

function ordinaryNotes(draw: () => number, count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => (draw() < 0.08 ? pick(reminders, draw) : ordinaryNote(draw)));
}

function ordinaryNote(draw: () => number): string {
  const [component, thing, person] = [pick(components, draw), pick(things, draw), pick(people, draw)];
  return pick(
    [
      `Ask ${person} about ${thing} in ${component} before the review`,
      `${component}: look at ${thing} again after lunch, ${person} saw something odd`,
      `Call ${pick(customers, draw)} back about ${thing}, ${person} has the number`,
      `${person} reviews my branch for ${component}, I review ${thing} for ${person}`,
      `Idea: show ${thing} next to ${pick(things, draw)} in ${component}, maybe ask ${person}`,
    ],
    draw,
  );
}
