import PQueue from 'p-queue';
import type { ModelTraits } from '../../ports.ts';
import type { laneNames } from '../../protocol.ts';
import { orAborted, passOn } from './abortable.ts';

/** Who waits for an answer; a higher lane goes first (TH8). */
export type Lane = (typeof laneNames)[number];

const ranks: Record<Lane, number> = { owner: 3, loop: 2, sleep: 1, agents: 0 };
const mostPreemptions = 2;
/** More tickets than one lane will ever draw. */
const perLane = 2 ** 40;

/** A call's place in the order of all calls. It keeps it when it has to come back, and so stands at the head of its lane again. */
export interface Ticket {
  readonly lane: Lane;
  /** The greater goes first. */
  readonly priority: number;
  preemptions: number;
}

export interface Lanes {
  ticket(lane: Lane): Ticket;
  /**
   * Does `work` when it is this ticket's turn at the place. A higher lane that waits there ends the work of a lower one by its signal: the
   * answer is then `preempted`, and the caller comes again with the same ticket; after the second time nobody pre-empts it any more.
   * Rejects with the signal's reason at once when that aborts, but the turn lasts until the work has really ended.
   */
  enter<T>(
    place: Pick<ModelTraits, 'place' | 'concurrency'>,
    ticket: Ticket,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ kind: 'done'; value: T } | { kind: 'preempted' }>;
}

interface Turn {
  ticket: Ticket;
  controller: AbortController;
}

interface Place {
  queue: PQueue;
  running: Set<Turn>;
  /** Turns that wait or run; at none the place is forgotten. */
  turns: number;
}

/** Whether `lane` may wait for what `other` has under way: it is served at least as soon. */
export const atLeast = (other: Lane, lane: Lane): boolean => ranks[other] >= ranks[lane];

export function createLanes(): Lanes {
  const places = new Map<string, Place>();
  let drawn = 0;

  function open({ place: name, concurrency }: Pick<ModelTraits, 'place' | 'concurrency'>): Place {
    const place = places.get(name) ?? { queue: new PQueue({ concurrency }), running: new Set(), turns: 0 };
    places.set(name, place);
    if (place.queue.concurrency !== concurrency) place.queue.concurrency = concurrency;
    place.turns += 1;
    return place;
  }

  function close(name: string, place: Place): void {
    place.turns -= 1;
    if (place.turns === 0 && places.get(name) === place) places.delete(name);
  }

  return {
    ticket(lane) {
      drawn += 1;
      return { lane, priority: ranks[lane] * perLane - drawn, preemptions: 0 };
    },
    async enter(traits, ticket, signal, work) {
      signal.throwIfAborted();
      const place = open(traits);
      const turn: Turn = { ticket, controller: new AbortController() };
      // The signal is not given to the queue: it would let the next turn begin before this one's work has ended.
      const over = place.queue
        .add(() => take(place, turn, signal, work), { priority: ticket.priority })
        .finally(() => close(traits.place, place));
      if (!place.running.has(turn)) preempt(place, ticket);
      return orAborted(over, signal);
    },
  };
}

const higherLaneWaits = new Error('a call of a higher lane goes first');

async function take<T>(
  place: Place,
  turn: Turn,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ kind: 'done'; value: T } | { kind: 'preempted' }> {
  signal.throwIfAborted();
  const { controller } = turn;
  const unlink = passOn(signal, controller);
  place.running.add(turn);
  try {
    return { kind: 'done', value: await work(controller.signal) };
  } catch (thrown) {
    if (controller.signal.reason === higherLaneWaits) return { kind: 'preempted' };
    throw thrown;
  } finally {
    unlink();
    place.running.delete(turn);
  }
}

/** Ends the running turn of the lowest lane below this one, the youngest of them: it has least to lose. */
function preempt(place: Place, { lane }: Ticket): void {
  const [victim] = [...place.running]
    .filter(
      ({ ticket, controller }) =>
        ranks[ticket.lane] < ranks[lane] && ticket.preemptions < mostPreemptions && !controller.signal.aborted,
    )
    .sort((a, b) => a.ticket.priority - b.ticket.priority);
  if (!victim) return;
  victim.ticket.preemptions += 1;
  victim.controller.abort(higherLaneWaits);
}
