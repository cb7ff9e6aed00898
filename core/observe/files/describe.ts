import { join } from 'node:path';
import type { Details, Mark, ObservationDraft } from '../../types.ts';
import type { Found } from './compare.ts';
import { MAX_TEXT_BYTES, type Reading, readWhole, type Versions } from './contents.ts';
import { fileMark, type Known } from './known-tree.ts';
import { compareTexts, differInWhitespaceOnly } from './text-change.ts';

/** One change of one file, before anything of its content is known. */
export type Change =
  | { type: 'created'; path: string; found: Found }
  | { type: 'changed'; path: string; found: Found; before: Known }
  | { type: 'renamed'; path: string; found: Found; before: Known; from: string }
  | { type: 'deleted'; path: string; before: Known };

export type Described =
  | { kind: 'told'; draft: ObservationDraft }
  /** Nothing that anybody would call a change; only what is known of it moved. */
  | { kind: 'same'; marks: Mark[] }
  /** It is being written; look again. */
  | { kind: 'again' };

export interface DescribeContext {
  root: string;
  label: string;
  versions: Versions;
  /** Absolute top level of the repository that a path is in, else the watched folder. */
  placeOf(path: string): string;
  /** The committed version of a file; null when there is none, or none that can be had. */
  committed(path: string): Promise<Buffer | null>;
  /** In a burst: sizes only, no diff and no git. */
  brief: boolean;
  whileAway: boolean;
  /** Whether one that is still being written may wait for the next look. */
  mayWait(path: string): boolean;
  /** Wall clock. */
  now(): number;
}

/** Finds out what a change is and puts it into words. Fills in the hash of what was found; never throws for what the file system does. */
export async function describeChange(change: Change, context: DescribeContext): Promise<Described> {
  if (change.type === 'deleted') return describeDeleted(change, context);
  const waits = isHollow(change) && !context.whileAway && !context.brief;
  if (waits && context.mayWait(change.path)) return { kind: 'again' };
  const reading = readNew(change, context);
  if (reading?.kind === 'gone') return { kind: 'again' };
  if (reading?.kind === 'moved' && context.mayWait(change.path)) return { kind: 'again' };
  const { known } = change.found;
  const content = reading?.kind === 'read' ? reading : null;
  known.hash =
    content?.hash ?? (change.type === 'renamed' && sameStamp(known, change.before) ? change.before.hash : null);
  if (change.type === 'changed' && isTouch(change, content)) return keepAsSame(change, content, context);
  const details: Details = sizes(change);
  if (content?.binary) details['binary'] = true;
  if (change.type === 'renamed') Object.assign(details, { from: context.label + change.from }, unmoved(change));
  if (content?.text) {
    const committed = context.brief ? null : await context.committed(oldPath(change));
    if (change.type === 'changed' && change.before.hash === null && committed?.equals(content.text)) {
      if (known.size === change.before.size) return keepAsSame(change, content, context);
    }
    Object.assign(details, textDetails(change, content.text, committed, context));
  }
  remember(change, content, context);
  return told(change, details, context);
}

/** Many programs empty a file and then write it: between the two it has no content yet. */
const isHollow = (change: Exclude<Change, { type: 'deleted' }>): boolean =>
  change.type !== 'renamed' && change.found.known.size === 0 && (change.type === 'created' || change.before.size > 0);

const oldPath = (change: Change) => (change.type === 'renamed' ? change.from : change.path);
const sameStamp = (a: Known, b: Known) => a.size === b.size && a.mtimeMs === b.mtimeMs;

/** Reads what is there now; null when it need not or must not be read. */
function readNew(change: Exclude<Change, { type: 'deleted' }>, context: DescribeContext): Reading | null {
  if (change.found.link) return null;
  if (change.type === 'renamed' && sameStamp(change.found.known, change.before)) return null;
  if (change.type === 'changed' && change.before.hash === null && sameStamp(change.found.known, change.before))
    return null;
  // In a burst only what may be a touch is read.
  if (context.brief && !(change.type === 'changed' && mayBeTouch(change))) return null;
  return readWhole(join(context.root, change.path), change.found.known);
}

const mayBeTouch = (change: Extract<Change, { type: 'changed' }>) =>
  change.before.hash !== null && change.before.size === change.found.known.size && change.before.size <= MAX_TEXT_BYTES;

function isTouch(
  change: Extract<Change, { type: 'changed' }>,
  content: Extract<Reading, { kind: 'read' }> | null,
): boolean {
  const { before, found } = change;
  if (content?.hash) return content.hash === before.hash;
  // Nothing was read: the same size and time in another place on the disk, as after a restored backup.
  return before.hash === null && sameStamp(found.known, before) && content === null;
}

