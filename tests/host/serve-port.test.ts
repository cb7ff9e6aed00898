import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Ports, servePorts } from '../../core/host/serve-port.ts';
import { latestOnly } from '../../core/host/serve-router.ts';
import type { Door, EngineEvent } from '../../core/protocol.ts';
import { askPort, connect, type Link, portTransport } from '../../renderer/connect.ts';
import { fakePorts } from '../kit/electron-double.ts';
import { type FakeEngine, fakeEngine } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { logInto } from './serve-open.ts';

function serving(
  options: { engine?: FakeEngine; door?: Door; limits?: Parameters<typeof servePorts>[0]['limits'] } = {},
) {
  const engine = options.engine ?? fakeEngine();
  const logged: string[] = [];
  const { limits } = options;
  const ports = servePorts({ door: options.door ?? engine, log: logInto(logged), ...(limits && { limits }) });
  onTestFinished(ports.close);
  return { engine, logged, ports };
}

/** A port that the mind serves, as a page gets it. */
function joined(ports: Ports) {
  const { main, page } = fakePorts();
  onTestFinished(() => page.close());
  const added = ports.add(main);
  const closed = new Promise<void>((resolve) => page.once('close', () => resolve()));
  return { port: page as unknown as MessagePort, raw: page, added, closed };
}

/** The page's client over it; a stuck page takes only the first message, which lets its stream begin. */
async function client(ports: Ports, how: 'takes' | 'is-stuck' = 'takes') {
  const { port, raw, closed, added } = joined(ports);
  let took = 0;
  const stuck: Pick<MessagePort, 'postMessage' | 'addEventListener' | 'start' | 'close'> = {
    addEventListener: port.addEventListener.bind(port),
    start: () => port.start(),
    close: () => port.close(),
    postMessage(message: unknown) {
      if (message !== 'taken' || took++ === 0) port.postMessage(message);
    },
  };
  const transport = portTransport(async () => (how === 'takes' ? port : (stuck as MessagePort)));
  const opened = await transport(new AbortController().signal);
  if (opened.kind !== 'open') throw new Error('there is no port');
  return { calls: opened.client, ended: opened.ended, closed, added, raw };
}

