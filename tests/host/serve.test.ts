import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { serve } from '../../core/host/serve.ts';
import { insightSchema, snapshotSchema } from '../../core/protocol.ts';
import { fakeEngine } from '../kit/fake-engine.ts';
import { ask, bearer, hungUp, logInto, open, raw, smallPage, token } from './serve-open.ts';

const words = z.object({ error: z.string().min(10) });
const json = { ...bearer, 'content-type': 'application/json' };

describe('who may ask', () => {
  it('[SH7.1] listens on 127.0.0.1 and on no other address', async () => {
    const { port, url } = await open();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address } of others.filter((each) => each.family === 'IPv4' && !each.internal)) {
      const socket = connect({ host: address, port });
      await expect(once(socket, 'connect')).rejects.toThrow(/ECONNREFUSED/);
    }
  });

  it('[SH7.2] gives page files and /healthz to anyone and nothing else', async () => {
    const { port } = await open();
    for (const path of ['/', '/index.html', '/icon.svg', '/assets/index-B4x_9aQz.js', '/healthz']) {
      expect((await ask(port, path)).status, path).toBe(200);
    }
    expect((await ask(port, '/healthz')).json()).toEqual({ ok: true, life: 'running' });
    for (const path of [
      '/api/snapshot',
      '/api/insights',
      '/api/insights?limit=x',
      '/api/notes',
      '/api/none',
      '/api/../index.html',
      '/none',
    ]) {
      const answer = await ask(port, path);
      expect(answer.status, path).toBe(401);
      expect(answer.headers['www-authenticate'], path).toBe('Bearer');
      words.parse(answer.json());
    }
    const note = await ask(port, '/api/notes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"x"}',
    });
    expect(note.status).toBe(401);
  });

  it('[SH7.3] refuses a wrong token, whatever its length or form', async () => {
    const { port } = await open();
    const wrong = [
      `Bearer ${token.slice(0, -1)}X`,
      'Bearer x',
      `Bearer ${token}${token}`,
      'Bearer ',
      token,
      `Basic ${token}`,
      `Bearer ${token} x`,
    ];
    for (const authorization of wrong) {
      expect((await ask(port, '/api/snapshot', { headers: { authorization } })).status, authorization).toBe(401);
    }
    expect((await ask(port, `/api/snapshot?token=${token}`)).status).toBe(401);
    expect((await ask(port, '/api/snapshot', { headers: bearer })).status).toBe(200);
  });

  it('[SH7.4] answers only under its own loopback names', async () => {
    const { port } = await open();
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `localhost.evil.example:${port}`,
    ]) {
      for (const path of ['/', '/healthz', '/api/snapshot']) {
        const answer = await ask(port, path, { headers: { ...bearer, host } });
        expect(answer.status, `${host} ${path}`).toBe(403);
        words.parse(answer.json());
      }
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect((await ask(port, '/', { headers: { host } })).status, host).toBe(200);
    }
    expect(await raw(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('[SH7.5] refuses foreign origins and never grants one', async () => {
    const { port } = await open();
    for (const origin of [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://127.0.0.1:${port}.evil.example`,
    ]) {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const answer = await ask(port, '/api/snapshot', { method, headers: { ...bearer, origin } });
        expect(answer.status, `${method} ${origin}`).toBe(403);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
      const answer = await ask(port, '/api/snapshot', { headers: { ...bearer, origin } });
      expect(answer.status, origin).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('the API', () => {
  it('[SH7.6] gives the snapshot as the contract says', async () => {
    const { port, engine } = await open();
    const answer = await ask(port, '/api/snapshot', { headers: bearer });
    expect(snapshotSchema.parse(answer.json())).toEqual(engine.snapshot());
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('[SH7.7] lists insights newest first, 50 unless told, 1 to 500', async () => {
    const engine = fakeEngine();
    for (let extra = 0; extra < 20; extra++) engine.think(`insight number ${extra}`);
    const { port } = await open({ engine });
    const list = async (query: string) =>
      z.array(insightSchema).parse((await ask(port, `/api/insights${query}`, { headers: bearer })).json());
    expect(await list('')).toHaveLength(50);
    expect(await list('?limit=500')).toHaveLength(60);
    const three = await list('?limit=3');
    expect(three.map((each) => each.text)).toEqual(['insight number 19', 'insight number 18', 'insight number 17']);
    expect(three.map((each) => each.formedAt)).toEqual(three.map((each) => each.formedAt).toSorted((a, b) => b - a));
    for (const limit of ['0', '501', '-1', '1.5', '1e2', 'x', '', '%00', '99999999999', 'NaN', ' 5']) {
      const answer = await ask(port, `/api/insights?limit=${encodeURIComponent(limit)}`, { headers: bearer });
      expect(answer.status, limit).toBe(400);
      expect(words.parse(answer.json()).error).toContain('1 to 500');
    }
  });

  it('[SH7.8] answers a note with its id once it is durable, and says when it could not be kept', async () => {
    const engine = fakeEngine();
    let durable = () => {};
    const slow = {
      ...engine,
      note: (text: string) => new Promise<void>((resolve) => (durable = resolve)).then(() => engine.note(text)),
    };
    const { port } = await open({ door: slow });
    let answered = false;
    const pending = ask(port, '/api/notes', { method: 'POST', headers: json, body: '{"text":"  buy ü 🍋 "}' });
    void pending.then(() => (answered = true));
    expect((await ask(port, '/healthz')).status).toBe(200);
    expect(answered).toBe(false);
    durable();
    const first = await pending;
    expect(first.status).toBe(201);
    expect(z.object({ id: z.string().min(1) }).parse(first.json()).id).toMatch(/^[0-9A-Z]{26}$/);
    expect(engine.notes).toEqual(['buy ü 🍋']);

    const full = fakeEngine();
    full.refuseNotes('the disk is full');
    const other = await open({ engine: full });
    const answer = await ask(other.port, '/api/notes', { method: 'POST', headers: json, body: '{"text":"x"}' });
    expect(answer.status).toBe(503);
    expect(words.parse(answer.json()).error).toContain('the disk is full');
  });

  it('[SH7.9] refuses what is not a note, in words, and stays alive', async () => {
    const { port, engine } = await open();
    const post = (body: string | Buffer, headers: Record<string, string> = json) =>
      ask(port, '/api/notes', { method: 'POST', headers, body });
    const wrong = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{}',
      '{"text":1}',
      '{"text":""}',
      '{"text":"   "}',
      JSON.stringify({ text: 'x'.repeat(10_001) }),
    ];
    for (const body of [...wrong, Buffer.from([0x22, 0xff, 0xfe, 0x22])]) {
      const answer = await post(body);
      expect(answer.status, String(body).slice(0, 40)).toBe(400);
      words.parse(answer.json());
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await post('{"text":"x"}', { ...bearer, 'content-type': type })).status, type).toBe(415);
    }
    expect((await post('{"text":"x"}', bearer)).status).toBe(415);
    expect((await post('{"text":"x"}', { ...json, 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('{"text":"x"}', { ...bearer, 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(
      201,
    );
    const ten = Buffer.alloc(10 * 1024 * 1024, 'x');
    expect((await post(ten)).status).toBe(413);
    expect((await post(ten, { ...json, 'transfer-encoding': 'chunked' })).status).toBe(413);
    expect(engine.notes).toEqual(['x']);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('[SH7.10] says what exists when it does not know a path or a method', async () => {
    const { port } = await open();
    for (const path of [
      '/api/none',
      '/api',
      '/api/snapshot/',
      '/none',
      '/__proto__',
      '/constructor',
      '/ws',
      '//',
      '/API/snapshot',
    ]) {
      const answer = await ask(port, path, { headers: bearer });
      expect(answer.status, path).toBe(404);
      words.parse(answer.json());
    }
    const allow = {
      '/api/snapshot': 'GET',
      '/api/insights': 'GET',
      '/api/notes': 'POST',
      '/': 'GET, HEAD',
      '/healthz': 'GET, HEAD',
    };
    for (const [path, allowed] of Object.entries(allow)) {
      for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
        const answer = await ask(port, path, { method, headers: bearer });
        expect(answer.status, `${method} ${path}`).toBe(405);
        expect(answer.headers.allow).toBe(allowed);
        words.parse(answer.json());
      }
    }
  });

  it('[SH7.16] turns what the engine throws into words without a stack', async () => {
    const engine = fakeEngine();
    const query = { ...engine.query, insights: () => Promise.reject(new Error('the memory does not answer')) };
    const snapshot = () => {
      throw new TypeError('broken');
    };
    const { port, logged } = await open({ door: { ...engine, query, snapshot } });
    for (const path of ['/api/insights', '/api/snapshot', '/healthz']) {
      const answer = await ask(port, path, { headers: bearer });
      expect(answer.status, path).toBe(500);
      words.parse(answer.json());
      expect(answer.text).not.toMatch(/\.ts|\bat \w+/);
    }
    expect(logged.join()).not.toContain('memory does not answer');
  });
});

describe('the page', () => {
  it('[SH7.11] is served with a strict policy and cached by what its names promise', async () => {
    const { port } = await open();
    const index = await ask(port, '/');
    expect(index.text).toContain('<title>Reverie</title>');
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(index.headers['cache-control']).toBe('no-store');
    expect(index.headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    for (const path of ['/', '/healthz', '/none', '/api/none']) {
      const { headers } = await ask(port, path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    }
    const asset = await ask(port, '/assets/index-B4x_9aQz.js?v=1');
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(asset.headers['cache-control']).toContain('immutable');
    const icon = await ask(port, '/icon.svg');
    expect(icon.headers['cache-control']).toBe('no-cache');
    const again = await ask(port, '/icon.svg', { headers: { 'if-none-match': icon.headers.etag ?? '' } });
    expect([again.status, again.text]).toEqual([304, '']);
    const head = await ask(port, '/', { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(index.text.length)]);
  });

  it('[SH7.12] is all there is: no path leads out of its folder', async () => {
    const { port } = await open();
    const out = [
      '/../secret.js',
      '/assets/../../secret.js',
      '/%2e%2e/secret.js',
      '/..%2fsecret.js',
      '/assets/..%5c..%5csecret.js',
      '/..\\secret.js',
    ];
    const odd = [
      '/index.html%00.js',
      '/%00',
      '/assets/link.js',
      '/out/secret.js',
      '/out/page/index.html',
      '/assets/',
      '/assets',
      '/assets%2findex-B4x_9aQz.js',
    ];
    for (const path of [...out, ...odd, '/./index.html', '/%', '/%zz', `/${'a/'.repeat(2_000)}x.js`]) {
      for (const headers of [{}, bearer]) {
        const answer = await ask(port, path, { headers });
        const expected = path === '/assets' && headers !== bearer ? 401 : 404;
        expect(answer.status, path.slice(0, 60)).toBe(expected);
        expect(answer.text).not.toContain('outside');
      }
    }
  });

  it('[SH7.12] leaves the API alive when no page was built', async () => {
    const { port, logged } = await open({ pageDir: join(await smallPage(), 'none') });
    const answer = await ask(port, '/');
    expect(answer.status).toBe(404);
    expect(words.parse(answer.json()).error).toContain('npm start');
    expect((await ask(port, '/api/snapshot', { headers: bearer })).status).toBe(200);
    expect(logged.join()).toContain('page-missing');
  });
});

describe('the connection', () => {
  it('[SH7.13] survives broken, endless and stalled requests', async () => {
    const limits = { headersMs: 200, requestMs: 300, checkMs: 50 };
    const { port } = await open({ limits });
    const post = `POST /api/notes HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    const broken = [
      'hello\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      `GET / HTTP/9.9\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example`,
      `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${post}Content-Length: -1\r\n\r\n`,
      `${post}Content-Length: 100\r\n\r\n{"te`,
      `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
    ];
    for (const bytes of broken) {
      const answer = await raw(port, bytes);
      expect(answer, bytes.slice(0, 60)).not.toMatch(/^HTTP\/1\.1 2/);
    }
    const absolute = await raw(
      port,
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    );
    expect(absolute).toMatch(/^HTTP\/1\.1 400 /);
    const plain = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n`;
    expect(await raw(port, plain)).toMatch(/^HTTP\/1\.1 200 /);
    expect((await ask(port, '/healthz')).status).toBe(200);
  });

  it('[SH7.14] says that an exact port is taken, and goes elsewhere from a preferred one', async () => {
    const holder = createServer().listen({ host: '127.0.0.1', port: 0 });
    await once(holder, 'listening');
    onTestFinished(() => void holder.close());
    const address = holder.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const door = fakeEngine();
    const log = logInto([]);
    const pageDir = await smallPage();
    const exact = await serve({ door, pageDir, token, port: address.port, log });
    expect(exact).toMatchObject({
      ok: false,
      failure: { code: 'port-taken', message: expect.stringContaining(String(address.port)) },
    });
    const bad = await serve({ door, pageDir, token, port: 70_000, log });
    expect(bad).toMatchObject({ ok: false, failure: { code: 'port-invalid' } });
    const elsewhere = await open({ port: { preferred: address.port } });
    expect(elsewhere.port).not.toBe(address.port);
    const { port } = elsewhere;
    await elsewhere.close();
    expect((await open({ port: { preferred: port } })).port).toBe(port);
  });

  it('[SH7.15] ends every connection at once and frees the port', async () => {
    const { port, close, engine } = await open();
    const idle = connect({ host: '127.0.0.1', port });
    await once(idle, 'connect');
    idle.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await once(idle, 'data');
    const stalled = connect({ host: '127.0.0.1', port });
    await once(stalled, 'connect');
    stalled.write('GET / HTTP/1.1\r\n');
    const ended = Promise.all([idle, stalled].map(hungUp));
    await Promise.all([close(), close()]);
    await ended;
    expect((await open({ port, engine })).port).toBe(port);
  });
});
