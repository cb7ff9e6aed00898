import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type * as Undici from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOpenAiModel } from '../../core/think/models/openai.ts';
import { type Call, openCall } from '../../core/think/openai/call.ts';
import { failureOfConnection } from '../../core/think/openai/failures.ts';
import { countedFetch } from '../../core/think/openai/fetch.ts';
import { collect, textOf } from '../contracts/model.ts';
import {
  begin,
  finish,
  type Hand,
  type HandServer,
  never,
  optionsFor,
  plainRequest,
  say,
  startHandServer,
} from './openai-world.ts';

const agents = vi.hoisted((): unknown[] => []);
const signals = vi.hoisted((): unknown[] => []);
vi.mock('undici', async (original) => {
  const real = await original<typeof Undici>();
  class Agent extends real.Agent {
    constructor(options: Undici.Agent.Options) {
      super(options);
      agents.push(options);
    }
  }
  const fetch: typeof real.fetch = (url, init) => {
    signals.push(init?.signal);
    return real.fetch(url, init);
  };
  return { ...real, Agent, fetch };
});

let servers: HandServer[] = [];
beforeEach(() => {
  agents.length = 0;
  signals.length = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(hand: Hand, options: Parameters<typeof optionsFor>[1]) {
  const server = await startHandServer(hand);
  servers.push(server);
  return createOpenAiModel(optionsFor(server, options));
}

/** A pause of the server, far longer than the limit that must not hold for it. */
const reads = (ms: number) => new Promise((next) => setTimeout(next, ms));
const longPrompt = { ...plainRequest, messages: [{ role: 'user' as const, content: 'x'.repeat(4_000) }] };

describe('phases of a call', () => {
  const prefills: [string, Hand][] = [
    [
      'before the headers',
      async (response) => {
        await reads(300);
        begin(response);
      },
    ],
    [
      'after the headers',
      async (response) => {
        begin(response);
        await reads(300);
      },
    ],
    [
      'after a chunk without words',
      async (response) => {
        begin(response);
        say(response, { role: 'assistant', content: '' });
        response.write(': still here\n\n');
        await reads(300);
      },
    ],
  ];
  it.each(prefills)('[TH1.54] a prompt may be read %s for as long as its length allows', async (_name, prefill) => {
    const hand: Hand = async (response, body) => {
      await prefill(response, body);
      say(response, { content: 'Hello.' });
      finish(response);
    };
    const patient = await start(hand, { inactivityMs: 60, prefillMsPerToken: 10 });
    const events = await collect(patient, longPrompt);
    expect(textOf(events)).toBe('Hello.');
    expect(events.at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
    const hasty = await start(hand, { inactivityMs: 60, prefillMsPerToken: 0 });
    expect(await collect(hasty, longPrompt)).toMatchObject([{ kind: 'failed', failure: { code: 'stream-silent' } }]);
  });

  it('[TH1.54] the allowance for the prompt ends with the first word, be it a thought', async () => {
    for (const delta of [{ content: 'one' }, { reasoning_content: 'hm' }]) {
      const hang: Hand = (response) => {
        begin(response);
        say(response, delta);
      };
      const model = await start(hang, { inactivityMs: 100, prefillMsPerToken: 1_000 });
      expect((await collect(model, longPrompt)).at(-1)).toMatchObject({ kind: 'done', finish: 'broken' });
    }
  });

  it('[TH1.14] a call ends at its wall limit, whatever arrives', async () => {
    const model = await start(
      (response) => {
        begin(response);
        const beat = setInterval(() => response.write(': still here\n\n'), 20);
        response.on('close', () => clearInterval(beat));
      },
      { inactivityMs: 150, callMs: 200 },
    );
    expect(await collect(model, plainRequest)).toMatchObject([{ kind: 'failed', failure: { code: 'call-too-long' } }]);
  });

  it('[TH1.80] the wall limit never comes before the words that it is waited for', async () => {
    const hand: Hand = async (response) => {
      await reads(300);
      begin(response);
      say(response, { content: 'Hello.' });
      finish(response);
    };
    const model = await start(hand, { inactivityMs: 60, prefillMsPerToken: 10, callMs: 100 });
    expect((await collect(model, longPrompt)).at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
  });

  it('[TH1.54] the connection alone has its own limit: headers may come later', async () => {
    const hand: Hand = async (response) => {
      await reads(400);
      begin(response);
      say(response, { content: 'Hello.' });
      finish(response);
    };
    const model = await start(hand, { connectMs: 100 });
    expect((await collect(model, plainRequest)).at(-1)).toMatchObject({ kind: 'done', finish: 'stop' });
    expect(agents).toMatchObject([{ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 100 } }]);
  });

  it('[TH1.54] a connection that does not come to stand is given up as one', async () => {
    const sockets: Socket[] = [];
    // Accepts, and never shakes hands.
    const mute: Server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
    const call: Call = openCall({ inactivityMs: 60_000, callMs: 60_000 }, never);
    const send = await countedFetch(call, { key: 'none', connectMs: 100 });
    const thrown = await send(`https://127.0.0.1:${(mute.address() as AddressInfo).port}/v1/chat/completions`).catch(
      (error: unknown) => error,
    );
    expect(failureOfConnection(thrown, 'connection-failed')).toMatchObject({ class: 'transient', code: 'timeout' });
    call.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => mute.close(closed));
  });
});

it('[TH1.55] a consumer that leaves ends the request within the same turn: nothing more is read', async () => {
  const hang: Hand = (response) => {
    begin(response);
    say(response, { content: 'one' });
  };
  const stream = (await start(hang, {})).answer(plainRequest, never)[Symbol.asyncIterator]();
  await stream.next();
  const [signal] = signals as AbortSignal[];
  expect(signal?.aborted).toBe(false);
  const order: string[] = [];
  signal?.addEventListener('abort', () => order.push('abort'));
  setImmediate(() => order.push('turn'));
  await stream.return?.();
  await new Promise((turn) => setImmediate(turn));
  expect(order).toEqual(['abort', 'turn']);
});

describe('the limits of a call', () => {
  const limits = { firstMs: 5_000, inactivityMs: 1_000, callMs: 60_000 };
  const begun = () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    return openCall(limits, never);
  };

  it('[TH1.54] give every sign of life before the first word the whole allowance again', () => {
    const call = begun();
    vi.advanceTimersByTime(4_999);
    call.heard();
    vi.advanceTimersByTime(4_999);
    expect(call.failure()).toBeNull();
    vi.advanceTimersByTime(1);
    expect([call.failure()?.code, call.signal.aborted]).toEqual(['stream-silent', true]);
  });

  it('[TH1.54] hold the shorter silence after the first word, and never a longer one again', () => {
    const call = begun();
    call.spoke();
    vi.advanceTimersByTime(999);
    expect(call.failure()).toBeNull();
    call.finishing();
    call.spoke();
    call.heard();
    vi.advanceTimersByTime(999);
    expect(call.failure()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(call.failure()?.code).toBe('stream-silent');
  });

  it('[TH1.54] stand still while the consumer works, all but the wall limit', () => {
    const call = begun();
    call.hold();
    vi.advanceTimersByTime(59_999);
    expect(call.failure()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(call.failure()?.code).toBe('call-too-long');
  });

  it('[TH1.55] leave nothing behind when the call is closed, and end its request on the spot', () => {
    const stop = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const call = openCall(limits, stop.signal);
    call.close();
    expect([call.signal.aborted, call.failure(), vi.getTimerCount()]).toEqual([true, null, 0]);
    call.heard();
    call.resume();
    expect(vi.getTimerCount()).toBe(0);
  });
});
