import type Database from 'better-sqlite3';
import type { RecallAsk, SleepStep, TidyBounds } from '../../memory.ts';
import type { Counts, CycleRecord } from '../../ports.ts';
import { recall } from '../recall.ts';
import { deletedFromJson, deletedKey, withDeleted } from '../stays-away.ts';
import { createCare } from './care.ts';
import { createCycleState } from './cycle-state.ts';
import { createEpisodes, singleTarget } from './episodes.ts';
import { createErasing } from './erasing.ts';
import { createExpectations } from './expectations.ts';
import { createInsights } from './insights.ts';
import { createLexical } from './lexical.ts';
import { createMemories } from './memories.ts';
import { createMemoryChanges } from './memory-changes.ts';
import { createObservations } from './observations.ts';
import { openDatabase } from './opening.ts';
import { createOwnerRights } from './owner-rights.ts';
import * as rows from './rows.ts';
import { createSleeps } from './sleeps.ts';
import { createSql } from './sql.ts';
import { createTargetHistory } from './target-history.ts';
import { createTidy } from './tidy.ts';
import { createVectors } from './vectors.ts';

/** The store's work, synchronous; it runs in a worker thread behind the Store port. */
export type SyncStore = ReturnType<typeof openStore>;

const tombstonesAtMost = 5_000;

/** Opens the one database file as a store. Throws as `openDatabase` does. */
export const openStore = (file: string) => storeOn(openDatabase(file), file);

