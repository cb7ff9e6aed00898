import type { Details, ObservationDraft } from '../../core/types.ts';
import { draftOf, placeName } from './busy-owner-drafts.ts';
import { pick, pickOften } from './busy-owner-draws.ts';
import { people, roles, things } from './busy-owner-words.ts';

/** What the owner works on in one fortnight: one of few components, its files in order of how often they change. */
export interface Topic {
  component: string;
  place: string;
  files: readonly string[];
}

/** What a source notices at some moment. */
export interface Noticed {
  source: string;
  draft: ObservationDraft;
}

function file({ place }: Topic, draw: () => number, type: string, path: string, more: Details = {}): Noticed {
  const bytesDelta = Math.floor(draw() * 900) - 300;
  const details = { root: place, place, path, bytes: 900 + Math.floor(draw() * 9_000), bytesDelta, ...more };
  return { source: 'files', draft: draftOf(type, `${placeName(place)}/${path}`, 'info', details) };
}

/** Logs, coverage, snapshots, fixtures: they change by themselves, and nobody means anything by it. */
function generatedFile(topic: Topic, draw: () => number): Noticed {
  const [folder, ending] = pick(generated, draw);
  return file(topic, draw, 'file-changed', `${folder}/${topic.component}-${Math.floor(60 * draw() ** 2)}.${ending}`, {
    against: 'size',
  });
}
const generated = [
  ['logs', 'log'],
  ['reports', 'html'],
  ['data/fixtures', 'json'],
  ['public/api', 'json'],
  ['storybook', 'js'],
] as const;

const whitespace = (topic: Topic, draw: () => number) =>
  file(topic, draw, 'file-changed', pickOften(topic.files, draw), {
    against: 'commit',
    added: 1,
    removed: 1,
    whitespaceOnly: true,
  });

function edit(topic: Topic, draw: () => number): Noticed {
  const [thing, other] = [pick(things, draw), pick(things, draw)];
  const name = `${thing}Of${other}`;
  return file(topic, draw, 'file-changed', pickOften(topic.files, draw), {
    against: 'commit',
    added: 1 + Math.floor(60 * draw() ** 3),
    removed: Math.floor(25 * draw() ** 3),
    near: [`function ${name}(`],
    excerpt: `+  const ${thing} = await load${Math.floor(draw() * 90)}(${other}, { place, limit: ${Math.floor(draw() * 500)} });\n+  if (!${thing}) return ${name}(${other});\n-  return ${other}.map((each) => each.${thing});`,
  });
}

const passed = (topic: Topic, draw: () => number): Noticed => ({
  source: 'ci',
  draft: draftOf('test-passed', `tests/${topic.component}`, 'info', {
    place: topic.place,
    tests: 40 + Math.floor(draw() * 200),
    seconds: Math.floor(draw() * 90),
  }),
});

/** Folded by the intake already: one observation that keeps the list. */
function burst(topic: Topic, draw: () => number): Noticed {
  const { place, component } = topic;
  const total = 20 + Math.floor(400 * draw() ** 3);
  const folder = `${placeName(place)}/${pick(['dist', 'build', 'generated', 'src'], draw)}/${component}/`;
  const of = Array.from({ length: Math.min(100, total) }, (_, n) => ({
    type: 'file-changed',
    target: `${folder}${pick(things, draw)}-${n}.js`,
  }));
  const details = { name: 'files', total, byType: { 'file-changed': total }, folders: { [folder]: total }, of, place };
  return { source: 'files', draft: draftOf('burst', folder, 'info', details) };
}

