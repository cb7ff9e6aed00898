import type { Evidence, Memory } from '../../memory.ts';
import { type Quotation, quotationOf } from '../quotation.ts';
import type { createMemories } from './memories.ts';
import { toMemory } from './memory-rows.ts';
import * as rows from './rows.ts';
import { inList, type Row, type Sql } from './sql.ts';

/** What goes with a memory that is deleted for good. */
export interface Traces {
  /** The memory itself first. */
  memories: Memory[];
  insights: string[];
  episodes: string[];
  /** What it said, and what the insights said that go with it. */
  said: Quotation;
  /** When it was formed, and when what it rests on happened. */
  stamps: number[];
}

/**
 * Finds what was made of a memory or quotes it. Whole tables are read, one row at a time: this is a rare act. An insight or an episode goes
 * when it repeats the memory whole, when it was made of it (a note is an observation too), or when the memory was made of it and both share
 * a run of words; another memory goes when it repeats it whole, or rests on what goes and shares a run. Notes are the owner's own words:
 * only the one that was named goes. What was seen in the world stays until its age takes it.
 */
export function createTraces(sql: Sql, memories: ReturnType<typeof createMemories>) {
  return function tracesOf(memory: Memory): Traces {
    const evidence = evidenceOf(memory.id);
    const corrected = evidence.filter((each) => each.id.startsWith(`${memory.id}@`));
    const texts = [memory.text, ...corrected.map((each) => each.snapshot)];
    const insights = insightsOf(memory, evidence, quotationOf(texts, namesIn(memory)));
    const said = quotationOf([...texts, ...insights.map(({ text }) => text)], namesIn(memory));
    const insightIds = insights.map(({ id }) => id);
    const episodes = episodesOf(memory, evidence, insightIds, said);
    return {
      memories: memoriesOf(memory, evidence, [...insightIds, ...episodes], said),
      insights: insightIds,
      episodes,
      said,
      stamps: [memory.formedAt, ...evidence.map((each) => each.at)],
    };
  };

  function evidenceOf(id: string): Evidence[] {
    const buried = sql.get('SELECT evidence FROM tombstones WHERE id = ?', id);
    return [...memories.evidenceOf(id), ...rows.json<Evidence[]>(buried?.evidence, [])];
  }

  function insightsOf(memory: Memory, evidence: readonly Evidence[], said: Quotation) {
    const of = (text: string, ids: readonly string[]) =>
      new Set(sql.all(text, inList(ids)).map((row) => rows.text(row.id)));
    const made = of(restingInsights, [memory.id]);
    const named = new Set(idsOf(evidence, 'insight'));
    const near = of(restingInsights, idsOf(evidence, 'observation'));
    // Of one that speaks of the same observation: it says the same, or the memory says all of it.
    const isSaid = (text: string) => text === memory.text || quotationOf([text], namesIn(memory)).repeats(memory.text);
    const found: { id: string; text: string }[] = [];
    for (const row of sql.each('SELECT id, text FROM insights')) {
      const [id, text] = [rows.text(row.id), rows.text(row.text)];
      const goes = made.has(id) || said.repeats(text) || (named.has(id) && said.shares(text));
      if (goes || (near.has(id) && isSaid(text))) found.push({ id, text });
    }
    return found;
  }

  function episodesOf(memory: Memory, evidence: readonly Evidence[], insightIds: readonly string[], said: Quotation) {
    const near = new Set(idsOf(evidence, 'episode'));
    const told = new Set(insightIds);
    const found: string[] = [];
    for (const row of sql.each('SELECT * FROM episodes')) {
      const { id, observationIds, insightIds: formed, summary, outcome, decision } = rows.toEpisode(row);
      const text = [summary, outcome, stringsOf(decision)].join('\n');
      const isNear = near.has(id) || formed.some((each) => told.has(each));
      if (observationIds.includes(memory.id) || said.repeats(text) || (isNear && said.shares(text))) found.push(id);
    }
    return found;
  }

  function memoriesOf(first: Memory, evidence: readonly Evidence[], thoughts: readonly string[], said: Quotation) {
    const found = new Map([[first.id, first]]);
    const add = (row: Row, tells: Quotation['shares']) => {
      const each = row.was === undefined ? toMemory(row) : rows.json<Memory>(row.was, first);
      if (each.kind !== 'note' && !found.has(each.id) && tells(each.text)) found.set(each.id, each);
    };
    for (const row of sql.each(allMemories)) add(row, said.repeats);
    for (const row of sql.each('SELECT was FROM tombstones')) add(row, said.repeats);
    for (const row of sql.all(dreamtMemories, ...dreamKeys(first))) add(row, said.shares);
    // What it says in just these words it has from there.
    for (const row of sql.all(
      `${allMemories} WHERE text = ? AND id IN (SELECT value FROM json_each(?))`,
      first.text,
      inList(idsOf(evidence, 'memory')),
    ))
      add(row, said.shares);
    const looked = new Set<string>();
    for (
      let ids = [...thoughts, ...found.keys()];
      ids.length > 0;
      ids = [...found.keys()].filter((id) => !looked.has(id))
    )
      for (const id of ids) {
        looked.add(id);
        for (const row of sql.all(restingMemories, id)) add(row, said.shares);
        for (const row of sql.all(restingTombstones, id)) add(row, said.shares);
      }
    return [...found.values()];
  }
}

const restingInsights =
  'SELECT DISTINCT insight_id AS id FROM evidence WHERE observation_id IN (SELECT value FROM json_each(?))';
const allMemories = "SELECT *, '[]' AS contradicts FROM memories";
const restingMemories = `${allMemories} WHERE id IN (SELECT memory_id FROM memory_evidence WHERE id = ?)`;
const restingTombstones = 'SELECT was FROM tombstones WHERE instr(evidence, ?)';
const dreamtMemories = `${allMemories} WHERE key = ? OR (kind = 'dream' AND (id = ? OR key = ?))`;

/** A dream and the pattern that it became know each other by the key alone. */
function dreamKeys({ id, key }: Memory): string[] {
  const of = key?.startsWith('dreamt:') ? key.slice('dreamt:'.length) : '';
  return [`dreamt:${key ?? id}`, of, of];
}

const namesIn = ({ target, rule }: Memory) =>
  [target, rule?.when.target, rule?.then.target].filter((each) => typeof each === 'string');

const idsOf = (evidence: readonly Evidence[], kind: Evidence['kind']) =>
  evidence.filter((each) => each.kind === kind).map((each) => each.id);

/** All that is said in a value, at any depth. */
export const stringsOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'object' && value !== null
      ? Object.values(value).map(stringsOf).join('\n')
      : '';
