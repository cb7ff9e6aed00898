import { type Candidate, countedFact } from './candidate.ts';
import { amount, type Commit, type Item, perFile, type Seen, sum, wordList, words } from './reading.ts';
import { mergedFiles, sessionEdits, sessionSpanMs } from './session.ts';
import { baseName, counted, figure, fit, lines, list, over, pathName, quoted, span } from './wording.ts';

/** Rules about a repository: what was committed, rewritten, left unfinished. Each is a `Rule.look`. */

/** One commit with its subject and centre, or several in sum, and the edits they close. */
export function committed(seen: Seen): Candidate | null {
  const { commits } = seen;
  const newest = commits.at(-1);
  if (!newest) return null;
  const count = sum(commits, (commit) => commit.count);
  const closed = closing(seen, count);
  const what = count === 1 ? oneCommit(newest) : manyCommits(commits, newest, count);
  const size = sum(commits, (commit) => commit.added + commit.removed);
  return {
    text: fit([what, closed]),
    clause: count === 1 ? `Also committed: ${quoted(newest.subject, 50)}.` : `Also ${counted(count, 'commit')}.`,
    importance: newest.verb === 'Amended' ? 0.5 : count > 1 || size >= 200 ? 0.6 : 0.55,
    confidence: countedFact,
    refs: [...commits.map((commit) => commit.ref), ...(closed ? seen.edits.map((edit) => edit.ref) : [])],
    because: `${counted(count, 'commit')} with ${changedFiles(commits)}${closed ? `; ${closed[0]?.toLowerCase()}${closed.slice(1, -1)}` : ''}`,
  };
}

function oneCommit(commit: Commit): string {
  const on = commit.branch ? ` on ${pathName(commit.branch, 40)}` : '';
  const repo = commit.labelled ? ` in ${pathName(commit.repo)}` : '';
  const size = commitSize(commit);
  return `${commit.verb} ${quoted(commit.subject)}${on}${repo}${size ? `: ${size}` : ''}.`;
}

function commitSize(commit: Commit): string | null {
  const [top] = commit.top;
  const change = lines(commit);
  if (commit.files === null) return null;
  if (commit.files === 0) return commit.verb === 'Merged' ? 'no files of its own' : 'no files';
  if (commit.files === 1 && top) return [pathName(top.path), change].filter(Boolean).join(', ');
  return `${counted(commit.files, 'file')}${change ? `, ${change}` : ''}${commitCentre([commit])}`;
}

function manyCommits(commits: readonly Commit[], newest: Commit, count: number): string {
  const branches = new Set(commits.map((commit) => commit.branch));
  const repos = new Set(commits.map((commit) => commit.repo));
  const on =
    repos.size > 1
      ? ` in ${figure(repos.size)} repositories`
      : branches.size === 1 && newest.branch
        ? ` on ${pathName(newest.branch, 40)}`
        : '';
  return `${counted(count, 'commit')}${on}: ${changedFiles(commits)}${commitCentre(commits)}; the newest is ${quoted(newest.subject, 60)}.`;
}

/** `4 changed files, +49 −13`; a file that two commits changed counts twice. */
function changedFiles(commits: readonly Commit[]): string {
  const files = sum(commits, (commit) => commit.files ?? 0);
  const change = lines({
    added: sum(commits, (commit) => commit.added),
    removed: sum(commits, (commit) => commit.removed),
  });
  return `${counted(files, 'changed file')}${change ? `, ${change}` : ''}`;
}

/** `, most of it in src/a.ts (+30 −2)`. */
function commitCentre(commits: readonly Commit[]): string {
  const files = new Map<string, { path: string; added: number; removed: number }>();
  for (const { path, added, removed } of commits.flatMap((commit) => commit.top)) {
    const before = files.get(path) ?? { path, added: 0, removed: 0 };
    files.set(path, { path, added: before.added + added, removed: before.removed + removed });
  }
  const [top] = [...files.values()].sort(
    (a, b) => b.added + b.removed - a.added - a.removed || (a.path < b.path ? -1 : 1),
  );
  if (!top) return '';
  const whole = sum(commits, (commit) => commit.added + commit.removed);
  const change = lines(top);
  const most = (top.added + top.removed) * 2 > whole ? 'most of it in' : 'the largest part in';
  return change ? `, ${most} ${pathName(top.path)} (${change})` : `, ${pathName(top.path)} among them`;
}

/** `It closes 12 edits over 25 minutes.` Only where a file of the session is in the commit: others' commits that were pulled close nothing. */
function closing(seen: Seen, count: number): string | null {
  const last = Math.max(...seen.commits.map((commit) => commit.at));
  // A commit's date has whole seconds, so an edit of the same second may seem to be later.
  const before: Seen = { ...seen, edits: seen.edits.filter((edit) => edit.at <= last + 2_000) };
  const total = sessionEdits(before);
  const paths = seen.commits.flatMap((commit) => commit.top.map(({ path }) => path));
  const same = (a: string, b: string) => a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
  const own = !paths.length || mergedFiles(before).some(({ target }) => paths.some((path) => same(target, path)));
  const merged = seen.commits.every((commit) => commit.verb === 'Merged');
  if (!total || !own || merged) return null;
  const took = total > 1 ? over(sessionSpanMs(before, last)) : null;
  return `${count === 1 ? 'It closes' : 'They close'} ${counted(total, 'edit')}${took ? ` ${took}` : ''}.`;
}