function commit(topic: Topic, draw: () => number): Noticed {
  const { place, component } = topic;
  const files = 1 + Math.floor(draw() * 7);
  const [added, removed] = [Math.floor(draw() * 160), Math.floor(draw() * 80)];
  const subject = `${pick(['Add', 'Mend', 'Simplify', 'Move', 'Test', 'Rename'], draw)} ${pick(things, draw)} in ${component}${draw() < 0.5 ? `, after ${pick(people, draw)}'s review` : ''}`;
  const top = [{ path: pickOften(topic.files, draw), added, removed }];
  const hash = Math.floor(draw() * 2 ** 40)
    .toString(16)
    .padStart(10, '0');
  const details = {
    place,
    repo: placeName(place),
    hash,
    subject,
    branch: 'main',
    author: 'Ada',
    files,
    added,
    removed,
    top,
    merge: false,
  };
  return { source: 'git', draft: draftOf('commit-made', `${placeName(place)}/${placeName(place)}`, 'info', details) };
}

function branch({ place, component }: Topic, draw: () => number): Noticed {
  const name = `feature/${component}-${Math.floor(draw() * 20)}`;
  const [from, to] = draw() < 0.5 ? ['main', name] : [name, 'main'];
  return {
    source: 'git',
    draft: draftOf('branch-switched', `${placeName(place)}/${placeName(place)}`, 'info', {
      place,
      repo: placeName(place),
      from,
      to,
    }),
  };
}

const warning = ({ place, component }: Topic, draw: () => number): Noticed => ({
  source: 'ci',
  draft: draftOf('lint-warning', `${placeName(place)}/src/${component}`, 'warning', {
    place,
    message: pick(['unused variable', 'deprecated call', 'slow query', 'large bundle', 'missing key'], draw),
    count: 1 + Math.floor(draw() * 12),
  }),
});

/** Flaky tests: they fail now and then for no reason that anybody knows. */
const failedByChance = ({ place, component }: Topic, draw: () => number): Noticed => ({
  source: 'ci',
  draft: draftOf('test-failed', `tests/${component}/${pick(roles, draw)}.test.ts`, 'error', {
    place,
    message: pick(
      ['timed out after 5000 ms', 'socket hang up', 'expected 200, got 503', 'snapshot does not match'],
      draw,
    ),
    failed: 1 + Math.floor(draw() * 3),
  }),
});

function uncommitted({ place, files }: Topic, draw: () => number): Noticed {
  const count = 1 + Math.floor(draw() * 9);
  const details = { place, repo: placeName(place), files: count, paths: files.slice(0, count) };
  return {
    source: 'git',
    draft: draftOf('work-uncommitted', `${placeName(place)}/${placeName(place)}`, 'warning', details),
  };
}

/** What machines (the first two) and people do all day: each share is of all happenings. */
const kinds: readonly (readonly [number, (topic: Topic, draw: () => number) => Noticed])[] = [
  [0.45, whitespace],
  [0.2, generatedFile],
  [0.25, edit],
  [
    0.03,
    (topic, draw) =>
      file(topic, draw, 'file-created', `src/${topic.component}/${pick(things, draw)}-${Math.floor(draw() * 400)}.ts`),
  ],
  [
    0.02,
    (topic, draw) =>
      file(topic, draw, 'file-deleted', `src/${topic.component}/${pick(things, draw)}-${Math.floor(draw() * 400)}.ts`),
  ],
  [0.02, passed],
  [0.006, burst],
  [0.0022, commit],
  [0.001, branch],
  [0.002, warning],
  [0.0012, failedByChance],
  [0.0004, uncommitted],
];
const shareOfAll = kinds.reduce((sum, [share]) => sum + share, 0);

/** Machines come in waves: a formatter, then a build that watches, change files for minutes; then people are at work again. */
const waveMinutes = 12;
const machines = 2;

/** Something that happens at that minute of the day, in the middle of work on a topic. */
export function activity(topic: Topic, minute: number, draw: () => number): Noticed {
  let place = ((minute / waveMinutes) % 1) * shareOfAll;
  for (const [share, make] of kinds.slice(0, machines)) {
    if (place < share) return make(topic, draw);
    place -= share;
  }
  const likely = kinds.slice(machines);
  let left = draw() * likely.reduce((sum, [share]) => sum + share, 0);
  for (const [share, make] of likely) {
    if (left < share) return make(topic, draw);
    left -= share;
  }
  return edit(topic, draw);
}
