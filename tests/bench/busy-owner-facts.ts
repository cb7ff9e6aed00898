import type { Details, ObservationDraft, Severity } from '../../core/types.ts';
import { draftOf, edited, ownersNote, placeName, placeOf } from './busy-owner-drafts.ts';
import { shuffled } from './busy-owner-draws.ts';
import { causes, choices, components, customers, people, things } from './busy-owner-words.ts';

/** Something that is worth remembering, fixed before anything happens. What is found answers the question when one text holds all `marks`. */
export interface Fact {
  kind: 'note' | 'failure' | 'pattern' | 'incident';
  /** The day on which it is complete, counted from 0; it is asked for on the next morning and at the end. */
  day: number;
  question: string;
  /** Lower case. */
  marks: readonly string[];
}

/** One thing that happens on a day because of a fact, so many minutes after midnight. */
export interface Planted {
  day: number;
  minute: number;
  source: string;
  draft: ObservationDraft;
}

export interface Plan {
  facts: Fact[];
  planted: Planted[];
}

/** Of a whole year: 200. */
const shares: readonly (readonly [Fact['kind'], number])[] = [
  ['note', 100],
  ['failure', 30],
  ['pattern', 30],
  ['incident', 40],
];

/**
 * Chooses what is relevant in so many days, in proportion to a year, and when it happens: on working days, none in the last twelfth, so that
 * everything has had the time to be forgotten.
 */
export function planFacts(draw: () => number, days: number, isWorkday: (day: number) => boolean): Plan {
  const plan: Plan = { facts: [], planted: [] };
  const last = Math.max(1, Math.floor((days * 11) / 12));
  const workdays = Array.from({ length: last }, (_, day) => day).filter(isWorkday);
  const supply = supplyOf(draw);
  for (const [kind, perYear] of shares) {
    const count = Math.max(1, Math.round((perYear * days) / 365));
    for (let n = 0; n < count; n++) {
      const place = Math.floor(((n + draw()) / count) * workdays.length);
      makers[kind]({ day: workdays[place] ?? 0, n, later: (by) => workdays[place + by], supply, draw, plan });
    }
  }
  return plan;
}

/** Names that are used once each. */
function supplyOf(draw: () => number) {
  const all = {
    cause: shuffled(causes, draw),
    choice: shuffled(choices, draw),
    subject: shuffled(
      components.flatMap((component) => things.map((thing) => ({ component, thing }))),
      draw,
    ),
    person: shuffled(people, draw),
    customer: shuffled(customers, draw),
  };
  const take = <K extends keyof typeof all>(kind: K): (typeof all)[K][number] => {
    const next = all[kind].shift()!;
    // People and customers come again.
    if (kind === 'person' || kind === 'customer') (all[kind] as unknown[]).push(next);
    return next;
  };
  return take;
}

interface Making {
  day: number;
  n: number;
  /** The working day so many working days later, while there is one. */
  later: (by: number) => number | undefined;
  supply: ReturnType<typeof supplyOf>;
  draw: () => number;
  plan: Plan;
}

const makers: Record<Fact['kind'], (making: Making) => void> = { note, failure, pattern, incident };

const decisions: readonly ((s: {
  component: string;
  thing: string;
  choice: string;
  person: string;
  customer: string;
}) => [string, string])[] = [
  (s) => [
    `Decision: ${s.component} keeps ${s.thing} as ${s.choice}, agreed with ${s.person}`,
    `How does ${s.component} keep ${s.thing}?`,
  ],
  (s) => [
    `${s.person} says ${s.customer} will only accept ${s.thing} from ${s.component} if we send them as ${s.choice}`,
    `How does ${s.customer} want ${s.thing} from ${s.component}?`,
  ],
  (s) => [
    `Never touch ${s.thing} in ${s.component} without ${s.choice}. It cost us a weekend`,
    `What is needed before anybody touches ${s.thing} in ${s.component}?`,
  ],
  (s) => [
    `Workaround for slow ${s.thing} in ${s.component}: switch to ${s.choice} and restart`,
    `What is the workaround for slow ${s.thing} in ${s.component}?`,
  ],
];

