import type { Details, ObservationDraft, Severity, Stamp, Trust } from '../types.ts';
import { severities } from '../types.ts';

/** How many of a burst's members are named one by one; all are counted. */
const named = 100;
const namedFolders = 8;

/** From most to least trusted. */
const trusts: readonly Trust[] = ['owner', 'app', 'derived', 'observed'];

/** A burst that is still open: what it held so far, in bounded space. The marks of its members are kept by the intake. */
export interface Burst {
  source: string;
  name: string;
  openedAt: Stamp;
  lastAt: Stamp;
  total: number;
  worst: Severity;
  priorityShift: number;
  trust: Trust;
  causeIds: Set<string | null>;
  of: { type: string; target: string }[];
  byType: Map<string, number>;
  folders: Map<string, number>;
  added: number;
  removed: number;
  whileAway: boolean;
  /** False when every member changed nothing but whitespace. */
  substance: boolean;
  place: string | null;
}

export function openBurst(source: string, name: string, now: Stamp): Burst {
  return {
    source,
    name,
    openedAt: now,
    lastAt: now,
    total: 0,
    worst: 'debug',
    priorityShift: 0,
    trust: 'owner',
    causeIds: new Set(),
    of: [],
    byType: new Map(),
    folders: new Map(),
    added: 0,
    removed: 0,
    whileAway: false,
    substance: false,
    place: null,
  };
}

/** Folds one more draft in. The burst is trusted as little as its least trusted member. */
export function foldInto(burst: Burst, draft: ObservationDraft, now: Stamp): void {
  burst.total += 1;
  burst.lastAt = now;
  if (severities.indexOf(draft.severity) > severities.indexOf(burst.worst)) burst.worst = draft.severity;
  burst.priorityShift = Math.max(burst.priorityShift, draft.priorityShift ?? 0);
  if (trusts.indexOf(draft.trust) > trusts.indexOf(burst.trust)) burst.trust = draft.trust;
  burst.causeIds.add(draft.causeId ?? null);
  if (burst.of.length < named) burst.of.push({ type: draft.type, target: draft.target });
  countUp(burst.byType, draft.type);
  countUp(burst.folders, folderOf(draft.target));
  burst.added += figure(draft.details.added);
  burst.removed += figure(draft.details.removed);
  burst.whileAway ||= draft.details.whileAway === true;
  burst.substance ||= draft.details.whitespaceOnly !== true;
  if (typeof draft.details.place === 'string') burst.place ??= draft.details.place;
}

/**
 * The one draft that names the burst and keeps the list (OB4). It has a cause only when Reverie caused every member, and is only whitespace
 * when every member is.
 */
export function burstDraft(burst: Burst): ObservationDraft {
  const folders = [...burst.folders].sort((a, b) => b[1] - a[1]).slice(0, namedFolders);
  const details: Details = {
    name: burst.name,
    total: burst.total,
    byType: Object.fromEntries(burst.byType),
    folders: Object.fromEntries(folders),
    of: burst.of,
  };
  if (burst.added || burst.removed) Object.assign(details, { added: burst.added, removed: burst.removed });
  if (burst.whileAway) details.whileAway = true;
  if (!burst.substance) details.whitespaceOnly = true;
  if (burst.place) details.place = burst.place;
  const cause = burst.causeIds.has(null) ? null : [...burst.causeIds][0];
  return {
    type: 'burst',
    target: sharedFolder(burst.folders) ?? burst.name,
    severity: burst.worst,
    details,
    trust: burst.trust,
    priorityShift: burst.priorityShift,
    ...(cause ? { causeId: cause } : {}),
  };
}

const figure = (value: unknown): number => (typeof value === 'number' ? value : 0);
const countUp = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
const folderOf = (target: string): string =>
  target.includes('/') ? target.slice(0, target.lastIndexOf('/') + 1) : './';

/** The longest folder that holds every member; null when they share none. */
function sharedFolder(folders: ReadonlyMap<string, number>): string | null {
  let shared: string[] | null = null;
  for (const folder of folders.keys()) {
    const parts = folder === './' ? [] : folder.split('/').slice(0, -1);
    const before: string[] = shared ?? parts;
    let same = 0;
    while (same < Math.min(before.length, parts.length) && before[same] === parts[same]) same++;
    shared = before.slice(0, same);
  }
  return shared && shared.length > 0 ? `${shared.join('/')}/` : null;
}
