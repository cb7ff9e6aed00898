import { type Candidate, countedFact } from './candidate.ts';
import { byCount, type Item, inPlace, perFile, type Seen, sum, tally, words } from './reading.ts';
import { counted, figure, lines, list, pathName } from './wording.ts';

/** Rules about files: unusual sizes, deletions, reverts. Each is a `Rule.look`. */

/** A change of at least 20 lines and more than three times the largest of at least five earlier ones. */
export function unusualSize({ edits, context }: Seen): Candidate | null {
  const found = perFile(edits).flatMap((file) => {
    const own = edits.filter((edit) => edit.target === file.target && edit.kind === 'changed');
    const entry = context.history.find(
      ({ target, source, type }) => target === file.target && source === 'files' && type === 'file-changed',
    );
    const earlier = (entry?.sizes ?? []).slice(own.length).filter((size) => size > 0);
    const size = file.added + file.removed;
    const largest = Math.max(0, ...earlier);
    return own.length > 0 && earlier.length >= 5 && size >= 20 && size > 3 * largest
      ? [{ file, size, earlier: earlier.length, largest, own }]
      : [];
  });
  const [top] = found.sort((a, b) => b.size - a.size);
  if (!top) return null;
  const name = pathName(top.file.target);
  const basis = top.file.sinceCommit ? 'since its last commit' : 'at once';
  return {
    text: `Unusual for ${name}: ${counted(top.size, 'line')} changed ${basis} (${lines(top.file)}); the ${figure(top.earlier)} changes before had at most ${figure(top.largest)}.`,
    clause: `${counted(top.size, 'line')} in ${name} is unusually many.`,
    importance: 0.6,
    confidence: 0.8,
    refs: top.own.map((edit) => edit.ref),
    because: `${name} changed by ${counted(top.size, 'line')}, more than three times the ${figure(top.largest)} that were the most before`,
  };
}

/** At least five files deleted, one by one or in a burst. */
export function manyDeleted(seen: Seen): Candidate | null {
  const deleted = seen.edits.filter((edit) => edit.kind === 'deleted');
  const bursts = seen.of('burst').flatMap((item) => {
    const count = tally(item.observation.details.byType).find(({ name }) => name === 'file-deleted')?.count ?? 0;
    return count > 0 ? [{ item, count }] : [];
  });
  const total = deleted.length + sum(bursts, ({ count }) => count);
  if (total < 5) return null;
  const places = [...deleted, ...bursts.map(({ item }) => ({ place: words(item.observation.details.place) }))];
  const names = deleted.map((edit) => edit.target);
  for (const { item } of bursts) names.push(...burstTargets(item, 'file-deleted'));
  return {
    text: `${counted(total, 'file')} deleted${inPlace(places)}${
      names.length
        ? `: ${list(
            names.map((each) => pathName(each)),
            3,
            total - names.length,
          )}`
        : ''
    }.`,
    clause: `${counted(total, 'file was', 'files were')} deleted.`,
    importance: 0.65,
    confidence: countedFact,
    refs: [...deleted.map((edit) => edit.ref), ...bursts.map(({ item }) => item.ref)],
    because: `${counted(total, 'file was', 'files were')} deleted, and from five on that is worth a word`,
  };
}

/** At least 200 lines taken out that were not already gone earlier in the session. */
export function manyLinesRemoved({ edits, context }: Seen): Candidate | null {
  const before = new Map(context.session.files.map((file) => [file.target, file.removed]));
  const files = perFile(edits)
    .map((file) => ({
      name: file.target,
      count: file.sinceCommit ? file.removed - (before.get(file.target) ?? 0) : file.removed,
    }))
    .filter(({ count }) => count > 0)
    .sort(byCount);
  const total = sum(files, ({ count }) => count);
  const [top] = files;
  if (!top || total < 200) return null;
  const part = top.count === total ? '' : `${figure(top.count)} of them `;
  return {
    text: `${counted(total, 'line')} removed${inPlace(edits)}, ${part}from ${pathName(top.name)}.`,
    clause: `${counted(total, 'line was', 'lines were')} removed.`,
    importance: 0.6,
    confidence: countedFact,
    refs: edits.filter((edit) => files.some(({ name }) => name === edit.target)).map((edit) => edit.ref),
    because: `${counted(total, 'line')} went in ${counted(files.length, 'file')}, and from 200 on that is worth a word`,
  };
}

function burstTargets({ observation }: Item, type: string): string[] {
  const { of } = observation.details;
  if (!Array.isArray(of)) return [];
  return of.flatMap((each) => {
    const target =
      typeof each === 'object' && each !== null && !Array.isArray(each) && each.type === type
        ? words(each.target)
        : null;
    return target ? [target] : [];
  });
}

/** Files that equal their committed version again. A branch switch or rewritten history moves that version, so then nothing is said. */
export function backToCommitted(seen: Seen): Candidate | null {
  const moved =
    seen.of('git/branch-switched').length + seen.of('git/history-rewritten').length + seen.commits.length > 0;
  const later = seen.edits.filter((edit) =>
    seen.reverted.some(({ target, at }) => target === edit.target && edit.at > at),
  );
  const back = seen.reverted.filter(({ target }) => !later.some((edit) => edit.target === target));
  const names = [...new Set(back.map((edit) => edit.target))];
  const [only] = names;
  if (moved || !only) return null;
  const before = [...seen.context.session.files, ...perFile(seen.edits)].filter((file) => names.includes(file.target));
  const undone = sum(before, (file) => file.edits);
  const verb = names.length === 1 ? 'is back to its committed version' : 'are back to their committed versions';
  const after = undone ? ` after ${counted(undone, 'edit')}` : '';
  return {
    text: `${list(
      names.map((each) => pathName(each)),
      3,
    )} ${verb}${after}.`,
    clause: `${names.length === 1 ? pathName(only) : counted(names.length, 'file')} ${verb}.`,
    importance: 0.5,
    confidence: countedFact,
    refs: back.map((edit) => edit.ref),
    because: `${counted(names.length, 'edited file')} no longer ${names.length === 1 ? 'differs' : 'differ'} from the last commit`,
  };
}