/** Puts the parts of the store together on an open database; every writing method is one transaction. */
export function storeOn(db: Database.Database, file: string) {
  const sql = createSql(db);
  const memories = createMemories(sql);
  const changes = createMemoryChanges(sql, memories, (id, strength) => episodes.weaken(id, strength));
  const owner = createOwnerRights(sql, memories, changes);
  const observations = createObservations(sql, (note, snapshot) =>
    changes.remember(note, [{ kind: 'observation', id: note.id, at: note.formedAt, snapshot }]),
  );
  const episodes = createEpisodes(sql, observations.byId);
  const insights = createInsights(sql);
  const expectations = createExpectations(sql);
  const sleeps = createSleeps(sql);
  const state = createCycleState(sql);
  const lexical = createLexical(sql);
  const vectors = createVectors(sql);
  const erasing = createErasing(db, sql, memories, changes);
  const care = createCare(db, file);
  const tidy = createTidy(db, sql);
  const { history, session } = createTargetHistory(sql);

  function commitCycle(record: CycleRecord): void {
    observations.acknowledge(record.attended);
    const about = { groupId: record.episode?.id ?? null, target: singleTarget(record.episode) };
    for (const insight of record.insights) insights.insert(insight, about);
    for (const proposal of record.proposals) state.propose(proposal);
    if (record.episode) episodes.insert(record.episode);
    for (const watch of record.watches) state.watch(watch);
    changes.apply(record.changes);
    if (record.episode) changes.renew(record.recalled, record.episode.endedAt);
    record.expectations.forEach(expectations.open);
    record.settled.forEach(expectations.settle);
    state.setStates(record.state);
  }

  function commitSleep(step: SleepStep): void {
    episodes.consolidate(step.consolidated, step.sleep.id);
    episodes.fade(step.faded);
    changes.apply(step.changes);
    step.expectations.forEach(expectations.open);
    step.settled.forEach(expectations.settle);
    step.summaries.forEach(sleeps.summarise);
    sleeps.write(step.sleep);
    state.setStates(step.state);
  }

  /** What is deleted for good is known again, by hashes without any text, so that no night brings it back. */
  function keepAway(id: string): void {
    const memory = memories.memory(id) ?? memories.tombstones(tombstonesAtMost).find((each) => each.id === id)?.was;
    if (!memory || (memory.key === null && !memory.rule)) return;
    const salt = rows.text(sql.get('SELECT hex(randomblob(8)) AS salt')?.salt);
    const known = deletedFromJson(state.state(deletedKey)) ?? { salt, hashes: [] };
    state.setState(deletedKey, { ...withDeleted(known, memory) });
  }

  /** Asked after every write: numbers that the database holds ready, and scans of what is short. */
  function counts(): Counts {
    const dreams = sql.count("SELECT count(*) AS n FROM memories INDEXED BY memories_kind WHERE kind = 'dream'");
    return {
      observations: sql.count('SELECT coalesce(max(seq), 0) AS n FROM observations'),
      pending: sql.count('SELECT count(*) AS n FROM observations WHERE status = 0'),
      dead: sql.count('SELECT count(*) AS n FROM observations WHERE status = 2'),
      episodes: sql.count('SELECT count(*) AS n FROM episodes'),
      insights: sql.count('SELECT count(*) AS n FROM insights'),
      proposals: sql.count('SELECT count(*) AS n FROM proposals'),
      memories: sql.count('SELECT count(*) AS n FROM memories') - dreams,
      dreams,
    };
  }

  return {
    append: db.transaction(observations.append),
    take: observations.take,
    commitCycle: db.transaction(commitCycle),
    giveBack: db.transaction(observations.giveBack),
    deadLetters: observations.deadLetters,
    replay: observations.replay,
    markPage: observations.markPage,
    mark: observations.mark,
    observations: observations.byId,
    recentObservations: observations.recent,
    attended: observations.attended,
    insights: insights.insights,
    insight: insights.insight,
    setVerdict: insights.setVerdict,
    pinInsight: insights.pinInsight,
    toldInsight: insights.toldInsight,
    judged: insights.judged,
    episodes: episodes.episodes,
    proposals: state.proposals,
    history,
    session,
    dueWatches: db.transaction(state.dueWatches),
    lessOf: state.lessOf,
    addLessOf: db.transaction(state.addLessOf),
    state: state.state,
    setState: state.setState,
    spend: state.spend,
    spent: state.spent,
    counts,

    memories: memories.memories,
    memory: memories.memory,
    memoriesById: memories.memoriesById,
    evidenceOf: memories.evidenceOf,
    restingOn: memories.restingOn,
    changeMemories: db.transaction(changes.apply),
    rules: memories.rules,
    setPinned: owner.setPinned,
    correctMemory: db.transaction(owner.correctMemory),
    deleteMemory: (id: string): boolean => {
      keepAway(id);
      return erasing.deleteMemory(id);
    },
    tombstones: memories.tombstones,
    bringBack: db.transaction(owner.bringBack),
    bury: owner.bury,
    recalledNow: db.transaction(changes.renew),

    recall: (ask: RecallAsk) => recall({ ...lexical, nearest: vectors.nearest }, ask),
    lexical: lexical.lexical,
    nearest: vectors.nearest,
    recentItems: lexical.recentItems,
    withoutVector: vectors.withoutVector,
    setVectors: db.transaction(vectors.setVectors),
    vectorFigures: vectors.vectorFigures,

    unconsolidated: episodes.unconsolidated,
    unconsolidatedCount: episodes.unconsolidatedCount,
    heldEpisodes: episodes.heldEpisodes,
    episodesById: episodes.episodesById,
    pastWithOutcome: episodes.pastWithOutcome,
    briefs: observations.briefs,
    sawSource: observations.sawSource,
    commitSleep: db.transaction(commitSleep),
    sleeps: sleeps.sleeps,
    summaries: sleeps.summaries,

    openExpectations: expectations.openExpectations,
    settledExpectations: expectations.settledExpectations,
    judgements: expectations.judgements,
    verdicts: insights.verdicts,

    tidy: (bounds: TidyBounds) => {
      const kept = tidy(bounds);
      erasing.finishErasing();
      return kept;
    },
    checkIntegrity: care.checkIntegrity,
    backup: care.backup,
    bytes: care.bytes,
    memoryPage: memories.memoryPage,
    exportPage: memories.exportPage,
    deleteAll: erasing.deleteAll,
    close: () => {
      if (db.open) db.pragma('optimize');
      db.close();
    },
  };
}
