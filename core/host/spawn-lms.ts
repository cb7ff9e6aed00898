import { Bug } from '../errors.ts';

/** Everything that may be asked of `lms`, as data. What is not here cannot be started (DL1). */
export type LmsCommand =
  | { name: 'version' }
  | { name: 'daemon-status' }
  | { name: 'list'; port: number }
  | { name: 'loaded'; port: number }
  | {
      name: 'load';
      port: number;
      /** As `list` gives it; compared whole (`--exact`). */
      path: string;
      identifier: string;
      contextTokens: number;
      ttlSeconds: number | null;
      /** Null leaves the flag out. */
      parallel: number | null;
      gpu: 'max' | 'off' | number;
    }
  | { name: 'unload'; port: number; id: string }
  | { name: 'get'; port: number; model: string }
  | { name: 'start-server'; port: number | null };

/**
 * Whether `lms` can take this text as a value: it cannot be read as an option, holds nothing that a terminal or a C string would treat
 * specially, and has a sane length.
 */
export const isLmsValue = (text: string): boolean => /^[^-\p{Cc}\p{Zl}\p{Zp}][^\p{Cc}\p{Zl}\p{Zp}]{0,999}$/u.test(text);

/** The arguments of a command, in one constant shape each. A value that is none of its kind is our mistake and throws. */
export function lmsArgs(command: LmsCommand): string[] {
  switch (command.name) {
    case 'version':
      return ['version', '--json'];
    case 'daemon-status':
      return ['daemon', 'status', '--json'];
    case 'list':
      return ['ls', '--json', ...port(command.port)];
    case 'loaded':
      return ['ps', '--json', ...port(command.port)];
    case 'load':
      return loadArgs(command);
    case 'unload':
      return ['unload', value(command.id), ...port(command.port)];
    case 'get':
      return ['get', value(command.model), '-y', ...port(command.port)];
    case 'start-server':
      return ['server', 'start', ...(command.port === null ? [] : port(command.port))];
    default:
      throw new Bug('no command of the table');
  }
}

const loadArgs = (command: Extract<LmsCommand, { name: 'load' }>): string[] => [
  'load',
  '--exact',
  value(command.path),
  '--identifier',
  value(command.identifier),
  '-c',
  whole(command.contextTokens),
  '--gpu',
  gpu(command.gpu),
  ...(command.ttlSeconds === null ? [] : ['--ttl', whole(command.ttlSeconds)]),
  ...(command.parallel === null ? [] : ['--parallel', whole(command.parallel)]),
  ...port(command.port),
];

/** Only `load` and `get` may talk for ever; of them and of what just says how it went the end is kept, of lists the whole. */
export const lmsKeeps = (command: LmsCommand): 'whole' | 'end' =>
  ['version', 'daemon-status', 'list', 'loaded'].includes(command.name) ? 'whole' : 'end';

function value(text: string): string {
  if (!isLmsValue(text)) throw new Bug('not a value for lms');
  return text;
}

function whole(count: number): string {
  if (!Number.isSafeInteger(count) || count < 1) throw new Bug('not a count for lms');
  return String(count);
}

function port(number: number): string[] {
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Bug('not a port');
  return ['--port', String(number)];
}

function gpu(share: 'max' | 'off' | number): string {
  if (typeof share !== 'number') return share === 'off' ? 'off' : 'max';
  if (!(share >= 0 && share <= 1)) throw new Bug('not a share of a GPU');
  return share.toFixed(2);
}
