import { type Candidate, countedFact } from './candidate.ts';
import { amount, byCount, type Item, inPlace, kindCounts, perFile, type Seen, sum, tally, words } from './reading.ts';
import { baseName, counted, figure, folderOf, lines, list, pathName, quoted, share } from './wording.ts';

/** Rules about many things at once: a burst, what changed while Reverie was off, a new folder. Each is a `Rule.look`. */

/** Many things at once, folded by the intake: how many, of which kind, where. */
export function burst(seen: Seen): Candidate | null {
  const bursts = seen.of('burst').map((item) => ({ item, total: burstTotal(item) }));
  const [top] = bursts.sort((a, b) => b.total - a.total || (a.item.ref < b.item.ref ? -1 : 1));
  if (!top) return null;
  const { details } = top.item.observation;
  const what = burstNoun(words(details.name) ?? top.item.observation.source, top.total);
  const where = inPlace([{ place: words(details.place) }]);
  const change = lines({ added: amount(details.added) ?? 0, removed: amount(details.removed) ?? 0 });
  return {
    text: `${details.whileAway === true ? `While Reverie was off: ${what}` : `${what} at once`}${where}${change ? ` (${change})` : ''}${burstParts(top.item, top.total)}${switchedIn(seen)}.`,
    clause: `${what} at once.`,
    importance: 0.5,
    confidence: countedFact,
    refs: [top.item.ref, ...seen.of('git/branch-switched').map(({ ref }) => ref)],
    because: `${counted(top.total, 'observation')} arrived together`,
  };
}

const burstTotal = ({ observation }: Item): number =>
  amount(observation.details.total) ?? Math.max(1, Math.round(observation.count));

const burstNoun = (name: string, total: number): string =>
  name === 'files'
    ? counted(total, 'file changed', 'files changed')
    : name === 'commits'
      ? counted(total, 'commit arrived', 'commits arrived')
      : `${counted(total, 'observation')} of ${quoted(name, 30)}`;

function burstParts(item: Item, total: number): string {
  if (words(item.observation.details.name) !== 'files') return '';
  const kinds = tally(item.observation.details.byType).filter(({ name }) => name.startsWith('file-'));
  const kindWords =
    kinds.length > 1 ? kinds.map(({ name, count }) => `${figure(count)} ${name.slice('file-'.length)}`) : [];
  const [folder] = tally(item.observation.details.folders);
  const most =
    folder && folder.count * 2 > total
      ? `most of it (${share(folder.count, total)}) in ${folderName(folder.name)}`
      : null;
  const top = folder && !most ? `the largest part (${figure(folder.count)}) in ${folderName(folder.name)}` : null;
  const parts = [list(kindWords, 4), most ?? top].filter(Boolean);
  return parts.length ? `: ${parts.join('; ')}` : '';
}

const folderName = (name: string): string =>
  /^\.?\/?$/.test(name) ? 'its top folder' : `${pathName(name.replace(/\/+$/, ''))}/`;

function switchedIn(seen: Seen): string {
  const to = words(seen.of('git/branch-switched')[0]?.observation.details.to);
  return to ? `, as the branch was switched to ${pathName(to, 40)}` : '';
}

/** Changes made while Reverie was off. */
export function whileAway({ away }: Seen): Candidate | null {
  if (!away.length) return null;
  const files = perFile(away);
  const change = lines({ added: sum(files, (file) => file.added), removed: sum(files, (file) => file.removed) });
  const kinds = kindCounts(away);
  return {
    text: `While Reverie was off: ${kinds}${change ? ` (${change})` : ''}${concentration(files)}.`,
    clause: `While Reverie was off: ${kinds}.`,
    importance: 0.5,
    confidence: countedFact,
    refs: away.map((edit) => edit.ref),
    because: `the start found ${kinds} since the last stop`,
  };
}

/** Where changed files lie: `: src/a.ts` for one, `, most in src/` where a folder holds more than half, else the first names. */
function concentration(files: readonly { target: string }[]): string {
  const folders = new Map<string, number>();
  for (const { target } of files) folders.set(folderOf(target) ?? '', (folders.get(folderOf(target) ?? '') ?? 0) + 1);
  const [top] = [...folders].map(([name, count]) => ({ name, count })).sort(byCount);
  const names = files.map((file) => pathName(file.target));
  if (!top?.name || files.length < 3 || top.count * 2 <= files.length) return `: ${list(names)}`;
  return `, ${top.count === files.length ? 'all' : 'most'} in ${pathName(top.name)}`;
}

/** A folder is watched from now on. */
export function newFolder(seen: Seen): Candidate | null {
  const [item] = seen.of('files/folder-seen');
  if (!item) return null;
  const { details, target } = item.observation;
  const name = pathName(baseName(words(details.root) ?? target));
  const files = amount(details.files);
  const folders = amount(details.folders);
  const size =
    files === null ? '' : `: ${counted(files, 'file')}${folders === null ? '' : ` in ${counted(folders, 'folder')}`}`;
  return {
    text: `Now watching ${name}${size}.`,
    clause: `Now watching ${name}${size}.`,
    importance: 0.45,
    confidence: countedFact,
    refs: [item.ref],
    because: `${name} is watched for the first time${size}`,
  };
}
