import type { ThoughtContext } from '../../ports.ts';
import type { Details, Json, Observation, Stamp } from '../../types.ts';
import { baseName, counted, figure, list, pathName } from './wording.ts';

/** What the rules see of a batch, read once: sources leave out what they do not know, so every field may be missing. */

export interface Edit {
  ref: string;
  at: Stamp;
  kind: 'created' | 'changed' | 'deleted' | 'renamed';
  target: string;
  place: string | null;
  /** Null when the source could not count lines. */
  lines: { added: number; removed: number } | null;
  bytesDelta: number | null;
  /** Lines are counted against the committed version: they grow from edit to edit and must not be summed. */
  sinceCommit: boolean;
  near: string[];
  from: string | null;
  whileAway: boolean;
}

export interface Commit {
  ref: string;
  at: Stamp;
  /** Repository as the target names it, and whether that is more than its folder name. */
  repo: string;
  labelled: boolean;
  /** Its short hash where it has none. */
  subject: string;
  verb: 'Committed' | 'Amended' | 'Merged';
  branch: string | null;
  /** Null when the source could not say. */
  files: number | null;
  added: number;
  removed: number;
  top: { path: string; added: number; removed: number }[];
  count: number;
}

/** One observation with its label in the batch. */
export interface Item {
  ref: string;
  observation: Observation;
}

export interface Seen {
  context: ThoughtContext;
  all: Item[];
  /** Changes of content while Reverie was on, oldest first. */
  edits: Edit[];
  /** Changes found at the start. */
  away: Edit[];
  /** Files that equal their committed version again after edits in this session. */
  reverted: Edit[];
  commits: Commit[];
  /** Items by `source/type`; bursts of any source under `burst`. */
  of(type: string): Item[];
}

/** Reads a batch for the rules. Whitespace changes and touches are left out here, so that no rule can trip over them. */
export function readBatch(context: ThoughtContext): Seen {
  const all = context.salient.map(({ ref, observation }) => ({ ref, observation }));
  const changes = all
    .filter(isFileChange)
    .map(readEdit)
    .filter((edit) => edit !== null);
  const inSession = new Set(context.session.files.filter((file) => file.edits > 0).map((file) => file.target));
  for (const edit of changes) if (!isNoChange(edit)) inSession.add(edit.target);
  const told = changes.filter((edit) => !isNoChange(edit));
  return {
    context,
    all,
    edits: told.filter((edit) => !edit.whileAway),
    away: told.filter((edit) => edit.whileAway),
    reverted: changes.filter(
      (edit) => isNoChange(edit) && edit.sinceCommit && !edit.whileAway && inSession.has(edit.target),
    ),
    commits: all
      .filter(({ observation: { source, type } }) => source === 'git' && /^commit-(made|amended)$/.test(type))
      .map(readCommit),
    of: (type) =>
      all.filter(({ observation }) =>
        type === 'burst' ? observation.type === type : `${observation.source}/${observation.type}` === type,
      ),
  };
}

const isFileChange = ({ observation }: Item): boolean =>
  observation.source === 'files' && /^file-(created|changed|deleted|renamed)$/.test(observation.type);

const isNoChange = (edit: Edit): boolean =>
  (edit.kind === 'changed' || (edit.kind === 'created' && edit.sinceCommit)) &&
  edit.lines?.added === 0 &&
  edit.lines.removed === 0;

function readEdit({ ref, observation }: Item): Edit | null {
  const { details } = observation;
  if (details.whitespaceOnly === true) return null;
  const added = amount(details.added);
  const removed = amount(details.removed);
  return {
    ref,
    at: observation.lastAt,
    kind: observation.type.slice('file-'.length) as Edit['kind'],
    target: observation.target,
    place: words(details.place) ?? words(details.root),
    lines: added === null && removed === null ? null : { added: added ?? 0, removed: removed ?? 0 },
    bytesDelta: byteDelta(details.bytesDelta),
    sinceCommit: details.against === 'commit',
    near: wordList(details.near),
    from: words(details.from),
    whileAway: details.whileAway === true,
  };
}

