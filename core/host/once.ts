import type { Door, InsightView, ObservationView, Snapshot } from '../protocol.ts';
import type { Engine } from './engine.ts';

/** What `--once --json` prints: what changed since the last run and what Reverie makes of it. */
export interface Look {
  reasoner: Snapshot['reasoner'];
  focus: Snapshot['focus'];
  /** Oldest first; only what this look found. */
  observations: ObservationView[];
  /** Newest first; only what this look formed. */
  insights: InsightView[];
  counts: Snapshot['counts'];
  sources: Snapshot['sources'];
  troubles: Snapshot['troubles'];
}

const atMost = 500;

/** Starts the engine, lets it take the difference since the last run and think about it, and tells what it found. Does not stop it. */
export async function lookOnce(engine: Engine): Promise<Look> {
  const before = await newestIds(engine);
  await engine.start();
  await engine.settle();
  const { reasoner, focus, counts, sources, troubles } = engine.snapshot();
  const observations = (await engine.query.recent(atMost)).filter((each) => each.id > before.observation).reverse();
  const insights = (await engine.query.insights({ limit: atMost })).filter((each) => each.id > before.insight);
  return { reasoner, focus, observations, insights, counts, sources, troubles };
}

/** Ids are time-ordered, so the newest one parts what was known from what is new. */
async function newestIds(door: Pick<Door, 'query'>): Promise<{ observation: string; insight: string }> {
  const [observations, insights] = await Promise.all([door.query.recent(1), door.query.insights({ limit: 1 })]);
  return { observation: observations[0]?.id ?? '', insight: insights[0]?.id ?? '' };
}
