import type { StreamToken } from '../stream/processor.ts';
import { orAborted } from './abortable.ts';
import { atLeast, type Lane } from './lanes.ts';

/** Who hears the words of an answer as they come. */
export interface Listener {
  onToken?: ((channel: StreamToken['channel'], text: string) => void) | undefined;
  /** The words so far are void: the answer starts over. */
  onRestart?: (() => void) | undefined;
}

interface Flight<T> {
  lane: Lane;
  controller: AbortController;
  said: StreamToken[];
  listeners: Set<Listener>;
  result: Promise<T>;
}

export interface Flights<T> {
  /**
   * Starts the request, or joins an equal one that is under way in this lane or a higher one; who joins late hears first what was said
   * before. An abort ends only the caller's own waiting, and the request with the last of them.
   */
  join(
    call: { key: string; lane: Lane; signal: AbortSignal } & Listener,
    start: (signal: AbortSignal, listener: Required<Listener>) => Promise<T>,
  ): Promise<T>;
}

export function createFlights<T>(): Flights<T> {
  const flying = new Map<string, Flight<T>>();

  function forget(key: string, flight: Flight<T>): void {
    if (flying.get(key) === flight) flying.delete(key);
  }

  function begin(
    key: string,
    lane: Lane,
    start: (signal: AbortSignal, listener: Required<Listener>) => Promise<T>,
  ): Flight<T> {
    const controller = new AbortController();
    const listeners = new Set<Listener>();
    const said: StreamToken[] = [];
    const flight: Flight<T> = { lane, controller, said, listeners, result: Promise.resolve(undefined as T) };
    flying.set(key, flight);
    flight.result = start(controller.signal, {
      onToken(channel, text) {
        said.push({ channel, text });
        for (const each of listeners) each.onToken?.(channel, text);
      },
      onRestart() {
        said.length = 0;
        for (const each of listeners) each.onRestart?.();
      },
    }).finally(() => forget(key, flight));
    return flight;
  }

  return {
    async join({ key, lane, signal, onToken, onRestart }, start) {
      signal.throwIfAborted();
      const known = flying.get(key);
      const flight = known && atLeast(known.lane, lane) ? known : begin(key, lane, start);
      const listener: Listener = { onToken: unlessAborted(signal, onToken), onRestart };
      for (const { channel, text } of flight.said) listener.onToken?.(channel, text);
      flight.listeners.add(listener);
      try {
        return await orAborted(flight.result, signal);
      } finally {
        flight.listeners.delete(listener);
        // After the end there is nothing left that could hear it.
        if (flight.listeners.size === 0) {
          forget(key, flight);
          flight.controller.abort(signal.reason);
        }
      }
    },
  };
}

const unlessAborted = (signal: AbortSignal, onToken: Listener['onToken']): Listener['onToken'] =>
  onToken && ((channel, text) => (signal.aborted ? undefined : onToken(channel, text)));
