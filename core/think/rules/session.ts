import { type Candidate, countedFact } from './candidate.ts';
import { byCount, type Edit, inPlace, perFile, type Seen, sum } from './reading.ts';
import { byteChange, counted, figure, fit, folderOf, lines, list, over, pathName, share } from './wording.ts';

/** Rules about the stretch of work that is going on: its beginning and its milestones. Each is a `Rule.look`. */

interface FileShare {
  target: string;
  edits: number;
  added: number;
  removed: number;
  /** Whether the lines are what the file differs by now, and not the most it ever did. */
  exact?: boolean;
}

/** The highest of 1, 6, 24, 96, … (×4) that a number of edits has reached; 0 before the first. */
export function milestone(edits: number): number {
  if (edits < 6) return edits < 1 ? 0 : 1;
  let reached = 6;
  while (reached * 4 <= edits) reached *= 4;
  return reached;
}

/** The first number of edits after `edits` at which the session is worth a word. */
export const nextMilestone = (edits: number): number => (edits < 1 ? 1 : edits < 6 ? 6 : milestone(edits) * 4);

/** Edits of the session with this batch. */
export const sessionEdits = ({ context, edits }: Seen): number => context.session.edits + edits.length;

/** The first edit of a session, and the crossing of a milestone: where the work concentrates and how long it has gone on. */
export function session(seen: Seen): Candidate | null {
  const otherCause = seen.commits.length + seen.of('git/branch-switched').length + seen.of('burst').length > 0;
  if (!seen.edits.length || otherCause) return null;
  const reached = milestone(sessionEdits(seen));
  if (reached <= toldMilestone(seen)) return null;
  return reached === 1 ? began(seen) : grown(seen, reached);
}

/**
 * The milestone already spoken of. Told insights of this session count more than the number of edits before this batch: attention may have
 * kept the very edit away that crossed a milestone, and then the next one makes up for it.
 */
function toldMilestone({ context, edits }: Seen): number {
  const since = context.session.startedAt ?? context.now;
  const where = inPlace(edits);
  const told = context.told
    .filter(({ reasoner, formedAt }) => reasoner.kind === 'rules' && formedAt >= since)
    .flatMap(({ text }) => milestoneIn(text, where) ?? []);
  if (context.session.edits > 0 && told.length) return Math.max(...told);
  return isYoung(context.session.startedAt, edits) ? 0 : milestone(context.session.edits);
}

/** Begun in this very moment, by an edit of the same batch that attention kept away. */
const isYoung = (startedAt: number | null, edits: readonly Edit[]): boolean =>
  startedAt !== null && edits.some((edit) => Math.abs(edit.at - startedAt) <= youngMs);
const youngMs = 2_000;

/** The milestone that an insight of this rule spoke of; null for any other text. */
function milestoneIn(text: string, where: string): number | null {
  if (text.startsWith(`Work began${where}: `)) return 1;
  const figures = /^([\d,]+) edits/.exec(text);
  return figures && text.startsWith(`${figures[0]}${where}`)
    ? milestone(Number(figures[1]?.replaceAll(',', '')))
    : null;
}

function began(seen: Seen): Candidate {
  const { edits } = seen;
  const where = inPlace(edits);
  const total = sessionEdits(seen);
  const what =
    total === 1 && edits[0] ? oneEdit(edits[0]) : `${counted(total, 'edit')}, ${centre(mergedFiles(seen), total)}`;
  return {
    text: `Work began${where}: ${what}.`,
    clause: null,
    importance: 0.4,
    confidence: countedFact,
    refs: edits.map((edit) => edit.ref),
    because: `the first ${total === 1 ? 'edit' : `${figure(total)} edits`}${where} since the last commit or in the last 12 hours`,
  };
}

function grown(seen: Seen, reached: number): Candidate {
  const { edits, context } = seen;
  const total = sessionEdits(seen);
  const where = inPlace(edits);
  const since = over(sessionSpanMs(seen));
  const files = mergedFiles(seen);
  return {
    text: fit([
      `${counted(total, 'edit')}${where}${since ? ` ${since}` : ''}: ${centre(files, total)}.`,
      habit(files, context.history),
    ]),
    clause: null,
    importance: Math.min(0.6, 0.45 + (0.05 * Math.log2(reached / 6)) / 2),
    confidence: countedFact,
    refs: edits.map((edit) => edit.ref),
    isOther: ({ text }) => milestoneIn(text, where) !== reached,
    because: `the session went from ${counted(context.session.edits, 'edit')} to ${figure(total)} and so passed ${figure(reached)}`,
  };
}

