import { laneNames } from '../../core/protocol.ts';
import type { Lane } from '../../core/think/gateway/gateway.ts';
import { createLanes } from '../../core/think/gateway/lanes.ts';
import { seededRandom } from '../kit/clock.ts';
import type { Measurement } from './measurement.ts';

const queued = 1_000;
const seed = 7;

/** A thousand calls of all lanes that come while others run: how often one began although a call of a higher lane, or an earlier one of its own, waited. */
export const gatewayLanes: Measurement = {
  rows: { 'lane-order-violations': { unit: '', target: 0, want: 'exactly' } },
  async take() {
    const { violations, preempted, mostWaiting } = await arrive();
    return {
      'lane-order-violations': {
        value: violations,
        note: `${queued} calls of four lanes in seeded order for one place, up to ${mostWaiting} waiting; ${preempted} times a call gave way and came back`,
      },
    };
  },
};

interface Call {
  id: number;
  lane: Lane;
}

const goesBefore = (a: Call, b: Call): boolean =>
  laneNames.indexOf(a.lane) < laneNames.indexOf(b.lane) || (a.lane === b.lane && a.id < b.id);

async function arrive() {
  const lanes = createLanes();
  const chance = seededRandom(seed).stream('arrivals');
  const waiting = new Set<Call>();
  let violations = 0;
  let preempted = 0;
  let mostWaiting = 0;

  async function run(call: Call): Promise<void> {
    const ticket = lanes.ticket(call.lane);
    const { signal } = new AbortController();
    for (;;) {
      waiting.add(call);
      mostWaiting = Math.max(mostWaiting, waiting.size);
      const turn = await lanes.enter({ place: 'bench', concurrency: 1 }, ticket, signal, async (turnSignal) => {
        waiting.delete(call);
        if ([...waiting].some((other) => goesBefore(other, call))) violations += 1;
        for (let steps = 1 + Math.floor(chance() * 3); steps > 0; steps--) {
          await nextStep();
          turnSignal.throwIfAborted();
        }
      });
      if (turn.kind === 'done') return;
      preempted += 1;
    }
  }

  const calls: Promise<void>[] = [];
  for (let id = 0; id < queued; id++) {
    calls.push(run({ id, lane: laneNames[Math.floor(chance() * laneNames.length)] ?? 'loop' }));
    // Bursts with rests between: now and then everything has been served, and a low lane runs when a high one comes.
    if (chance() < 0.2) for (let steps = chance() * 40; steps > 0; steps--) await nextStep();
  }
  await Promise.all(calls);
  return { violations, preempted, mostWaiting };
}

const nextStep = () => new Promise<void>((next) => setImmediate(next));