const byteDelta = (value: Json | undefined): number | null =>
  typeof value === 'number' && Math.abs(value) <= 1e15 ? Math.round(value) : null;

function readCommit({ ref, observation }: Item): Commit {
  const { details } = observation;
  return {
    ref,
    at: observation.occurredAt,
    repo: observation.target,
    labelled: words(details.repo) !== null && details.repo !== observation.target,
    subject: words(details.subject) ?? words(details.hash) ?? 'no subject',
    verb: observation.type === 'commit-amended' ? 'Amended' : details.merge === true ? 'Merged' : 'Committed',
    branch: words(details.branch),
    files: amount(details.files),
    added: amount(details.added) ?? 0,
    removed: amount(details.removed) ?? 0,
    top: records(details.top).flatMap((each) => {
      const path = words(each.path);
      return path ? [{ path, added: amount(each.added) ?? 0, removed: amount(each.removed) ?? 0 }] : [];
    }),
    count: Math.max(1, amount(details.count) ?? 1),
  };
}

/** Lines per file over several edits: the newest figure where it is counted since the commit, else the sum. */
export function perFile(
  edits: readonly Edit[],
): { target: string; edits: number; added: number; removed: number; sinceCommit: boolean }[] {
  const files = new Map<
    string,
    { target: string; edits: number; added: number; removed: number; sinceCommit: boolean }
  >();
  for (const { target, lines, sinceCommit } of edits) {
    const file = files.get(target) ?? { target, edits: 0, added: 0, removed: 0, sinceCommit };
    const base = sinceCommit ? { added: 0, removed: 0 } : file;
    files.set(target, {
      target,
      edits: file.edits + 1,
      added: base.added + (lines?.added ?? 0),
      removed: base.removed + (lines?.removed ?? 0),
      sinceCommit,
    });
  }
  return [...files.values()];
}

/** The name of the one place the edits are in; null when they are in several or in none that is known. */
function onePlace(edits: readonly { place: string | null }[]): string | null {
  const places = new Set(edits.map((edit) => edit.place));
  const [only] = places;
  return places.size === 1 && only ? baseName(only) : null;
}

/** ` in shop` when all of it lies in one place whose name is known, else nothing. */
export function inPlace(edits: readonly { place: string | null }[]): string {
  const place = onePlace(edits);
  return place ? ` in ${pathName(place)}` : '';
}

/** `2 files changed, 1 deleted`. */
export function kindCounts(edits: readonly Edit[]): string {
  const kinds = (['changed', 'created', 'renamed', 'deleted'] as const)
    .map((kind) => ({
      kind,
      count: new Set(edits.filter((edit) => edit.kind === kind).map((edit) => edit.target)).size,
    }))
    .filter(({ count }) => count > 0);
  return list(
    kinds.map(({ kind, count }, index) => (index ? `${figure(count)} ${kind}` : `${counted(count, 'file')} ${kind}`)),
    4,
  );
}

/** Adds up one figure over many. */
export const sum = <T>(items: readonly T[], figureOf: (item: T) => number): number =>
  items.reduce((total, item) => total + figureOf(item), 0);

/** A non-negative number that can be counted with, as a whole one; else null. */
export const amount = (value: Json | undefined): number | null =>
  typeof value === 'number' && value >= 0 && value <= 1e15 ? Math.round(value) : null;

/** A text that is not empty, else null. */
export const words = (value: Json | undefined): string | null =>
  typeof value === 'string' && value.trim() ? value : null;

/** The texts of a list; empty when it is no list. */
export const wordList = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each.trim() !== '') : [];

/** The objects of a list; empty when it is no list. */
export const records = (value: Json | undefined): Details[] =>
  Array.isArray(value)
    ? value.filter((each): each is Details => typeof each === 'object' && each !== null && !Array.isArray(each))
    : [];

/** The positive figures of an object, largest first (equal ones by name). */
export function tally(value: Json | undefined): { name: string; count: number }[] {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return entries
    .map(([name, count]) => ({ name, count: amount(count) ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort(byCount);
}

/** Largest first, equal ones by name: an order that does not depend on anything else. */
export const byCount = (a: { name: string; count: number }, b: { name: string; count: number }): number =>
  b.count - a.count || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
