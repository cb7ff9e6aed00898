import type { Failure } from '../errors.ts';
import type { Clock, Log, Model, Stop } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Reasoner } from '../types.ts';

/** Which mind thinks next. The server while it answers, else rules; a change between two thoughts loses nothing. */
export interface Reasoners {
  current(): Model;
  rules(): Model;
  /** Who it is and why, in words for the owner. */
  described(): { reasoner: Reasoner; why: string };
  /** The server failed a thought: rules take over until a probe finds it well again. */
  lost(failure: Failure): void;
  /** Asks now instead of at the next turn; resolves when answered. */
  probe(): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

/** Failures that say nothing about the server's health: it stays in use. */
const notItsFault = new Set(['budget-spent', 'larger-than-budget', 'context-overflow']);

export function createReasoners(parts: {
  rules: Model;
  server: (settings: Settings['model']) => Model;
  settings: () => Settings['model'];
  clock: Clock;
  log: Log;
  onChange: () => void;
}): Reasoners {
  let server: { model: Model; key: string } | null = null;
  let found: Reasoner | null = null;
  let why = 'no model server has been looked for yet';
  let cancelTimer: Stop | null = null;
  let running: AbortController | null = null;
  let latest = 0;

  /** The server of the present settings; another address, name or patience is another server, not yet known to be well. */
  function serverNow(): Model {
    const settings = parts.settings();
    const key = JSON.stringify([
      settings.baseUrl,
      settings.name,
      settings.apiKey,
      settings.inactivityMs,
      settings.callMs,
    ]);
    if (server?.key !== key) {
      server = { model: parts.server(settings), key };
      found = null;
    }
    return server.model;
  }

  async function probe(): Promise<void> {
    if (!running) return;
    const mine = ++latest;
    if (parts.settings().reasoner === 'rules') return settle(null, 'you chose rules: no model is called');
    const model = serverNow();
    const answer = await model.probe(running.signal);
    // A newer question, a failed thought or the end came in between: this answer is about a server as it was.
    if (mine !== latest) return;
    if (answer.ok) settle(answer.value, `${answer.value.name} answers at ${hostOf(parts.settings().baseUrl)}`);
    else settle(null, meanwhile(answer.failure));
  }

  function settle(next: Reasoner | null, reason: string): void {
    const changed = next?.name !== found?.name || why !== reason;
    if (next?.name !== found?.name) parts.log.info('reasoner-changed', { to: next ? 'server' : 'rules' });
    found = next;
    why = reason;
    if (changed) parts.onChange();
  }

  function arm(): void {
    cancelTimer?.();
    cancelTimer = parts.clock.after(parts.settings().probeMs, () => void turn());
  }

  async function turn(): Promise<void> {
    try {
      await probe();
    } catch {
      // Only an abort ends here, and then nothing is armed again.
    }
    if (running) arm();
  }

  const usable = () => parts.settings().reasoner !== 'rules' && found !== null && server !== null;

  return {
    current: () => (usable() && server ? server.model : parts.rules),
    rules: () => parts.rules,
    described: () => ({ reasoner: usable() && found ? found : parts.rules.reasoner, why }),
    lost(failure) {
      if (notItsFault.has(failure.code)) return;
      latest += 1;
      settle(null, meanwhile(failure));
    },
    probe: turn,
    async start() {
      running = new AbortController();
      await turn();
    },
    stop() {
      latest += 1;
      running?.abort();
      running = null;
      cancelTimer?.();
      cancelTimer = null;
    },
  };
}

const meanwhile = ({ message }: Failure) => `${message.replace(/\.$/, '')}; rules think meanwhile`;
const hostOf = (url: string) => url.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
