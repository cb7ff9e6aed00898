import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../core/host/system.ts';
import { ask } from '../../core/lmstudio/driver/rest.ts';
import { fakeClock } from '../kit/clock.ts';
import { waitFor } from '../kit/wait-for.ts';
import { deadPort, html, never, openServer, type Route, reset, signal } from './rest-world.ts';

const question = (url: string) => ({ url, token: '', limitMs: 10_000, maxBytes: 1_000 });

describe('one request', () => {
  it('[LM3.20] asks a GET whose connection was reset a second time, and no more', async () => {
    const routes: Record<string, Route> = { '/always': reset };
    const server = await openServer(routes);
    let first = true;
    routes['/once'] = (response) => {
      if (first) reset(response);
      else response.end('{"n":1}');
      first = false;
    };
    expect(await ask(question(`${server.address}/once`), systemClock, signal())).toMatchObject({ json: { n: 1 } });
    expect(server.asked).toHaveLength(2);
    expect(await ask(question(`${server.address}/always`), systemClock, signal())).toMatchObject({
      kind: 'failed',
      failure: { code: 'connection-reset', class: 'transient' },
    });
    expect(server.asked).toHaveLength(4);
  });

  it('[LM3.20] asks a POST once, whatever happens', async () => {
    const server = await openServer({ '/load': reset });
    const reply = await ask({ ...question(`${server.address}/load`), body: { model: 'x' } }, systemClock, signal());
    expect(reply).toMatchObject({ kind: 'failed', failure: { code: 'connection-reset' } });
    expect(server.asked).toEqual([expect.objectContaining({ method: 'POST', body: { model: 'x' } })]);
  });

  it('[LM3.21] sends the token as a header when there is one that fits into a header', async () => {
    const server = await openServer({ '/x': { json: 1 } });
    for (const token of ['sk-lm-abc:def', '', 'line\nbreak', 'schlüssel'])
      await ask({ ...question(`${server.address}/x`), token }, systemClock, signal());
    expect(server.asked.map((each) => each.token)).toEqual(['Bearer sk-lm-abc:def', undefined, undefined, undefined]);
  });

  it('[LM3.22] follows no redirect', async () => {
    const elsewhere = await openServer({ '/x': { json: 1 } });
    const server = await openServer({
      '/x': (response) => response.writeHead(302, { location: `${elsewhere.address}/x` }).end(),
    });
    const reply = await ask({ ...question(`${server.address}/x`), token: 'secret' }, systemClock, signal());
    expect(reply).toMatchObject({ kind: 'answer', status: 302 });
    expect(elsewhere.asked).toEqual([]);
  });

  it('[LM3.23] ends after its time against a server that accepts and never answers', async () => {
    const clock = fakeClock();
    const server = await openServer({ '/x': never });
    const reply = ask(question(`${server.address}/x`), clock, signal());
    await waitFor('the request', () => server.asked.length > 0);
    await clock.pass(10_000);
    expect(await reply).toMatchObject({ kind: 'failed', failure: { code: 'timeout' } });
    expect(clock.waiting()).toBe(0);
  });

  it('[LM3.23] ends after its time against a body that trickles', async () => {
    const clock = fakeClock();
    let sent = false;
    const server = await openServer({
      '/x': (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"models":[', () => {
          sent = true;
        });
      },
    });
    const reply = ask(question(`${server.address}/x`), clock, signal());
    await waitFor('the first bytes', () => sent);
    await clock.pass(10_000);
    expect(await reply).toMatchObject({ kind: 'failed', failure: { code: 'timeout' } });
  });

  it('[LM3.24] reads no more than it may of a body that never ends', async () => {
    const server = await openServer({
      '/x': (response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(1_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    });
    expect(await ask(question(`${server.address}/x`), systemClock, signal())).toMatchObject({
      kind: 'failed',
      failure: { code: 'list-too-large', message: expect.stringMatching(/^The model server sent more than/) },
    });
  });

  it('[LM3.25] tells a web page, a program that speaks no HTTP and an empty port apart', async () => {
    const page = await openServer({ '/x': html });
    expect(await ask(question(`${page.address}/x`), systemClock, signal())).toMatchObject({ html: true });
    const banner = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    banner.listen(0, '127.0.0.1');
    onTestFinished(() => void banner.close());
    await once(banner, 'listening');
    const { port } = banner.address() as AddressInfo;
    expect(await ask(question(`http://127.0.0.1:${port}/x`), systemClock, signal())).toMatchObject({
      kind: 'answer',
      status: 0,
    });
    expect(await ask(question(`http://127.0.0.1:${await deadPort()}/x`), systemClock, signal())).toMatchObject({
      kind: 'failed',
      failure: { code: 'connection-refused' },
    });
  });

  it('[LM3.26] passes a cancellation through as its reason and leaves nothing open', async () => {
    const clock = fakeClock();
    const server = await openServer({ '/x': never });
    const controller = new AbortController();
    const reply = ask(question(`${server.address}/x`), clock, controller.signal);
    await waitFor('the request', () => server.asked.length > 0);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
    await expect(ask(question(server.address), clock, controller.signal)).rejects.toBe(reason);
    expect(clock.waiting()).toBe(0);
  });
});
