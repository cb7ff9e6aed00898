import type { SourceHealth } from '../../ports.ts';
import type { CompareState } from './compare.ts';

const missing = new Set(['ENOENT']);
const forbidden = new Set(['EACCES', 'EPERM']);

/** Puts the state of a watched folder into words for its owner. */
export function describeHealth(of: {
  root: string;
  maxFiles: number;
  /** Why the folder itself cannot be read (an errno name). */
  lost: string | null;
  /** Why the system refuses to watch more (an errno name). */
  broken: string | null;
  state: CompareState;
  ready: boolean;
}): SourceHealth {
  if (of.lost) return { state: 'failed', ...whyLost(of.root, of.lost) };
  const watched = of.state.tree.fileCount();
  const wrong = [
    of.broken ? watchesSpent(of.broken) : null,
    notReadable(of.state.unreadable),
    tooMany(of.maxFiles, of.state.crowded),
  ];
  const found = wrong.filter((each) => each !== null);
  const message = of.ready
    ? `Watching ${watched.toLocaleString('en')} ${watched === 1 ? 'file' : 'files'}`
    : 'Looking for its files';
  if (found.length === 0) return { state: of.ready ? 'watching' : 'starting', message, watched };
  const [messages, remedies] = [found.map((each) => each.message), found.map((each) => each.remedy)];
  return { state: 'degraded', message: `${message}, but ${messages.join('; ')}`, remedy: remedies.join(' '), watched };
}

function whyLost(root: string, code: string): { message: string; remedy: string } {
  if (missing.has(code)) {
    return {
      message: `${root} does not exist`,
      remedy: 'Make the folder or name another one; it is watched as soon as it is there.',
    };
  }
  if (code === 'ENOTDIR') return { message: `${root} is not a folder`, remedy: 'Name the folder that the file is in.' };
  if (forbidden.has(code)) {
    return { message: `${root} may not be read`, remedy: 'Allow this user to read the folder, or name another one.' };
  }
  return {
    message: `${root} cannot be read (${code})`,
    remedy: 'Check the disk or the connection to it; it is looked for again by itself.',
  };
}

function watchesSpent(code: string): { message: string; remedy: string } {
  const message = 'the system does not allow to watch more folders, so it looks from time to time instead';
  if (code !== 'ENOSPC')
    return { message, remedy: 'Raise the limit of open files (ulimit -n), or watch fewer folders.' };
  return {
    message,
    remedy:
      'Raise the inotify limit (sudo sysctl fs.inotify.max_user_watches=524288), or ignore folders you do not need.',
  };
}

function notReadable(folders: ReadonlySet<string>): { message: string; remedy: string } | null {
  const [first] = folders;
  if (first === undefined) return null;
  const count = folders.size === 1 ? '1 folder may not be read' : `${folders.size} folders may not be read`;
  return {
    message: `${count} (${first})`,
    remedy: 'Allow this user to read it, or add it to the ignored patterns (watch.ignore).',
  };
}

function tooMany(maxFiles: number, crowded: boolean): { message: string; remedy: string } | null {
  if (!crowded) return null;
  return {
    message: `there are more than ${maxFiles.toLocaleString('en')}, and the rest is not watched`,
    remedy:
      'Ignore folders you do not need (.gitignore or watch.ignore), watch a smaller folder, or raise watch.maxFiles.',
  };
}
