import { probes } from '../../host/spawn.ts';
import type { Clock } from '../../ports.ts';
import type { Details, ObservationDraft } from '../../types.ts';
import { type Commit, commitDetails, measure, parseCommits } from './commits.ts';
import { short } from './head.ts';
import type { Ask, Place } from './place.ts';
import { adds, type Step } from './steps.ts';

/** A draft without its marks; `hashes` are the commits that it tells. */
export interface Told {
  draft: ObservationDraft;
  hashes: string[];
}

export interface HistoryParts {
  place: Place;
  ask: Ask;
  clock: Clock;
  /** What every draft of this repository has in common. */
  draft: (type: string, details: Details) => ObservationDraft;
  /** True for a commit (short hash) that was told before: merging one's own branch makes no commit anew. */
  wasTold: (hash: string) => boolean;
}

const mostCommits = 50;
const burstFrom = 10;
const weekMs = 7 * 24 * 3_600_000;

/** What one step comes to, oldest first. Never fails: what git cannot say is left out. */
export async function tellStep(parts: HistoryParts, step: Step): Promise<Told[]> {
  if (step.kind === 'switched') return [told(parts.draft('branch-switched', { from: step.from, to: step.to }))];
  if (step.kind === 'amended') return [await tellAmended(parts, step)];
  if (adds.has(step.how) || step.from === null || (await reaches(parts.ask, step.from, step.to))) {
    return tellMade(parts, step.from, step.to, step.branch);
  }
  return [await tellRewritten(parts, step.from, step)];
}

/** The commits of the last `spanMs` on the current branch, oldest first, the newest 50. */
export async function tellRecent(parts: HistoryParts, to: string, branch: string, spanMs: number): Promise<Told[]> {
  const since = (parts.clock.now() - spanMs) / 1000;
  const said = await parts.ask(probes.gitCommitsSince(since, to, mostCommits));
  return said.ok ? tellEach(parts, parseCommits(said.value).reverse(), branch) : [];
}

async function tellMade(parts: HistoryParts, from: string | null, to: string, branch: string): Promise<Told[]> {
  const said = await parts.ask(probes.gitCommits(from, to, mostCommits + 1));
  if (!said.ok) return [told(parts.draft('commit-made', { hash: short(to), branch }), [to])];
  const commits = parseCommits(said.value).reverse();
  const newest = commits.at(-1);
  if (newest === undefined) return [];
  if (commits.length > mostCommits) return [await tellMany(parts, { from, newest, branch })];
  const fresh = commits.filter((commit) => !parts.wasTold(short(commit.hash)));
  if (fresh.length > 0) return tellEach(parts, fresh, branch);
  return [told(parts.draft('branch-advanced', { branch, hash: short(to), count: commits.length }))];
}

async function tellEach(parts: HistoryParts, commits: Commit[], branch: string): Promise<Told[]> {
  const all: Told[] = [];
  for (const commit of commits) {
    const details = await commitDetails(parts.ask, parts.place, commit);
    const draft = dated(parts.clock, parts.draft('commit-made', { ...details, branch }), commit);
    if (commits.length > burstFrom) draft.burst = { key: `git:${parts.place.top}`, name: 'commits' };
    all.push(told(draft, [commit.hash]));
  }
  return all;
}

/** More commits than anyone reads one by one: how many, the newest, and what they change together. */
async function tellMany(
  parts: HistoryParts,
  made: { from: string | null; newest: Commit; branch: string },
): Promise<Told> {
  const { from, newest, branch } = made;
  const { subject, author, parents, hash } = newest;
  const count = await countBetween(parts.ask, from, hash);
  const sizes = await measure(parts.ask, from, hash);
  const details = { hash: short(hash), subject, author, merge: parents.length > 1, branch, count, ...sizes };
  return told(dated(parts.clock, parts.draft('commit-made', details), newest), [hash]);
}

async function tellAmended(parts: HistoryParts, step: Step & { kind: 'amended' }): Promise<Told> {
  const said = await parts.ask(probes.gitCommits(null, step.to, 1));
  const commit = said.ok ? parseCommits(said.value)[0] : undefined;
  const details = commit ? await commitDetails(parts.ask, parts.place, commit) : { hash: short(step.to) };
  const draft = parts.draft('commit-amended', {
    ...details,
    branch: step.branch,
    from: short(step.from),
    to: short(step.to),
  });
  return told(commit ? dated(parts.clock, draft, commit) : draft, [step.to]);
}

async function tellRewritten(parts: HistoryParts, from: string, step: Step & { kind: 'moved' }): Promise<Told> {
  const { to, how, branch } = step;
  const said = await parts.ask(probes.gitCommits(from, to, mostCommits));
  const gained = said.ok ? parseCommits(said.value).map((commit) => commit.hash) : [];
  const details: Details = { from: short(from), to: short(to), how, branch };
  const dropped = await countBetween(parts.ask, to, from);
  if (dropped !== null) details.dropped = dropped;
  if (said.ok) details.gained = gained.length < mostCommits ? gained.length : await countBetween(parts.ask, from, to);
  return told(parts.draft('history-rewritten', details), gained);
}

/** Whether `to` still holds `from`. Not, when git cannot say: the old commit may be gone for good. */
async function reaches(ask: Ask, from: string, to: string): Promise<boolean> {
  const said = await ask(probes.gitCommits(to, from, 1));
  return said.ok && said.value.length === 0;
}

async function countBetween(ask: Ask, from: string | null, to: string): Promise<number | null> {
  const said = await ask(probes.gitCount(from, to, 1_000_000));
  return said.ok ? Number(said.value.toString('utf8').trim()) || 0 : null;
}

/** Only a plausible date is taken from a commit: its author's clock wrote it. */
function dated(clock: Clock, draft: ObservationDraft, commit: Commit): ObservationDraft {
  const at = commit.second * 1000;
  const now = clock.now();
  return at <= now && at >= now - weekMs ? { ...draft, occurredAt: at } : draft;
}

const told = (draft: ObservationDraft, hashes: string[] = []): Told => ({ draft, hashes: hashes.map(short) });
