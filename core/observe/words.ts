import type { Details, Observation } from '../types.ts';
import { plainLine } from './text.ts';

/** An observation in one line of words, for people: what happened to what, and how much. */
export function observationWords(observation: Observation): string {
  const { type, details, count } = observation;
  const target = plainLine(observation.target, 200);
  const say = sayings[type] ?? (() => `${target}: ${type.replaceAll('-', ' ')}`);
  const times = count > 1 && type !== 'burst' ? `, ${count} times` : '';
  const away = details.whileAway === true ? ', while Reverie was off' : '';
  return plainLine(`${say(target, details)}${times}${away}`, 400);
}

type Saying = (target: string, details: Details) => string;

const sayings: Record<string, Saying> = {
  'file-created': (target, details) => `${target} created${lines(details)}`,
  'file-changed': (target, details) =>
    details.whitespaceOnly === true ? `${target}: only whitespace changed` : `${target} changed${lines(details)}`,
  'file-deleted': (target) => `${target} deleted`,
  'file-renamed': (target, details) => `${word(details.from)} renamed to ${target}${lines(details)}`,
  'folder-seen': (target, details) =>
    `${target} seen for the first time: ${counted(details.files, 'file')} in ${counted(details.folders, 'folder')}`,
  burst: (target, details) => `${counted(details.total, 'change')} at once in ${target}${lines(details)}`,
  'commit-made': (target, details) => `${details.merge === true ? 'Merged' : 'Committed'} ${commit(target, details)}`,
  'commit-amended': (target, details) => `Amended ${commit(target, details)}`,
  'branch-switched': (target, details) => `${target}: switched from ${word(details.from)} to ${word(details.to)}`,
  'branch-advanced': (target, details) =>
    `${target}: ${word(details.branch)} moved on by ${counted(details.count, 'commit')}`,
  'history-rewritten': (target, details) => `${target}: history rewritten (${word(details.how)})`,
  'operation-started': (target, details) => `${target}: ${word(details.operation)} in progress${conflicts(details)}`,
  'operation-ended': (target, details) => `${target}: ${word(details.operation)} ended`,
  'work-uncommitted': (target, details) => `${target}: ${counted(details.files, 'file')} uncommitted for long`,
  'note-written': (_target, details) => `You wrote: “${word(details.text)}”`,
  'second-look': (target, details) =>
    `A second look at ${target}${details.expected ? `; expected was: ${word(details.expected)}` : ''}`,
};

const word = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? plainLine(String(value), 200) : '';

const counted = (value: unknown, noun: string) => {
  const count = typeof value === 'number' ? value : 0;
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
};

/** Lines where they are known, else bytes; and where in the file. */
function lines({ added, removed, bytesDelta, near }: Details): string {
  const known = typeof added === 'number' || typeof removed === 'number';
  const figures = known
    ? `, +${figure(added)} −${figure(removed)}`
    : typeof bytesDelta === 'number' && bytesDelta !== 0
      ? `, ${bytesDelta > 0 ? '+' : '−'}${Math.abs(bytesDelta).toLocaleString('en')} bytes`
      : '';
  const where = Array.isArray(near) && near.length > 0 ? `, near ${near.slice(0, 3).map(word).join(', ')}` : '';
  return figures + where;
}

const figure = (value: unknown) => (typeof value === 'number' ? value.toLocaleString('en') : '0');

function commit(target: string, details: Details): string {
  if (typeof details.count === 'number' && !details.subject) return `${counted(details.count, 'commit')} in ${target}`;
  const size = typeof details.files === 'number' ? `: ${counted(details.files, 'file')}${lines(details)}` : '';
  return `“${word(details.subject)}” on ${word(details.branch) || target}${size}`;
}

function conflicts({ conflicts: paths }: Details): string {
  return Array.isArray(paths) && paths.length > 0 ? `, conflicts in ${paths.slice(0, 3).map(word).join(', ')}` : '';
}
