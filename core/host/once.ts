import type { InsightView, ObservationView, Snapshot } from '../protocol.ts';
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
  const [last] = await engine.query.recent(1);
  const insights: InsightView[] = [];
  const unsubscribe = engine.subscribe((event) => event.kind === 'insight-formed' && insights.unshift(event.insight));
  await engine.start();
  await engine.settle();
  unsubscribe();
  const { reasoner, focus, counts, sources, troubles } = engine.snapshot();
  // In the order they were written: ids and stamps follow a clock that may have been set back since the last look.
  const newestFirst = await engine.query.recent(atMost);
  const known = newestFirst.findIndex((each) => each.id === last?.id);
  const observations = newestFirst.slice(0, known === -1 ? atMost : known).reverse();
  return { reasoner, focus, observations, insights, counts, sources, troubles };
}
