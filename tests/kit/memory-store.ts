import type {
  AppendBatch,
  Counts,
  CycleRecord,
  RecallHit,
  Store,
  StoredObservation,
  WorkSession,
} from '../../core/ports.ts';
import type {
  DeadLetter,
  Episode,
  Insight,
  Json,
  Mark,
  Observation,
  Proposal,
  Stamp,
  TargetHistory,
  Watch,
} from '../../core/types.ts';

interface Row extends StoredObservation {
  seq: number;
  attempts: number;
  error: string;
  diedAt: Stamp;
}

const editTypes = new Set(['file-created', 'file-changed', 'file-deleted', 'file-renamed', 'burst']);

/**
 * A double of the Store: the same rows without a database. It finds nothing by full text (`search` answers with nothing): what searches
 * is tested against SQLite.
 */
export function memoryStore(): Store {
  let rows: Row[] = [];
  const marks = new Map<string, Map<string, Json>>();
  const episodes: Episode[] = [];
  const insights: Insight[] = [];
  const proposals: Proposal[] = [];
  let watches: Watch[] = [];
  const less = new Map<string, number>();
  const state = new Map<string, Json>();
  const spend: { hour: Stamp; purpose: string; calls: number; tokens: number }[] = [];
  let seq = 0;

  const byId = (id: string) => rows.find((row) => row.id === id);
  const plain = ({ seq: _, attempts: __, error: ___, diedAt: ____, ...stored }: Row): StoredObservation =>
    structuredClone(stored);
  const bare = (row: Row): Observation => {
    const { salience: _, status: __, ...observation } = plain(row);
    return observation;
  };
  const figure = (value: unknown) => (typeof value === 'number' ? value : 0);

  function append(batch: AppendBatch): { merged: number } {
    let merged = 0;
    for (const { observation, mergeInto } of batch.entries) {
      const twin = mergeInto ? byId(mergeInto) : undefined;
      if (twin?.status === 'pending') {
        twin.count += observation.count;
        twin.lastAt = Math.max(twin.lastAt, observation.lastAt);
        merged += 1;
      } else if (!byId(observation.id))
        rows.push({
          ...structuredClone(observation),
          salience: null,
          status: 'pending',
          seq: ++seq,
          attempts: 0,
          error: '',
          diedAt: 0,
        });
    }
    for (const { source, marks: list } of batch.marks) for (const mark of list) writeMark(source, mark);
    return { merged };
  }

  function writeMark(source: string, { key, value }: Mark): void {
    const own = marks.get(source) ?? new Map<string, Json>();
    marks.set(source, own);
    if (value === null) own.delete(key);
    else own.set(key, structuredClone(value));
  }

  function take(limit: number): Observation[] {
    const pending = rows.filter((row) => row.status === 'pending');
    const head = pending[0];
    if (!head) return [];
    if (head.attempts > 0) return [bare(head)];
    return pending
      .filter((row) => row.attempts === 0)
      .slice(0, limit)
      .map(bare);
  }

  function commitCycle(record: CycleRecord): void {
    for (const { id, salience } of record.attended) {
      const row = byId(id);
      if (row) Object.assign(row, { status: 'done', salience, error: '' });
    }
    if (record.episode) episodes.push(record.episode);
    insights.push(...structuredClone(record.insights));
    proposals.push(...record.proposals);
    watches.push(...record.watches);
    for (const [key, value] of Object.entries(record.state)) state.set(key, value);
  }

  function giveBack(ids: string[], error: string, at: Stamp): string[] {
    return ids.filter((id) => {
      const row = byId(id);
      if (row?.status !== 'pending') return false;
      row.attempts += 1;
      row.error = error;
      if (row.attempts < 3) return false;
      Object.assign(row, { status: 'dead', diedAt: at });
      return true;
    });
  }

  function history(targets: string[], since: Stamp): TargetHistory[] {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      if (!targets.includes(row.target) || row.occurredAt < since) continue;
      const key = [row.target, row.source, row.type].join('\n');
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups.values()].map((group) => {
      const first = group[0]!;
      return {
        target: first.target,
        source: first.source,
        type: first.type,
        count: group.reduce((sum, row) => sum + row.count, 0),
        days: new Set(group.map((row) => new Date(row.occurredAt).toDateString())).size,
        lastAt: Math.max(...group.map((row) => row.lastAt)),
        sizes: group
          .toReversed()
          .map((row) => figure(row.details.added) + figure(row.details.removed))
          .slice(0, 50),
      };
    });
  }

  function session(place: string, since: Stamp, excludeIds: string[]): WorkSession {
    const here = rows.filter(
      (row) => row.details.place === place && row.occurredAt >= since && !excludeIds.includes(row.id),
    );
    const commit = here.findLast((row) => row.type === 'commit-made' || row.type === 'commit-amended')?.seq ?? 0;
    const edits = here.filter(
      (row) => editTypes.has(row.type) && row.seq > commit && row.details.whitespaceOnly !== true && !equalsCommit(row),
    );
    const files = [...new Set(edits.map((row) => row.target))].map((target) => {
      const own = edits.filter((row) => row.target === target);
      const newest = own.at(-1)?.details;
      const lines = (name: 'added' | 'removed') =>
        newest?.against === 'commit'
          ? figure(newest[name])
          : own.reduce((sum, row) => sum + figure(row.details[name]), 0);
      return { target, edits: own.length, added: lines('added'), removed: lines('removed') };
    });
    return {
      startedAt: edits.length ? Math.min(...edits.map((row) => row.occurredAt)) : null,
      edits: edits.length,
      files: files.sort((a, b) => b.edits - a.edits),
    };
  }

  /** A file as a branch switch or a revert leaves it: nobody's work. */
  function equalsCommit({ details }: Row): boolean {
    return details.against === 'commit' && details.added === 0 && details.removed === 0;
  }

  function counts(): Counts {
    const of = (status: Row['status']) => rows.filter((row) => row.status === status).length;
    return {
      observations: seq,
      pending: of('pending'),
      dead: of('dead'),
      episodes: episodes.length,
      insights: insights.length,
      proposals: proposals.length,
    };
  }

  const soon = async <T>(value: T): Promise<T> => value;
  const newest = <T>(list: T[], limit: number): T[] => structuredClone(list.toReversed().slice(0, limit));

  return {
    append: (batch) => soon(append(batch)),
    take: (limit) => soon(take(limit)),
    commitCycle: (record) => soon(commitCycle(structuredClone(record))),
    giveBack: (ids, error, at) => soon(giveBack(ids, error, at)),
    deadLetters: (limit) =>
      soon(
        newest(
          rows.filter((row) => row.status === 'dead'),
          limit,
        ).map(
          (row): DeadLetter => ({
            observation: bare(row),
            attempts: row.attempts,
            error: row.error,
            diedAt: row.diedAt,
          }),
        ),
      ),
    replay(id) {
      const row = byId(id);
      if (row?.status !== 'dead') return soon(false);
      Object.assign(row, { status: 'pending', attempts: 0, error: '' });
      return soon(true);
    },
    markPage: (source, afterKey, limit) =>
      soon(
        [...(marks.get(source) ?? [])]
          .filter(([key]) => key > afterKey)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, limit)
          .map(([key, value]) => ({ key, value })),
      ),
    mark: (source, key) => soon(marks.get(source)?.get(key) ?? null),
    observations: (ids) => soon(rows.filter((row) => ids.includes(row.id)).map(plain)),
    recentObservations: (limit) => soon(newest(rows, limit).map(plain)),
    attended: (limit) =>
      soon(
        newest(
          rows.filter((row) => row.salience?.ignored === null),
          limit,
        ).map(bare),
      ),
    insights: ({ limit, before }) =>
      soon(
        structuredClone(insights)
          .filter((insight) => insight.formedAt < (before ?? Number.POSITIVE_INFINITY))
          .sort((a, b) => b.formedAt - a.formedAt || (a.id < b.id ? 1 : -1))
          .slice(0, limit),
      ),
    insight: (id) => soon(structuredClone(insights.find((insight) => insight.id === id) ?? null)),
    setVerdict(id, verdict) {
      const insight = insights.find((each) => each.id === id);
      if (insight) insight.verdict = verdict;
      return soon(insight !== undefined);
    },
    episodes: (limit) => soon(newest(episodes, limit)),
    proposals: (limit) => soon(newest(proposals, limit)),
    search: (): Promise<RecallHit[]> => soon([]),
    history: (targets, since) => soon(history(targets, since)),
    session: (place, since, excludeIds) => soon(session(place, since, excludeIds)),
    dueWatches(now) {
      const due = watches.filter((watch) => watch.dueAt <= now);
      watches = watches.filter((watch) => watch.dueAt > now);
      return soon(due);
    },
    lessOf: () => soon([...less].map(([key, times]) => ({ key, times }))),
    addLessOf(keys, by) {
      for (const key of keys) less.set(key, Math.max(0, (less.get(key) ?? 0) + by));
      for (const [key, times] of less) if (times === 0) less.delete(key);
      return soon(undefined);
    },
    state: (key) => soon(structuredClone(state.get(key) ?? null)),
    setState: (key, value) => soon(void state.set(key, structuredClone(value))),
    spend(entry) {
      const same = spend.find((each) => each.hour === entry.hour && each.purpose === entry.purpose);
      if (same) Object.assign(same, { calls: same.calls + entry.calls, tokens: same.tokens + entry.tokens });
      else spend.push({ ...entry });
      return soon(undefined);
    },
    spent: (since) => soon(structuredClone(spend.filter((each) => each.hour >= since))),
    counts: () => soon(counts()),
    prune(before) {
      const cited = new Set(insights.flatMap((insight) => insight.evidenceIds));
      const kept = rows.filter((row) => row.status !== 'done' || row.occurredAt >= before || cited.has(row.id));
      const gone = rows.length - kept.length;
      rows = kept;
      return soon(gone);
    },
    close: () => soon(undefined),
  };
}