/** From the first edit of the session to the newest of the batch; zero or less when clocks disagree. */
export function sessionSpanMs({ context, edits }: Seen, untilAt = Math.max(...edits.map((edit) => edit.at))): number {
  return untilAt - (context.session.startedAt ?? Math.min(...edits.map((edit) => edit.at)));
}

/**
 * The session's files with the batch's edits on top. Lines are exact where the newest edit counts them since the commit, or where all
 * edits of the file are in the batch; a session alone only knows the most that a file ever differed by.
 */
export function mergedFiles({ context, edits }: Seen): FileShare[] {
  const files = new Map<string, FileShare>(context.session.files.map((file) => [file.target, file]));
  for (const file of perFile(edits)) {
    const before = files.get(file.target)?.edits ?? 0;
    files.set(file.target, { ...file, edits: before + file.edits, exact: file.sinceCommit || before === 0 });
  }
  return [...files.values()];
}

/** `src/a.ts changed (+3 −1), near parseCart`. */
function oneEdit(edit: Edit): string {
  const name = pathName(edit.target);
  const change = edit.lines ? lines(edit.lines) : edit.bytesDelta ? byteChange(edit.bytesDelta) : null;
  const near = edit.near.length ? `, near ${list(edit.near.map((each) => pathName(each, 40)))}` : '';
  const renamed = edit.kind === 'renamed' && edit.from ? ` from ${pathName(edit.from)}` : '';
  return `${name} ${edit.kind}${renamed}${change ? ` (${change})` : ''}${near}`;
}

const figuresOf = (file: FileShare): string => {
  const change = file.exact ? lines(file) : null;
  return change ? ` (${change})` : '';
};

/** Where edits concentrate: a few files, one file, one folder, or nowhere. `total` may be more than the files given account for. */
function centre(files: readonly FileShare[], total: number): string {
  const byFile = files.map((file) => ({ name: file.target, count: file.edits, file })).sort(byCount);
  const [top] = byFile;
  if (!top) return 'in no known file';
  const name = `${pathName(top.name)}${figuresOf(top.file)}`;
  if (files.length <= 3 && sum(files, (file) => file.edits) >= total) return eachOf(byFile, name);
  const part = `${figure(top.count)} of them (${share(top.count, total)})`;
  if (top.count * 2 >= total)
    return `${part} in ${name}, the rest in ${counted(Math.max(1, files.length - 1), 'other file')}`;
  const folder = topFolder(files);
  if (folder && folder.count * 2 > total) {
    return `${figure(folder.count)} of them (${share(folder.count, total)}) in ${pathName(folder.name)}, most often ${name}`;
  }
  return `spread over ${counted(files.length, 'file')}, most often ${name}`;
}

/** `2 in src/a.ts (+3) and 1 in src/b.ts`; a single file is `all in src/a.ts (+3)`. */
const eachOf = (byFile: readonly { count: number; file: FileShare }[], only: string): string =>
  byFile.length === 1
    ? `all in ${only}`
    : list(
        byFile.map(({ count, file }) => `${figure(count)} in ${pathName(file.target, 50)}${figuresOf(file)}`),
        3,
      );

function topFolder(files: readonly FileShare[]): { name: string; count: number } | undefined {
  const folders = new Map<string, number>();
  for (const { target, edits } of files) {
    const folder = folderOf(target);
    if (folder) folders.set(folder, (folders.get(folder) ?? 0) + edits);
  }
  return [...folders].map(([name, count]) => ({ name, count })).sort(byCount)[0];
}

/** A file that comes back day after day is worth a second sentence. */
function habit(files: readonly FileShare[], history: Seen['context']['history']): string | null {
  const [top] = [...files].sort((a, b) => b.edits - a.edits);
  const entry = history.find(({ target, type }) => target === top?.target && type === 'file-changed');
  return entry && entry.days >= 3
    ? `${pathName(entry.target)} has changed on ${figure(entry.days)} of the last 7 days.`
    : null;
}