function note({ day, n, supply, draw, plan }: Making): void {
  const { component, thing } = supply('subject');
  const choice = supply('choice');
  const [text, question] = decisions[n % decisions.length]!({
    component,
    thing,
    choice,
    person: supply('person'),
    customer: supply('customer'),
  });
  plan.planted.push({ day, minute: 570 + draw() * 480, source: 'notes', draft: ownersNote(text) });
  plan.facts.push({ kind: 'note', day, question, marks: [component, choice] });
}

/** A test that fails again and again for one reason, within three working days. */
function failure({ day, later, supply, draw, plan }: Making): void {
  const { component, thing } = supply('subject');
  const cause = supply('cause');
  const target = `tests/${component}/${thing}.test.ts`;
  const message = `${thing} gave up waiting: ${cause} in ${component}`;
  const days = [day, day, later(1) ?? day, later(2) ?? day];
  for (const each of days) plan.planted.push(failed(each, 580 + draw() * 460, target, component, message));
  const lastDay = Math.max(...days);
  plan.facts.push({
    kind: 'failure',
    day: lastDay,
    question: `Why does the ${thing} test of ${component} fail?`,
    marks: [thing, cause],
  });
}

/** For some weeks a test fails soon after one file is changed; then it is mended, and the file goes on changing. */
function pattern({ day, later, supply, draw, plan }: Making): void {
  const { component, thing } = supply('subject');
  const cause = supply('cause');
  const place = placeOf(component);
  const file = `src/${component}/${thing}-${cause.split(' ')[1]}.ts`;
  const target = `tests/${component}/${thing}-${cause.split(' ')[1]}.test.ts`;
  const weeks = 10 + Math.floor(draw() * 12);
  for (let by = 0; by < weeks + 8; by++) {
    const each = later(by);
    if (each === undefined) break;
    for (let times = draw() < 0.4 ? 2 : 1; times > 0; times--) {
      const minute = 560 + draw() * 470;
      for (let edits = 1 + Math.floor(draw() * 3); edits > 0; edits--)
        plan.planted.push({
          day: each,
          minute: minute - edits * (0.5 + draw()),
          source: 'files',
          draft: edited(place, file, draw),
        });
      if (by < weeks && draw() < 0.85)
        plan.planted.push(
          failed(each, minute + 2 + draw() * 5, target, component, `expected ${thing} to match after the change`),
        );
    }
  }
  plan.facts.push({
    kind: 'pattern',
    day: later(4) ?? day,
    question: `Which test fails after a change of ${file}?`,
    marks: [file, target].map(fileName),
  });
}

/** Something breaks in production; every other time the owner writes down why. One in four is critical, the others are failed pipelines. */
function incident({ day, n, supply, draw, plan }: Making): void {
  const { component, thing } = supply('subject');
  const cause = supply('cause');
  const critical = n % 4 === 0;
  const minute = 600 + draw() * 400;
  const place = placeOf(component);
  const what: Details = {
    place,
    message: `${component} refuses ${thing}: ${cause}`,
    affected: 1 + Math.floor(draw() * 400),
  };
  const tell = (after: number, type: string, severity: Severity, details: Details) =>
    plan.planted.push({
      day,
      minute: minute + after,
      source: critical ? 'ops' : 'ci',
      draft: draftOf(type, critical ? component : `main of ${placeName(place)}`, severity, details),
    });
  tell(0, critical ? 'incident-opened' : 'pipeline-failed', critical ? 'critical' : 'error', what);
  tell(9, critical ? 'incident-updated' : 'pipeline-failed', 'error', what);
  tell(40, critical ? 'incident-closed' : 'pipeline-passed', 'info', { place, minutes: 40 });
  if (n % 2 === 0)
    plan.planted.push({
      day,
      minute: minute + 70,
      source: 'notes',
      draft: ownersNote(`Post-mortem: ${component} refused ${thing} because of the ${cause}`),
    });
  plan.facts.push({
    kind: 'incident',
    day,
    question: `Why did ${component} refuse ${thing}?`,
    marks: [component, cause],
  });
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

const failed = (day: number, minute: number, target: string, component: string, message: string): Planted => ({
  day,
  minute,
  source: 'ci',
  draft: draftOf('test-failed', target, 'error', { place: placeOf(component), message, failed: 1 }),
});
