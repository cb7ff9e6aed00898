import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { atRest, type HeadlessHost, runHeadless } from '../kit/headless.ts';
import { waitFor } from '../kit/wait-for.ts';
import { staysAlive, wholeHost } from '../kit/whole-host.ts';

/** The whole host and whoever knocks at its door. */

/** Takes a port of 127.0.0.1 for the length of the test. */
async function takenPort(port = 0): Promise<number> {
  const taken = createServer().listen(port, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  return (taken.address() as AddressInfo).port;
}

const portOf = (host: HeadlessHost) => Number(new URL(host.base).port);

/** Sends bytes as they are; resolves with what came back until the host hung up. */
async function raw(host: HeadlessHost, bytes: string | Buffer): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: portOf(host) });
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((gone) => socket.once('close', gone));
  return said;
}

/** Connects as the page does and resolves with the code the connection ends with after these frames. */
async function framesEndWith(host: HeadlessHost, frames: (string | Uint8Array)[]): Promise<number> {
  const socket = new WebSocket(`${host.base.replace('http', 'ws')}/ws`, ['reverie', `token.${host.token}`]);
  onTestFinished(() => socket.close());
  await once(socket, 'open');
  const closed = once(socket, 'close') as Promise<[CloseEvent]>;
  for (const frame of frames) socket.send(frame as string);
  return (await closed)[0].code;
}

describe('the port', () => {
  it('[SH7.34] that was asked for and is taken is said in words, with exit 1; nothing was started on the folder', async () => {
    const port = await takenPort();
    const owner = wholeHost();
    const { code, stdout, stderr } = await runHeadless(owner.args('--port', String(port)));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Port ${port}`);
    expect(stderr).toContain('in use');
    expect(stderr).not.toMatch(/\n\s+at /);
    await staysAlive(await owner.start(), owner);
  });

  it('[SH7.35] of last time that is taken by someone else gives way to another, and the link says which', async () => {
    const owner = wholeHost();
    const first = await owner.start();
    const port = portOf(first);
    await first.end('SIGTERM');
    await takenPort(port);
    const second = await owner.start();
    expect(portOf(second)).not.toBe(port);
    expect(second.token, 'the token stays').toBe(first.token);
    await staysAlive(second, owner);
  });
});

describe('whoever knocks', () => {
  it('[SH7.36] without the token gets nothing but 401, in every form, and the host goes on', async () => {
    const owner = wholeHost();
    const host = await owner.start();
    await atRest(host);
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${host.token}x`,
      `Bearer ${host.token.slice(1)}`,
      `bearer\t${host.token.toUpperCase()}`,
      `Basic ${host.token}`,
      `Bearer ${'x'.repeat(8_000)}`,
    ];
    for (const authorization of wrong)
      for (const path of ['/api/snapshot', '/api/insights', '/api/notes', `/api/snapshot?token=${host.token}`]) {
        const answer = await fetch(`${host.base}${path}`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        expect(answer.status, `${authorization} at ${path}`).toBe(401);
        expect(JSON.stringify(await answer.json())).not.toContain(host.token);
      }
    expect((await fetch(`${host.base}/healthz`)).status).toBe(200);
    await staysAlive(host, owner);
  });

  it('[SH7.37] with broken requests, broken frames or far too much is shown out alone, and the host goes on', async () => {
    const owner = wholeHost();
    const host = await owner.start();
    await atRest(host);
    const own = `Host: 127.0.0.1:${portOf(host)}\r\nAuthorization: Bearer ${host.token}\r\n`;
    expect(await raw(host, '\u0016\u0003\u0001 this is no HTTP\r\n\r\n')).toMatch(/^(HTTP\/1\.1 400|$)/);
    expect(await raw(host, `GET / HTTP/1.1\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`)).toMatch(/^(HTTP\/1\.1 431|$)/);
    expect(await raw(host, `GET /api/snapshot HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)).toContain(
      ' 403 ',
    );
    const much = JSON.stringify({ text: 'x'.repeat(1_000_000) });
    const post = `POST /api/notes HTTP/1.1\r\n${own}Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${much.length}\r\n\r\n`;
    expect(await raw(host, post + much)).toMatch(/ 413 |^$/);
    expect(await raw(host, post.replace(String(much.length), '8') + '{"text":')).toContain(' 400 ');
    for (const frames of [
      ['not JSON'],
      ['{"i":'],
      [new Uint8Array([0, 255, 254])],
      ['[]'],
      ['null'],
      ['x'.repeat(2_000_000)],
      ['{"i":1,"p":{"u":"/send","b":{"json":{"kind":"format-the-disk"}}}}', '\u0000'],
    ])
      expect(await framesEndWith(host, frames), String(frames[0]).slice(0, 40)).toBeGreaterThanOrEqual(1002);
    await waitFor('the host to answer', async () => (await host.snapshot()).life === 'running');
    expect(host.stderr()).toBe('');
    await staysAlive(host, owner);
    expect((await host.snapshot()).troubles).toEqual([]);
  });
});