beforeEach(() => {
  vi.spyOn(console, 'error');
});
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe('the contract over a message port', () => {
  it('[SH7.70] is answered as over the socket, checked in both directions', async () => {
    const { engine, ports } = serving();
    const { calls } = await client(ports);
    expect(await calls.snapshot()).toEqual(engine.snapshot());
    expect(await calls.insights({ limit: 2 })).toEqual(await engine.query.insights({ limit: 2 }));
    expect(await calls.note({ text: ' hello ' })).toMatchObject({ id: expect.any(String) });
    await expect(calls.insights({ limit: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(calls.send({ kind: 'erase' } as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    engine.refuseNotes('the disk is full');
    const refused = await calls.note({ text: 'x' }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ status: 503, message: expect.stringContaining('the disk is full') });
    expect(engine.notes).toEqual(['hello']);
  });

  it('[SH7.71] has the owner’s questions and settings in it', async () => {
    const engine = fakeEngine();
    const { ports } = serving({
      engine,
      door: { ...engine, pickFolder: async () => '/home/ada/shop' },
    });
    const { calls } = await client(ports);
    const { id } = await calls.ask({ text: 'what broke?' });
    await waitFor('the question in the list', async () => (await calls.answers()).some((each) => each.id === id));
    expect(await calls.settings()).toEqual(await engine.query.settings());
    expect((await calls.previewIgnore({ rules: ['*.log'] })).rules.map(({ rule }) => rule)).toEqual(['*.log']);
    expect(await calls.pickFolder()).toBe('/home/ada/shop');
    await expect(calls.ask({ text: '  ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(calls.previewIgnore({ rules: [''] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('[SH7.72] has an event stream that starts whole, goes on in order, and is given up with the port', async () => {
    const { engine, ports } = serving();
    const { calls, raw } = await client(ports);
    const stream = await calls.events();
    expect((await stream.next()).value).toEqual({ kind: 'snapshot-changed', snapshot: engine.snapshot() });
    const told: EngineEvent[] = [];
    engine.subscribe((event) => void told.push(event));
    engine.think('one two three');
    for (const event of told) expect((await stream.next()).value).toEqual(event);
    expect(engine.listeners()).toBe(2);
    raw.close();
    await waitFor('no listener but the test', () => engine.listeners() === 1);
  });
});

describe('a port', () => {
  it.each<[string, unknown]>([
    ['no text', { i: '1', p: { u: '/snapshot' } }],
    ['bytes', new Uint8Array([1, 2])],
    ['nothing', null],
    ['no JSON', 'hello'],
    ['another protocol', '{"jsonrpc":"2.0","method":"x"}'],
    ['a path out of the contract', '{"i":"1","p":{"u":"/../snapshot"}}'],
    ['too much', `{"i":"1","p":{"u":"/note","b":{"json":{"text":"${'x'.repeat(300_000)}"}}}}`],
  ])('[SH7.73] is closed on %s, and no other', async (_, frame) => {
    const { ports, logged } = serving();
    const good = await client(ports);
    const bad = joined(ports);
    bad.raw.start();
    bad.raw.postMessage(frame);
    await bad.closed;
    expect(logged).toEqual(['{"event":"client-broke-off"}']);
    expect(await good.calls.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.74] has one of sixteen places, free again when it closes', async () => {
    const { ports } = serving({ limits: { clients: 2 } });
    const [first, second] = [await client(ports), await client(ports)];
    const third = joined(ports);
    expect([first.added, second.added, third.added]).toEqual([true, true, false]);
    await third.closed;
    first.raw.close();
    await first.closed;
    await waitFor('a free place', () => joined(ports).added);
    expect(await second.calls.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.75] is closed when its page takes nothing and falls behind; other pages go on', async () => {
    const { engine, ports, logged } = serving({ limits: { queuedEvents: 5 } });
    const [stuck, good] = [await client(ports, 'is-stuck'), await client(ports)];
    const streams = [await stuck.calls.events(), await good.calls.events()];
    for (const stream of streams) await stream.next();
    expect(engine.listeners()).toBe(2);
    const insight = engine.think();
    await waitFor('the end of the page that is stuck', async () => {
      engine.emit({ kind: 'insight-formed', insight });
      await streams[1]!.next();
      return engine.listeners() === 1;
    });
    await stuck.closed;
    expect(logged.join()).toContain('"why":"slow"');
    expect(await good.calls.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.75] is closed when too many bytes wait in it', async () => {
    const { ports, logged } = serving({ limits: { backlogBytes: 50_000 } });
    const { raw, closed } = joined(ports);
    raw.start();
    for (let call = 0; call < 40; call++) raw.postMessage(`{"i":"${call}","p":{"u":"/snapshot"}}`);
    await closed;
    expect(logged).toEqual(['{"event":"client-dropped","why":"backlog"}']);
  });

  it('[SH7.75] that is merely slow is served with the latest of what is whole each time', () => {
    const engine = fakeEngine();
    const changed = (at: number): EngineEvent => ({ kind: 'snapshot-changed', snapshot: { ...engine.snapshot(), at } });
    const grew = (id: string, text: string): EngineEvent => ({
      kind: 'answer-grew',
      answer: {
        id,
        question: 'q',
        askedAt: 0,
        state: 'answering',
        text,
        reasoner: null,
        why: '',
        evidence: [],
        problem: null,
      },
    });
    const formed: EngineEvent = { kind: 'insight-formed', insight: engine.think() };
    const memory: EngineEvent = { kind: 'memory-changed' };
    const before = [grew('a', 'x'), memory, grew('b', 'y'), changed(1), formed, grew('a', 'x y'), changed(2), memory];
    expect(latestOnly(before)).toEqual([grew('b', 'y'), formed, grew('a', 'x y'), changed(2), memory]);
  });

  it('[SH7.76] is closed when the program ends, and every listener with it', async () => {
    const { engine, ports } = serving();
    const { calls, closed, ended } = await client(ports);
    const stream = await calls.events();
    await stream.next();
    const rest = stream.next().catch(() => 'ended');
    ports.close();
    // The page is told in so many words: not every browser says that the other end of a port is gone.
    await Promise.all([closed, ended, rest]);
    await waitFor('no listener', () => engine.listeners() === 0);
  });
});

describe('the page over a port', () => {
  /** A page that gets a port from this shell whenever it asks. */
  function page(ports: () => Ports | null) {
    const target = new EventTarget() as EventTarget & Window;
    const handOver = (source: unknown) => {
      const served = ports();
      if (!served) return;
      const { port } = joined(served);
      const message = new Event('message');
      target.dispatchEvent(Object.assign(message, { source, data: { reverie: 'port' }, ports: [port] }));
    };
    const bridge = { askPort: () => queueMicrotask(() => handOver(target)) };
    return { target, bridge, handOver };
  }

  it('[SH7.77] shows what the mind tells, and connects by itself again when the port is gone', async () => {
    const { engine, ports } = serving();
    let now: Ports | null = ports;
    const { target, bridge } = page(() => now);
    const links: Link['kind'][] = [];
    const events: EngineEvent[] = [];
    const connection = connect({
      transport: portTransport((signal) => askPort(target, bridge, signal)),
      onLink: (link) => void links.push(link.kind),
      onEvent: (event) => void events.push(event),
    });
    onTestFinished(connection.close);
    await waitFor('an open link', () => links.includes('open'));
    engine.think('a thought');
    await waitFor('the insight', () => events.some((event) => event.kind === 'insight-formed'));
    ports.close();
    await waitFor('a lost link', () => links.includes('lost'));
    now = serving({ engine }).ports;
    connection.retryNow();
    await waitFor('an open link again', () => links.filter((kind) => kind === 'open').length === 2);
    expect(await connection.calls().snapshot()).toEqual(engine.snapshot());
    connection.close();
    await waitFor('no listener', () => engine.listeners() === 0);
  });

  it('[SH7.78] takes a port only from its own window, and stops waiting when it is told to', async () => {
    const { ports } = serving();
    const { target, handOver } = page(() => ports);
    const ending = new AbortController();
    let settled: MessagePort | null | undefined;
    const waiting = askPort(target, { askPort: () => handOver(new EventTarget()) }, ending.signal).then((port) => {
      settled = port;
    });
    target.dispatchEvent(Object.assign(new Event('message'), { source: target, data: { reverie: 'port' }, ports: [] }));
    target.dispatchEvent(Object.assign(new Event('message'), { source: target, data: 'port', ports: [{}] }));
    await Promise.resolve();
    expect(settled).toBeUndefined();
    ending.abort();
    await waiting;
    expect(settled).toBeNull();
  });
});
