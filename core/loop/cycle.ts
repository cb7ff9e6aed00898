import { messageOf } from '../errors.ts';
import type { Observation } from '../types.ts';
import { act, commit } from './acting.ts';
import { attendTo } from './attending.ts';
import { heed } from './heeding.ts';
import type { Mind } from './mind.ts';
import { thinkAbout } from './thinking.ts';

/** What became of one turn: nothing waited, nothing was worth a thought, a thought was had, or it failed and the batch was given back. */
export type CycleOutcome = 'empty' | 'quiet' | 'thought' | 'failed';

/**
 * One cycle: perceive → attend → reflect → decide → act. The batch is acknowledged together with everything that came of it, in one
 * transaction; until then a crash or a pause leaves it waiting (OB8). Throws only the signal's reason.
 */
export async function runCycle(mind: Mind, signal: AbortSignal): Promise<CycleOutcome> {
  mind.life.send('perceive');
  try {
    return await oneCycle(mind, signal);
  } finally {
    mind.life.send('rest');
  }
}

async function oneCycle(mind: Mind, signal: AbortSignal): Promise<CycleOutcome> {
  const batch = await mind.store.take(mind.settings().intake.batch);
  if (batch.length === 0) return 'empty';
  try {
    mind.life.send('attend');
    const { fired, ...heeded } = await heed(mind, batch);
    const { attention, working } = await attendTo(mind, batch, fired);
    if (attention.salient.length === 0) {
      await commit(mind, attention, working, heeded);
      return 'quiet';
    }
    const thinking = await thinkAbout(mind, attention, fired, working, signal); // reports reflect and decide, each as often as it happens
    signal.throwIfAborted();
    mind.life.send('act');
    await act(mind, attention, working, thinking, heeded);
    return 'thought';
  } catch (thrown) {
    signal.throwIfAborted();
    await giveBack(mind, batch, messageOf(thrown));
    return 'failed';
  }
}

/** The batch waits again; what failed too often is set aside with its error, shown and replayable (OB8). */
async function giveBack(mind: Mind, batch: readonly Observation[], error: string): Promise<void> {
  mind.log.error('cycle-failed', { observations: batch.length });
  const dead = new Set(
    await mind.store.giveBack(
      batch.map((each) => each.id),
      error,
      mind.clock.now(),
    ),
  );
  for (const each of batch) if (dead.has(each.id)) mind.news.setAside(each, error);
}
