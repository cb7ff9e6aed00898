import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket as PlainSocket } from 'ws';
import { latestOnly } from '../../core/host/serve-router.ts';
import type { EngineEvent } from '../../core/protocol.ts';
import { fakeEngine } from '../kit/fake-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { ask, bearer, connectPage, hungUp, open, raw, token } from './serve-open.ts';

/** A handshake as raw text, so that any header can be wrong. */
const handshake = (
  port: number,
  { path = '/ws', host = `127.0.0.1:${port}`, offered = `reverie, token.${token}`, more = '' } = {},
) =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${offered}`,
    ...(more ? [more] : []),
    '\r\n',
  ].join('\r\n');

/** Connects without the contract's client, to send what it would never send. */
async function connectPlain(port: number): Promise<PlainSocket> {
  const socket = new PlainSocket(`ws://127.0.0.1:${port}/ws`, ['reverie', `token.${token}`]);
  onTestFinished(() => socket.terminate());
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

// The transport prints what it cannot handle, content included: the door must not let it come to that.
beforeEach(() => {
  vi.spyOn(console, 'error');
});
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe('the handshake', () => {
  it('[SH7.20] takes the token as a subprotocol and answers with "reverie" only', async () => {
    const { port } = await open();
    const { socket } = await connectPage(port);
    expect(socket.protocol).toBe('reverie');
    const wrong = [
      'reverie',
      `reverie, token.${token.slice(0, -1)}X`,
      'reverie, token.x',
      'reverie, token.',
      `reverie, ${token}`,
      'x',
    ];
    for (const offered of wrong) {
      const answer = await raw(port, handshake(port, { offered }));
      expect(answer, offered).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
      expect(answer).toContain('{"error":"');
    }
    expect(await raw(port, handshake(port, { offered: `token.${token}` }))).toMatch(/^HTTP\/1\.1 400 /);
    await expect(connectPage(port, [])).rejects.toThrow('refused');
    await expect(connectPage(port, ['reverie', 'token.wrong'])).rejects.toThrow('refused');
  });

  it('[SH7.21] checks path, Host and Origin like every request', async () => {
    const { port } = await open();
    expect(await raw(port, handshake(port, { path: '/' }))).toMatch(/^HTTP\/1\.1 404 /);
    expect(await raw(port, handshake(port, { path: '/ws/' }))).toMatch(/^HTTP\/1\.1 404 /);
    expect(await raw(port, handshake(port, { host: `evil.example:${port}` }))).toMatch(/^HTTP\/1\.1 403 /);
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, 'file://']) {
      expect(await raw(port, handshake(port, { more: `Origin: ${origin}` })), origin).toMatch(/^HTTP\/1\.1 403 /);
    }
    const version = handshake(port).replace('Version: 13', 'Version: 7');
    expect(await raw(port, version)).toMatch(/^HTTP\/1\.1 4\d\d /);
    const own = connect({ host: '127.0.0.1', port });
    own.write(handshake(port, { more: `Origin: http://localhost:${port}` }));
    const [head] = await once(own, 'data');
    own.destroy();
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Protocol: reverie\r\n/);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('[SH7.28] has places for a fixed number of clients and says so to the next', async () => {
    const { port } = await open({ limits: { clients: 2 } });
    const first = await connectPage(port);
    const second = await connectPage(port);
    expect(await raw(port, handshake(port))).toMatch(/^HTTP\/1\.1 503 [^]*Close one/);
    first.socket.close();
    await first.closed;
    await waitFor('a free place', () => connectPage(port).catch(() => null));
    expect(await second.client.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.28] drops a client that no longer answers to pings, and only that', async () => {
    const { port } = await open({ limits: { pingMs: 60 } });
    const mute = connect({ host: '127.0.0.1', port });
    mute.write(handshake(port));
    await once(mute, 'data');
    const { client, socket } = await connectPage(port);
    await hungUp(mute.resume());
    expect(await client.snapshot()).toMatchObject({ life: 'running' });
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('the contract', () => {
  it('[SH7.22] is answered whole', async () => {
    const { port, engine } = await open({ engine: fakeEngine({ scenario: 'trouble' }) });
    const { client } = await connectPage(port);
    expect(await client.snapshot()).toEqual(engine.snapshot());
    const insights = await client.insights({ limit: 3 });
    expect(insights).toEqual(await engine.query.insights({ limit: 3 }));
    const older = await client.insights({ limit: 2, before: insights[2]!.formedAt });
    expect(older[0]!.formedAt).toBeLessThan(insights[2]!.formedAt);
    const ids = insights[0]!.evidenceIds;
    expect((await client.evidence({ ids })).map((each) => each.id)).toEqual(ids);
    expect(await client.recent({ limit: 5 })).toHaveLength(5);
    expect(await client.proposals({})).toHaveLength(3);
    expect((await client.deadLetters({})).map((each) => each.attempts)).toEqual([3, 3]);
    expect((await client.search({ query: 'rounding' }))[0]!.text).toContain('ound');
    expect(await client.send({ kind: 'judge-insight', id: insights[0]!.id, verdict: 'less' })).toEqual({ ok: true });
    expect((await client.insights({ limit: 1 }))[0]!.verdict).toBe('less');
    expect(await client.send({ kind: 'judge-insight', id: 'none', verdict: null })).toMatchObject({ ok: false });
    expect(await client.note({ text: ' hello ' })).toMatchObject({ id: expect.any(String) });
    expect(engine.notes).toEqual(['hello']);
  });

  it('[SH7.23] checks what comes in and what goes out', async () => {
    const engine = fakeEngine();
    const broken = { ...engine, query: { ...engine.query, recent: async () => [{ id: 'only' }] as never } };
    const { port } = await open({ door: broken, engine });
    const { client } = await connectPage(port);
    await expect(client.insights({ limit: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.note({ text: '  ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.send({ kind: 'erase' } as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.evidence({ ids: Array.from({ length: 201 }, () => 'x') })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(engine.commands).toEqual([]);
    await expect(client.recent({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await client.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.16] passes on in words what the engine cannot do', async () => {
    const engine = fakeEngine();
    engine.refuseNotes('the disk is full');
    const { port } = await open({ engine });
    const { client } = await connectPage(port);
    const refused = await client.note({ text: 'x' }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ status: 503, message: expect.stringContaining('the disk is full') });
    expect(JSON.stringify(refused)).not.toMatch(/stack|\.ts/);
  });
});

describe('the event stream', () => {
  it('[SH7.24] starts with a whole snapshot and goes on in order, for every client', async () => {
    const { port, engine } = await open();
    const pages = await Promise.all([connectPage(port), connectPage(port)]);
    const streams = await Promise.all(pages.map((page) => page.client.events()));
    const firsts = await Promise.all(streams.map((stream) => stream.next()));
    for (const first of firsts) expect(first.value).toEqual({ kind: 'snapshot-changed', snapshot: engine.snapshot() });
    const told: EngineEvent[] = [];
    engine.subscribe((event) => void told.push(event));
    engine.think('one two three four five');
    engine.change({ stage: 'perceive' });
    for (const stream of streams) {
      for (const event of told) expect((await stream.next()).value).toEqual(event);
    }
    expect(told.map((each) => each.kind)).toContain('insight-formed');
  });

  it('[SH7.24] loses nothing between the snapshot and the first event', async () => {
    const engine = fakeEngine();
    // A change that comes while the snapshot is being taken must arrive after it.
    const snapshot = () => {
      const taken = engine.snapshot();
      engine.emit({ kind: 'thought-grew', id: 'during', text: 'meanwhile' });
      return taken;
    };
    const { port } = await open({ door: { ...engine, snapshot }, engine });
    const { client } = await connectPage(port);
    const stream = await client.events();
    expect((await stream.next()).value).toMatchObject({ kind: 'snapshot-changed' });
    expect((await stream.next()).value).toMatchObject({ kind: 'thought-grew', id: 'during' });
  });

  it('[SH7.26] stops listening when the client leaves, in whatever way', async () => {
    const { port, engine } = await open();
    const listen = async () => {
      const page = await connectPage(port);
      const ending = new AbortController();
      const stream = await page.client.events(undefined, { signal: ending.signal });
      await stream.next();
      return { ...page, stream, ending };
    };
    const [returned, aborted, closed] = [await listen(), await listen(), await listen()];
    expect(engine.listeners()).toBe(3);
    await returned.stream.return?.();
    await waitFor('two listeners', () => engine.listeners() === 2);
    aborted.ending.abort();
    await waitFor('one listener', () => engine.listeners() === 1);
    closed.socket.close();
    await waitFor('no listener', () => engine.listeners() === 0);
    expect(await returned.client.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.26] gives one client a few streams, not any number', async () => {
    const { port, engine } = await open({ limits: { streams: 2 } });
    const { client } = await connectPage(port);
    for (const stream of [await client.events(), await client.events()]) await stream.next();
    await expect(client.events()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(engine.listeners()).toBe(2);
  });

  it('[SH7.25] keeps only the last of what is whole each time, and everything else in order', () => {
    const engine = fakeEngine();
    const snapshot = engine.snapshot();
    const grew = (id: string, text: string): EngineEvent => ({ kind: 'thought-grew', id, text });
    const changed = (at: number): EngineEvent => ({ kind: 'snapshot-changed', snapshot: { ...snapshot, at } });
    const formed: EngineEvent = { kind: 'insight-formed', insight: engine.think() };
    const judged: EngineEvent = { ...formed, kind: 'insight-changed' };
    const before = [changed(1), grew('a', 'x'), formed, grew('a', 'x y'), judged, changed(2), formed];
    expect(latestOnly(before)).toEqual([formed, grew('a', 'x y'), judged, changed(2), formed]);
  });

  it('[SH7.25] drops a client that does not read, and no other', async () => {
    const { port, engine, logged } = await open({ limits: { queuedEvents: 20 } });
    const slow = connect({ host: '127.0.0.1', port });
    slow.write(handshake(port));
    await once(slow, 'data');
    // One masked text frame (mask 0): the call of the event stream. From here on it never reads.
    const call = Buffer.from('{"i":"1","p":{"u":"/events"}}');
    slow.pause();
    slow.write(Buffer.concat([Buffer.from([0x81, 0x80 | call.length, 0, 0, 0, 0]), call]));
    await waitFor('the slow listener', () => engine.listeners() === 1);
    const { client } = await connectPage(port);
    const stream = await client.events();
    await stream.next();

    const text = 'x'.repeat(200_000);
    const formed = engine.think(text);
    let told = 0;
    await waitFor('the end of the slow client', async () => {
      engine.emit({ kind: 'insight-formed', insight: formed });
      told += 1;
      await stream.next();
      return engine.listeners() === 1;
    });
    expect(told).toBeGreaterThan(20);
    expect(logged.join()).toContain('"why":"slow"');
    slow.resume();
    await hungUp(slow);
    expect(await client.snapshot()).toMatchObject({ life: 'running' });
  });

  it('[SH7.25] keeps a slow client that can be served with the latest alone', async () => {
    const { port, engine } = await open({ limits: { queuedEvents: 5 } });
    const { client } = await connectPage(port);
    const stream = await client.events();
    await stream.next();
    const words = Array.from({ length: 400 }, (_, index) => `w${index}`).join(' ');
    const insight = engine.think(words);
    const seen: EngineEvent[] = [];
    while (seen.at(-1)?.kind !== 'insight-formed') seen.push((await stream.next()).value as EngineEvent);
    expect(seen.length).toBeLessThan(10);
    expect(seen.at(-1)).toEqual({ kind: 'insight-formed', insight });
    expect((await stream.next()).value).toMatchObject({
      kind: 'snapshot-changed',
      snapshot: { thought: { done: true } },
    });
  });

  it('[SH7.29] ends when the host ends, and says so', async () => {
    const { port, engine, close } = await open();
    const { client, closed } = await connectPage(port);
    const stream = await client.events();
    await stream.next();
    const rest = stream.next().catch((thrown: unknown) => thrown);
    await close();
    expect((await closed).code).toBe(1001);
    await rest;
    await waitFor('no listener', () => engine.listeners() === 0);
    await expect(client.snapshot()).rejects.toThrow();
  });
});

describe('bad frames', () => {
  it('[SH7.27] end the connection they came from and no other', async () => {
    const { port, logged } = await open();
    const good = await connectPage(port);
    const bad: (string | Buffer)[] = [
      '',
      'hello',
      '{',
      'null',
      '[]',
      '"x"',
      '{"i":1}',
      '{"i":"1"}',
      '{"i":"1","t":3,"p":{}}',
      '{"i":"1","p":{"u":"/insights","b":7}}',
      '{"i":"1","p":{"u":"http://evil.example/snapshot"}}',
      '{"i":"1","p":{"u":"/../snapshot"}}',
      `{"i":"${'1'.repeat(65)}","p":{"u":"/snapshot"}}`,
      `{"i":"1","p":{"u":"/snapshot","b":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      Buffer.from('{"i":"1","p":{"u":"/snapshot"}}'),
      Buffer.from([0xff, 0, 1, 2]),
      Buffer.alloc(300 * 1024, 'x'),
      'x'.repeat(300 * 1024),
    ];
    for (const frame of bad) {
      const socket = await connectPlain(port);
      socket.send(frame, { binary: typeof frame !== 'string' });
      const [code] = await once(socket, 'close');
      expect([1008, 1009], String(frame).slice(0, 60)).toContain(code);
    }
    const torn = connect({ host: '127.0.0.1', port });
    torn.write(handshake(port));
    await once(torn, 'data');
    torn.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await hungUp(torn.resume());
    expect(await good.client.snapshot()).toMatchObject({ life: 'running' });
    expect(logged.join()).not.toContain('evil');
  });

  it('[SH7.27] in the shape of calls get an answer in words', async () => {
    const { port } = await open();
    const socket = await connectPlain(port);
    const calls = [
      '{"i":"1","p":{"u":"/nothing"}}',
      '{"i":"2","p":{"u":"/insights","b":{"json":7}}}',
      '{"i":"3","p":{"u":"/__proto__"}}',
    ];
    const odd = [
      '{"i":"4","p":{"u":"/note","b":{"json":{"text":1},"meta":[[3,"__proto__","text"]]}}}',
      '{"i":"5","p":{"u":"/note","h":{"content-disposition":"x"}}}',
    ];
    for (const call of [...calls, ...odd]) {
      socket.send(call);
      const [answer] = await once(socket, 'message');
      expect(JSON.parse(String(answer)).p.s, call).toBeGreaterThanOrEqual(400);
      expect(String(answer)).not.toMatch(/node_modules|\.ts:/);
    }
    socket.send('{"i":"unknown","t":4}');
    socket.send('{"i":"9","p":{"u":"/snapshot"}}');
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer)).p.b.json.life).toBe('running');
    expect((await ask(port, '/api/snapshot', { headers: bearer })).status).toBe(200);
  });
});
