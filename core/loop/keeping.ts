import { uptimeOf } from './identity.ts';
import { bornNow, type Mind, type Working, workingFromJson, workingKey, workingToJson } from './mind.ts';

/** What the mind holds, kept beside the cycles: a cycle writes all of it together with what it made. */
export interface Keeping {
  /** Reads what an earlier run kept, and counts this run as one more. */
  recover(): Promise<void>;
  /** Between two cycles only. */
  keep(changed: Partial<Working>): Promise<void>;
  /** For how long it has run: each cycle writes it down, but a run may end long after the last one. Never rejects. */
  keepUptime(): Promise<void>;
  /** What is in mind may quote what the owner wants deleted. At once in memory; resolves when it is gone from the store, too. */
  forget(): Promise<void>;
  /** A new mind in the same folder. */
  beginAnew(): Promise<void>;
}

export function createKeeping(mind: Mind): Keeping {
  const { store, clock, log } = mind;

  const write = () => store.setState(workingKey, workingToJson(mind.working.now));

  async function keep(changed: Partial<Working>): Promise<void> {
    mind.working.now = { ...mind.working.now, ...changed };
    await write();
  }

  const nextEpoch = () => mind.working.now.epoch + 1;

  return {
    keep,
    async recover() {
      const working = workingFromJson(await store.state(workingKey), clock.now());
      const { identity } = working;
      mind.run.beforeMs = identity.uptimeMs;
      await keep({ ...working, identity: { ...identity, sessions: identity.sessions + 1 } });
    },
    keepUptime: () =>
      keep({ identity: { ...mind.working.now.identity, uptimeMs: uptimeOf(clock, mind.run) } }).catch(() =>
        log.warn('uptime-unsaved'),
      ),
    forget() {
      const { log: lines, summary, held, focus } = bornNow(clock.now());
      return keep({ log: lines, summary, held, focus, epoch: nextEpoch() });
    },
    beginAnew() {
      mind.run.beforeMs = 0;
      return keep({ ...bornNow(clock.now()), epoch: nextEpoch() });
    },
  };
}
