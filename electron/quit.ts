import type { Stop } from '../core/ports.ts';

const withinMs = 5_000;

export interface Quit {
  /** A request to quit. */
  request(event: { preventDefault(): void }): void;
  /** The system ends: the same end, and no request is held back from here on, because that would hold back the system. */
  systemEnds(): void;
  /** Whether the end has begun: what fails from here on is no news. */
  hasBegun(): boolean;
}

/**
 * An orderly end: the first request to quit is held back until the mind has stopped, five seconds at most; then the program leaves. Every
 * further request waits with the first.
 */
export function safeQuit(parts: {
  /** Ends everything that was started. */
  stop: () => Promise<void>;
  /** Lets the program go, at once. */
  leave: () => void;
  after: (ms: number, call: () => void) => Stop;
}): Quit {
  let state: 'running' | 'ending' | 'gone' = 'running';
  let mayHold = true;
  const leave = () => {
    if (state === 'gone') return;
    state = 'gone';
    parts.leave();
  };
  const begin = () => {
    if (state !== 'running') return;
    state = 'ending';
    const giveUp = parts.after(withinMs, leave);
    void parts
      .stop()
      .catch(() => undefined)
      .then(giveUp)
      .then(leave);
  };
  return {
    request(event) {
      if (state === 'gone') return;
      if (mayHold) event.preventDefault();
      begin();
    },
    systemEnds() {
      mayHold = false;
      begin();
    },
    hasBegun: () => state !== 'running',
  };
}