function keepAsSame(
  change: Extract<Change, { type: 'changed' }>,
  content: Extract<Reading, { kind: 'read' }> | null,
  context: DescribeContext,
): Described {
  remember(change, content, context);
  return { kind: 'same', marks: [fileMark(change.path, change.found.known)] };
}

function remember(
  change: Change,
  content: Extract<Reading, { kind: 'read' }> | null,
  { versions }: DescribeContext,
): void {
  const moved = change.type === 'renamed' && content === null ? versions.get(change.from) : null;
  if (change.type === 'renamed') versions.forget(change.from);
  const text = content?.text ?? moved;
  if (text) versions.keep(change.path, text);
  else versions.forget(change.path);
}

async function describeDeleted(
  change: Extract<Change, { type: 'deleted' }>,
  context: DescribeContext,
): Promise<Described> {
  const details: Details = sizes(change);
  const seen = context.versions.get(change.path);
  const committed =
    context.brief || seen || change.before.size > MAX_TEXT_BYTES ? null : await context.committed(change.path);
  const text = seen ?? committed;
  if (text && !isBinary(text)) {
    const { added: _none, ...gone } = readable(compareTexts(text.toString('utf8'), ''), change.path);
    Object.assign(details, { against: seen ? 'last-seen' : 'commit', added: 0, ...gone });
  }
  context.versions.forget(change.path);
  return told(change, details, context);
}

const isBinary = (content: Buffer) => content.subarray(0, 8_192).includes(0);

function sizes(change: Change): Details {
  if (change.type === 'deleted') return { bytesDelta: -change.before.size, against: 'size' };
  const bytes = change.found.known.size;
  if (change.type === 'created') return { bytes, bytesDelta: bytes };
  return { bytes, bytesDelta: bytes - change.before.size, against: 'size' };
}

function unmoved(change: Extract<Change, { type: 'renamed' }>): Details {
  return sameStamp(change.found.known, change.before) ? { added: 0, removed: 0, against: 'last-seen' } : {};
}

/** Lines against the commit, else against the last version seen; white space against the last version seen, else the commit. */
function textDetails(change: Change, text: Buffer, committed: Buffer | null, context: DescribeContext): Details {
  const seen = change.type === 'created' ? null : context.versions.get(oldPath(change));
  const base = committed && !isBinary(committed) ? committed : seen;
  const now = text.toString('utf8');
  if (!base && change.type !== 'created') return {};
  const details: Details = readable(compareTexts(base?.toString('utf8') ?? '', now), change.path);
  if (base) details['against'] = base === seen ? 'last-seen' : 'commit';
  const last = seen ?? base;
  if (last && !last.equals(text) && differInWhitespaceOnly(last.toString('utf8'), now))
    details['whitespaceOnly'] = true;
  return details;
}

function readable(compared: ReturnType<typeof compareTexts>, path: string): Details {
  const { added, removed, near, excerpt } = compared;
  if (namesSecret(path)) return { added, removed };
  return { added, removed, ...(near.length > 0 && { near }), ...(excerpt !== '' && { excerpt }) };
}

function told(change: Change, details: Details, context: DescribeContext): Described {
  const place = context.placeOf(change.path);
  const marks = [fileMark(change.path, change.type === 'deleted' ? null : change.found.known)];
  if (change.type === 'renamed') marks.unshift(fileMark(change.from, null));
  const at = context.whileAway && change.type !== 'deleted' ? change.found.ctimeMs : 0;
  const draft: ObservationDraft = {
    type: `file-${change.type}`,
    target: context.label + change.path,
    severity: 'info',
    // What is gone weighs a little more than what changed.
    ...(change.type === 'deleted' && { priorityShift: 2 }),
    trust: 'observed',
    details: {
      root: context.root,
      place,
      path: change.path,
      ...details,
      ...(context.whileAway && { whileAway: true }),
    },
    burst: { key: `files:${place}`, name: 'files' },
    marks,
    // The time of the entry, not of the content: nobody can set it back.
    ...(at > 0 && at <= context.now() && { occurredAt: Math.floor(at) }),
  };
  return { kind: 'told', draft };
}

const secretFile =
  /^\.env|^id_[^.]*(\.pub)?$|^\.?(npmrc|netrc|_netrc|pypirc|pgpass|htpasswd|git-credentials|my\.cnf)$|credential|secret|^token|_rsa$|\.(pem|key|p12|pfx|p8|jks|keystore|kdbx|ovpn|asc|gpg|ppk|tfstate|tfvars)$/i;
const secretFolder = /(^|\/)\.(ssh|gnupg|aws|azure|kube|docker)\//;

/** Whether a name suggests that the content is nobody's business. */
export function namesSecret(path: string): boolean {
  return secretFile.test(path.slice(path.lastIndexOf('/') + 1)) || secretFolder.test(path);
}
