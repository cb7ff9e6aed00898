import type { ObservationDraft, Stamp } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';

/** What the sources tell at one moment of the story: one batch for the loop. */
export interface Moment {
  at: Stamp;
  told: { source: 'files' | 'git' | 'notes'; draft: ObservationDraft }[];
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const firstMorning = Date.UTC(2026, 5, 1, 7, 30);
const place = '/home/ada/lantern';

const words = (text: string) => text.split(' ');
const areas = words('cart pay login search mail report import theme');
const parts = words('store view rules parse format routes session totals');
const verbs = words('Add Fix Simplify Rename Speed-up Test Guard Document');
const nouns = words('discount rounding expiry retry paging encoding rollback preview currency timeout draft filter');
const reasons = [
  'because the last one was slow on large accounts',
  'after the report from support',
  'so that an empty basket is no error any more',
  'for the release on Friday',
  'which the old parser took for a date',
];

/** The chances of one seed, named for what the story asks. */
function dice(seed: number) {
  const draw = seededRandom(seed).stream('story');
  return {
    upTo: (most: number) => 1 + Math.floor(draw() * most),
    between: (least: number, most: number) => least + Math.floor(draw() * (most - least + 1)),
    happens: (chance: number) => draw() < chance,
    one: <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!,
  };
}
type Dice = ReturnType<typeof dice>;

/**
 * Days of one developer in a small repository, without an end: stretches of work on a task in a few files, with commits, branches, notes,
 * crowds of changes (a formatter, a checkout), failed test runs, conflicts, and now and then a long text; nights between. The same seed
 * tells the same story. Drafts have the details that the file, git and note sources give.
 */
export function* story(seed: number): Generator<Moment> {
  const roll = dice(seed);
  for (let day = 0; ; day++) {
    let at = firstMorning + day * dayMs + roll.upTo(40) * minuteMs;
    const evening = at + roll.between(6, 9) * 60 * minuteMs;
    if (day > 0 && roll.happens(0.5)) yield { at, told: meanwhile(roll) };
    while (at < evening) {
      for (const told of task(roll)) {
        at += roll.happens(0.2) ? roll.between(8, 25) * minuteMs : roll.between(20, 240) * 1_000;
        yield { at, told };
      }
      at += roll.between(5, 50) * minuteMs;
    }
  }
}

type Told = Moment['told'];

/** One piece of work, from its branch or note to its commit. */
function* task(roll: Dice): Generator<Told> {
  const area = roll.one(areas);
  const files = Array.from({ length: roll.between(2, 4) }, () => `src/${area}/${roll.one(parts)}.ts`);
  const branch = roll.happens(0.5) ? 'main' : `${area}-${roll.one(nouns)}`;
  const subject = `${roll.one(verbs)} ${roll.one(nouns)} in ${area}`;
  if (branch !== 'main') yield [git('branch-switched', { from: 'main', to: branch })];
  if (roll.happens(0.35)) yield [note(roll, subject)];
  const edited = new Map<string, { added: number; removed: number }>();
  for (let edits = roll.between(4, 14); edits > 0; edits--) {
    yield Array.from({ length: roll.happens(0.25) ? roll.between(2, 4) : 1 }, () =>
      edit(roll, roll.one(files), edited),
    );
    yield* mishap(roll, area, files);
  }
  yield [commit(roll, subject, branch, edited)];
  if (branch === 'main') return;
  if (roll.happens(0.3)) yield* conflict(roll, files);
  yield [git('branch-switched', { from: branch, to: 'main' })];
  if (roll.happens(0.6)) yield [commit(roll, `Merge branch '${branch}'`, 'main', edited, { merge: true })];
}

/** What changed while nobody watched, all at once: too few for a burst, too many for a small prompt. */
function meanwhile(roll: Dice): Told {
  const area = roll.one(areas);
  return parts.flatMap((part) =>
    [`src/${area}/${part}.ts`, `src/${area}/${part}.test.ts`].map((path) => edit(roll, path, new Map())),
  );
}

/** What comes between two edits now and then. */
function* mishap(roll: Dice, area: string, files: readonly string[]): Generator<Told> {
  if (roll.happens(0.06)) yield [testReport(roll, area)];
  if (roll.happens(0.04)) yield [crowd(roll, area)];
  if (roll.happens(0.04)) yield [longText(roll, area)];
  if (roll.happens(0.01)) yield meanwhile(roll);
  if (roll.happens(0.03))
    yield [fileDraft('file-deleted', roll.one(files), { bytesDelta: -900, added: 0, removed: 31 })];
  if (roll.happens(0.02)) yield [git('work-uncommitted', { files: roll.between(2, 9), hours: 4 }, 'warning')];
  if (roll.happens(0.015))
    yield [git('history-rewritten', { how: 'rebase', dropped: roll.upTo(4), gained: roll.upTo(4) })];
}

const fileDraft = (
  type: string,
  path: string,
  details: ObservationDraft['details'],
  priorityShift = 0,
): Told[number] => ({
  source: 'files',
  draft: {
    type,
    target: path,
    severity: 'info',
    trust: 'observed',
    priorityShift,
    details: { root: place, place, path, ...details },
  },
});

const git = (
  type: string,
  details: ObservationDraft['details'],
  severity: ObservationDraft['severity'] = 'info',
): Told[number] => ({
  source: 'git',
  draft: { type, target: 'lantern', severity, trust: 'observed', details: { place, repo: place, ...details } },
});

function edit(roll: Dice, path: string, edited: Map<string, { added: number; removed: number }>): Told[number] {
  const before = edited.get(path);
  const now = { added: (before?.added ?? 0) + roll.upTo(12), removed: (before?.removed ?? 0) + roll.upTo(5) - 1 };
  edited.set(path, now);
  const name = `${roll.one(nouns)}${roll.one(parts)}`;
  return fileDraft(before || roll.happens(0.85) ? 'file-changed' : 'file-created', path, {
    bytes: roll.between(900, 9_000),
    bytesDelta: roll.between(-80, 400),
    against: 'commit',
    ...now,
    near: [`${name}Of`],
    excerpt: codeLines(roll, name, roll.between(1, 6)),
  });
}

const codeLines = (roll: Dice, name: string, lines: number) =>
  Array.from(
    { length: lines },
    () =>
      `${roll.happens(0.75) ? '+' : '-'}  const ${roll.one(nouns)} = ${name}(${roll.one(parts)}, ${roll.upTo(500)}) ?? ${roll.one(parts)}.${roll.one(nouns)};`,
  )
    .join('\n')
    .slice(0, 400);

function commit(
  roll: Dice,
  subject: string,
  branch: string,
  edited: ReadonlyMap<string, { added: number; removed: number }>,
  more: ObservationDraft['details'] = {},
): Told[number] {
  const sizes = [...edited.values()];
  const long = more.merge !== true && roll.happens(0.15) ? ` ${roll.one(reasons)}, ${roll.one(reasons)}` : '';
  return git('commit-made', {
    hash: roll.between(1e6, 9e6).toString(36),
    subject: subject + long,
    author: 'Ada',
    branch,
    files: sizes.length,
    added: sizes.reduce((sum, each) => sum + each.added, 0),
    removed: sizes.reduce((sum, each) => sum + each.removed, 0),
    top: [...edited].slice(0, 5).map(([path, lines]) => ({ path, ...lines })),
    ...more,
  });
}

function note(roll: Dice, subject: string): Told[number] {
  const text = roll.happens(0.15) ? essay(roll, roll.between(8, 30)) : `${subject} ${roll.one(reasons)}`;
  return {
    source: 'notes',
    draft: {
      type: 'note-written',
      target: text.slice(0, 80),
      severity: 'info',
      priorityShift: 5,
      trust: 'owner',
      details: { text },
    },
  };
}

const essay = (roll: Dice, sentences: number) =>
  Array.from(
    { length: sentences },
    () => `The ${roll.one(nouns)} of the ${roll.one(areas)} ${roll.one(verbs).toLowerCase()}s ${roll.one(reasons)}.`,
  ).join(' ');

const testReport = (roll: Dice, area: string) =>
  fileDraft('file-changed', 'reports/test.txt', {
    bytes: 12_000,
    bytesDelta: roll.between(200, 900),
    against: 'last-seen',
    added: roll.between(6, 40),
    removed: roll.upTo(9),
    excerpt: `+FAIL ${area}/${roll.one(parts)}.test.ts > ${roll.one(nouns)} ${roll.one(reasons)}\n+AssertionError: expected ${roll.upTo(90)} to be ${roll.upTo(90)}`,
  });

function crowd(roll: Dice, area: string): Told[number] {
  const total = roll.between(20, 240);
  const of = Array.from({ length: Math.min(100, total) }, (_, n) => ({
    type: 'file-changed',
    target: `src/${area}/${roll.one(parts)}-${n}.ts`,
  }));
  const { source, draft } = fileDraft('burst', `src/${area}/`, {
    name: 'files',
    total,
    byType: { 'file-changed': total },
    folders: { [`src/${area}/`]: total },
    of,
    added: total * 3,
    removed: total * 2,
  });
  return { source, draft };
}

const longText = (roll: Dice, area: string) =>
  fileDraft('file-changed', `docs/${area}.md`, {
    bytes: 30_000,
    bytesDelta: 1_800,
    against: 'commit',
    added: 24,
    removed: 3,
    near: Array.from({ length: 5 }, () => `${roll.one(verbs)} the ${roll.one(nouns)} ${roll.one(reasons)}`),
    excerpt: `+${essay(roll, 6)}`.slice(0, 400),
  });

function* conflict(roll: Dice, files: readonly string[]): Generator<Told> {
  yield [git('operation-started', { operation: 'merge', conflicts: files.slice(0, roll.upTo(3)) }, 'warning')];
  yield [git('operation-ended', { operation: 'merge', headMoved: true })];
}