/** A merge, rebase or the like that has begun and is not over; with conflicts it waits for the owner. */
export function operationOpen(seen: Seen): Candidate | null {
  const ended = seen
    .of('git/operation-ended')
    .map((item) => ({ target: item.observation.target, at: seen.all.indexOf(item) }));
  const isOver = (item: Item) =>
    ended.some(({ target, at }) => target === item.observation.target && at > seen.all.indexOf(item));
  const open = seen.of('git/operation-started').filter((item) => !isOver(item));
  const item = open.find(({ observation }) => wordList(observation.details.conflicts).length) ?? open[0];
  if (!item) return null;
  const { details, target } = item.observation;
  const operation = pathName(words(details.operation) ?? 'operation', 30);
  const repo = pathName(words(details.repo) ?? baseName(words(details.place) ?? target));
  const conflicts = wordList(details.conflicts).map((path) => pathName(path));
  const kind = `${/^[aeiou]/i.test(operation) ? 'An' : 'A'} ${operation}`;
  const state = conflicts.length ? `has conflicts in ${list(conflicts, 3)}` : 'is in progress';
  return {
    text: `${kind} in ${repo} ${state}${conflicts.length ? '; it waits for you' : ''}.`,
    clause: `${kind} in ${repo} ${conflicts.length ? 'has conflicts' : 'is in progress'}.`,
    importance: conflicts.length ? 0.75 : 0.5,
    confidence: countedFact,
    refs: [item.ref],
    because: `the ${operation} in ${repo} has begun and not ended, with ${counted(conflicts.length, 'conflict')}`,
    watchFor: `The ${operation} in ${repo} has ended.`,
  };
}

/** Work that has waited long for a commit. */
export function uncommitted(seen: Seen): Candidate | null {
  const item = seen.of('git/work-uncommitted').at(-1);
  if (!item) return null;
  const { details, target } = item.observation;
  const paths = wordList(details.paths).map((path) => pathName(path));
  const files = amount(details.files) ?? paths.length;
  if (!files) return null;
  const oldestAt = amount(details.oldestAt);
  const age = oldestAt === null ? null : span(seen.context.now - oldestAt);
  const repo = pathName(words(details.repo) ?? target);
  const since = age ? ` for ${age}` : '';
  return {
    text: `${counted(files, 'file')} in ${repo} ${files === 1 ? 'has' : 'have'} waited${since} to be committed${paths.length ? `: ${list(paths, 3, Math.max(0, files - paths.length))}` : ''}.`,
    clause: `${counted(files, 'file')} still ${files === 1 ? 'waits' : 'wait'} for a commit.`,
    importance: 0.6,
    confidence: countedFact,
    refs: [item.ref],
    because: `${counted(files, 'file')} in ${repo} ${files === 1 ? 'differs' : 'differ'} from the last commit${age ? `, the oldest for ${age}` : ''}`,
  };
}

/** The branch changed while edits were open: they may have come along. A conclusion, not a count. */
export function switchedWithEdits(seen: Seen): Candidate | null {
  const item = seen.of('git/branch-switched').at(-1);
  const { session } = seen.context;
  if (!item || seen.commits.length || session.edits === 0) return null;
  const to = pathName(words(item.observation.details.to) ?? 'another branch', 40);
  const from = words(item.observation.details.from);
  const names = session.files.map((file) => pathName(file.target));
  return {
    text: fit([
      `Switched${from ? ` from ${pathName(from, 40)}` : ''} to ${to} with ${counted(session.edits, 'edit')} since the last commit${names.length ? ` (${list(names)})` : ''}.`,
      'Uncommitted work may have come along.',
    ]),
    clause: `The branch was switched to ${to} with open edits.`,
    importance: 0.55,
    confidence: 0.6,
    refs: [item.ref],
    because: `the branch changed to ${to} while ${counted(session.edits, 'edit')} ${session.edits === 1 ? 'was' : 'were'} open`,
  };
}

/** Commits that are no longer in the branch. */
export function rewritten(seen: Seen): Candidate | null {
  const item = seen.of('git/history-rewritten').at(-1);
  if (!item) return null;
  const { details, target } = item.observation;
  const repo = pathName(words(details.repo) ?? target);
  const how = words(details.how);
  const dropped = amount(details.dropped);
  const gained = amount(details.gained);
  const counts = [
    dropped ? `${counted(dropped, 'commit')} dropped` : '',
    gained ? `${counted(gained, 'new commit')} in place` : '',
  ].filter(Boolean);
  return {
    text: `The history of ${repo} was rewritten${how && how !== 'moved' ? ` by ${pathName(how, 30)}` : ''}${counts.length ? `: ${counts.join(', ')}` : ''}.`,
    clause: `The history of ${repo} was rewritten.`,
    importance: 0.5,
    confidence: countedFact,
    refs: [item.ref],
    because: `the last known commit of ${repo} is no longer in its branch`,
  };
}

/** One line about the files of a batch, for when nothing else is said of them. */
export const filesInWords = (seen: Seen): string => {
  const files = perFile(seen.edits);
  const change = lines({ added: sum(files, (file) => file.added), removed: sum(files, (file) => file.removed) });
  return `${list(files.map((file) => pathName(file.target)))}${change ? ` (${change})` : ''}`;
};
