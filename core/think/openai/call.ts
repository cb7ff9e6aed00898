import type { Failure } from '../../errors.ts';

/** After its finish reason a stream owes only the usage and its end. */
const afterFinishMs = 2_000;

/** Limits of one call in milliseconds, by phase. */
export interface Limits {
  /** Longest silence between two signs of life once the first words have come. */
  inactivityMs: number;
  /** Longest silence before the first words: servers say nothing, not even headers, while they read the prompt. Else as above. */
  firstMs?: number;
  /** Wall time, whatever arrives. */
  callMs: number;
}

/** The limits of one call, and the one signal that ends its request. */
export interface Call {
  readonly signal: AbortSignal;
  /** Something arrived: the silence starts anew. */
  heard(): void;
  /** The first words arrived: from here on the shorter limit holds. */
  spoke(): void;
  /** The consumer holds the last token: the other side is not to blame for silence. */
  hold(): void;
  resume(): void;
  finishing(): void;
  /** Ends the request for this reason; the first reason stays. */
  end(failure: Failure): void;
  /** Why it was ended, if it was. */
  failure(): Failure | null;
  /** Clears everything and ends a request that is still open, at once. Idempotent. */
  close(): void;
}

/** Starts the limits of one call. When `outer` aborts, the request ends too. */
export function openCall(limits: Limits, outer: AbortSignal): Call {
  const controller = new AbortController();
  let ended: Failure | null = null;
  let held = false;
  let silenceMs = limits.firstMs ?? limits.inactivityMs;
  let silence: NodeJS.Timeout | undefined;
  const end = (failure: Failure) => {
    ended ??= failure;
    controller.abort();
  };
  const wall = setTimeout(() => end(late('call-too-long', 'The model took longer than one call may.')), limits.callMs);
  const listen = () => {
    clearTimeout(silence);
    if (!held && !controller.signal.aborted)
      silence = setTimeout(() => end(late('stream-silent', 'The model server went silent.')), silenceMs);
  };
  const shorten = (ms: number) => {
    if (ms >= silenceMs) return;
    silenceMs = ms;
    listen();
  };
  const leave = () => controller.abort(outer.reason);
  outer.addEventListener('abort', leave, { once: true });
  if (outer.aborted) leave();
  listen();
  return {
    signal: controller.signal,
    heard: listen,
    spoke() {
      shorten(limits.inactivityMs);
    },
    hold() {
      held = true;
      clearTimeout(silence);
    },
    resume() {
      held = false;
      listen();
    },
    finishing() {
      shorten(afterFinishMs);
    },
    end,
    failure: () => ended,
    close() {
      clearTimeout(wall);
      clearTimeout(silence);
      outer.removeEventListener('abort', leave);
      controller.abort();
    },
  };
}

/** What did not come in time. */
export const late = (code: string, message: string): Failure => ({ class: 'transient', code, message });
