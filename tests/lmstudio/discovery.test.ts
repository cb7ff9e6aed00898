import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../core/host/system.ts';
import { candidatesOf, familyPorts, greet, portOf, runningKin } from '../../core/lmstudio/driver/discovery.ts';
import type { Traces } from '../../core/lmstudio/driver/home.ts';
import { fakeClock } from '../kit/clock.ts';
import { waitFor } from '../kit/wait-for.ts';
import { bionicConfig, driverOn, internalConfig, restConfig, v1List, v1Model } from './lm-studio-world.ts';
import {
  deadPort,
  foundLms,
  greeting,
  html,
  never,
  openServer,
  type Route,
  reset,
  scriptedLms,
  signal,
} from './rest-world.ts';

const traces = (...servers: Traces['servers']): Traces => ({ homes: [], servers, internalPorts: [], installed: null });
const addresses = (...args: Parameters<typeof candidatesOf>) => candidatesOf(...args).map((each) => each.address);
const lmStudio = { [`/lmstudio-greeting`]: greeting, '/api/v1/models': v1List(v1Model('acme/a')) };

describe('where to look', () => {
  it('[LM1.10] looks where the files say, LM Studio before Bionic, then at 1234 and 1235, at 127.0.0.1 by number', () => {
    const told = traces(
      { of: 'lm-studio', port: 4321, networkInterface: '0.0.0.0' },
      { of: 'bionic', port: 1235, networkInterface: '127.0.0.1' },
    );
    expect(addresses('', told, familyPorts, ['10.0.0.5'])).toEqual([
      'http://127.0.0.1:4321',
      'http://127.0.0.1:1235',
      'http://127.0.0.1:1234',
    ]);
  });

  it('[LM1.11] looks only at a base URL that is set', () => {
    const told = traces({ of: 'lm-studio', port: 4321, networkInterface: '' });
    expect(candidatesOf('http://10.0.0.9:5000/', told, familyPorts, ['10.0.0.5'])).toEqual([
      { address: 'http://10.0.0.9:5000', here: false },
    ]);
    expect(candidatesOf('http://10.0.0.5:5000/v1', told, familyPorts, ['10.0.0.5'])).toEqual([
      { address: 'http://10.0.0.5:5000', here: true },
    ]);
    expect(addresses('http://[::1]:1234/api/v1/', told, familyPorts, [])).toEqual([
      'http://[::1]:1234',
      'http://[::1]:1234/api',
    ]);
    expect(portOf('https://models.example')).toBe(443);
  });

  it('[LM1.11] refuses a base URL that carries a name and a password, and says so without them', async () => {
    const { studio } = await driverOn({ baseUrl: 'http://ada:geheim@127.0.0.1:1/' });
    const { server, address } = await studio.look(signal());
    expect(server).toMatchObject({ kind: 'away', failure: { code: 'base-url-unusable' } });
    expect(address).toBeNull();
    expect(JSON.stringify(server)).not.toContain('geheim');
  });

  it('[LM1.12] tries the address that the server is bound to after loopback, when it is one of this machine', () => {
    const bound = traces({ of: 'lm-studio', port: 1234, networkInterface: '192.168.1.7' });
    expect(addresses('', bound, familyPorts, ['127.0.0.1', '192.168.1.7'])).toEqual([
      'http://127.0.0.1:1234',
      'http://192.168.1.7:1234',
      'http://127.0.0.1:1235',
    ]);
    expect(addresses('', bound, familyPorts, ['127.0.0.1'])).not.toContain('http://192.168.1.7:1234');
  });

  it.runIf(process.platform === 'linux')('[LM1.12] finds a server that is not bound to 127.0.0.1', async () => {
    const server = await openServer(lmStudio, { host: '127.0.0.2' });
    const files = { [restConfig]: { port: server.port, networkInterface: '127.0.0.2' } };
    const { studio } = await driverOn({ files, ownAddresses: ['127.0.0.2'] });
    expect(await studio.look(signal())).toMatchObject({ address: server.address, server: { kind: 'open' } });
  });
});

describe('the greeting', () => {
  it.each([
    [{ lmstudio: true }, 'greets'],
    [{ lmstudio: 'true' }, 'answers'],
    [{ ok: true }, 'answers'],
    [[], 'answers'],
    [null, 'answers'],
    [{ filler: 'x'.repeat(20_000) }, 'answers'],
  ])('[LM1.13] greets only with `lmstudio` true (%j)', async (json, kind) => {
    const server = await openServer({ '/lmstudio-greeting': { json } });
    expect(await greet(server.address, systemClock, signal())).toMatchObject({ kind });
  });

  it('[LM1.13] is asked for without the token', async () => {
    const server = await openServer(lmStudio);
    const { studio } = await driverOn({ rest: [server.port], apiKey: 'sk-lm-secret' });
    await studio.look(signal());
    const tokens = Object.fromEntries(server.asked.map((each) => [each.path, each.token]));
    expect(tokens).toEqual({ '/lmstudio-greeting': undefined, '/api/v1/models': 'Bearer sk-lm-secret' });
  });

  it('[LM1.14] finds nothing where nothing runs: away, and where it was expected', async () => {
    const port = await deadPort();
    const { studio } = await driverOn({ rest: [port] });
    expect(await studio.look(signal())).toMatchObject({
      installed: null,
      running: null,
      rival: null,
      address: `http://127.0.0.1:${port}`,
      server: { kind: 'away', failure: { code: 'connection-refused' } },
      lms: { kind: 'missing' },
    });
    expect(await studio.greets(signal())).toBe(false);
  });

  it('[LM1.14] takes a server that accepts and never answers for away after two seconds', async () => {
    const clock = fakeClock();
    const server = await openServer({ '/lmstudio-greeting': never });
    const { studio } = await driverOn({ rest: [server.port], clock });
    const looked = studio.look(signal());
    await waitFor('the greeting', () => server.asked.length === 1);
    await clock.pass(2_000);
    expect(await looked).toMatchObject({ server: { kind: 'away', failure: { code: 'timeout' } } });
    expect(clock.waiting()).toBe(0);
  });

  it('[LM1.42] asks a base URL for its list when the greeting there is late or breaks off', async () => {
    const list: Route = { json: { data: [{ id: 'gpt' }] } };
    const broken = await openServer({ '/lmstudio-greeting': reset, '/v1/models': list });
    const one = await driverOn({ baseUrl: broken.address });
    expect(await one.studio.look(signal())).toMatchObject({ server: { kind: 'open', product: 'openai' } });
    const clock = fakeClock();
    const slow = await openServer({ '/lmstudio-greeting': never, '/v1/models': list });
    const other = await driverOn({ baseUrl: slow.address, clock });
    const looked = other.studio.look(signal());
    await waitFor('the greeting', () => slow.asked.length === 1);
    await clock.pass(2_000);
    expect(await looked).toMatchObject({ server: { kind: 'open', product: 'openai' } });
    expect(clock.waiting()).toBe(0);
  });

  it('[LM1.43] takes a base URL that gives neither greeting nor list for away, and one where nothing listens', async () => {
    const dumb = await openServer({ '/lmstudio-greeting': reset, '/models': reset, '/v1/models': reset });
    const { studio } = await driverOn({ baseUrl: `${dumb.address}/v1` });
    expect(await studio.look(signal())).toMatchObject({
      server: { kind: 'away', failure: { code: 'connection-reset' } },
    });
    const port = await deadPort();
    const none = await driverOn({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await none.studio.look(signal())).toMatchObject({
      address: `http://127.0.0.1:${port}`,
      server: { kind: 'away', failure: { code: 'connection-refused' } },
    });
  });

  it('[LM1.43] takes a base URL that answers and breaks off its list for unwell', async () => {
    const server = await openServer({ '/v1/models': reset });
    const { studio } = await driverOn({ baseUrl: server.address });
    expect(await studio.look(signal())).toMatchObject({
      server: { kind: 'unwell', failure: { code: 'connection-reset' } },
    });
  });

  it('[LM1.15] names another program at the expected port for what it is, without its words', async () => {
    const page = await openServer({ '/lmstudio-greeting': html });
    const { studio } = await driverOn({ rest: [page.port] });
    const { server } = await studio.look(signal());
    expect(server).toMatchObject({ kind: 'foreign', failure: { code: 'foreign-server', class: 'permanent' } });
    expect(server.kind === 'foreign' && server.failure.message).toMatch(/shows web pages answers\. Quit that program/);
    expect(JSON.stringify(server)).not.toContain('Grafana');
    expect(page.asked.map((each) => each.path)).toEqual(['/lmstudio-greeting']);
  });

  it('[LM1.15] names a program that speaks no HTTP too', async () => {
    const banner = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    banner.listen(0, '127.0.0.1');
    onTestFinished(() => void banner.close());
    await once(banner, 'listening');
    const { studio } = await driverOn({ rest: [(banner.address() as AddressInfo).port] });
    const { server } = await studio.look(signal());
    expect(server).toMatchObject({ kind: 'foreign', failure: { message: expect.stringContaining('no HTTP') } });
  });

  it('[LM1.15] passes over another program where LM Studio answers elsewhere, or is expected elsewhere', async () => {
    const page = await openServer({ '/lmstudio-greeting': html });
    const server = await openServer(lmStudio);
    const found = await driverOn({ rest: [page.port, server.port] });
    expect(await found.studio.look(signal())).toMatchObject({ address: server.address, server: { kind: 'open' } });
    const elsewhere = await driverOn({ rest: [await deadPort(), page.port] });
    expect(await elsewhere.studio.look(signal())).toMatchObject({ server: { kind: 'away' } });
  });

  it('[LM1.16] believes the greeting, whatever `lms` says', async () => {
    const server = await openServer(lmStudio);
    const { lms } = scriptedLms({
      found: () => Promise.resolve(foundLms),
      daemon: () => Promise.resolve({ running: false, isDaemon: null }),
    });
    const { studio } = await driverOn({ rest: [server.port], lms });
    expect(await studio.look(signal())).toMatchObject({ running: 'lm-studio', server: { kind: 'open' } });
  });
});

describe('programs that run', () => {
  const status = (name: string) => ({ '/lms-status': { json: { package: name, version: '1.0' } } });

  it.each([
    ['lmstudio', 'lm-studio'],
    ['daemon', 'llmster'],
    ['bionic', 'bionic'],
  ])('[LM1.17] tells %s by its internal server while its server is off', async (name, product) => {
    const internal = await openServer(status(name));
    const byPort = await driverOn({ rest: [await deadPort()], internal: [internal.port] });
    expect(await byPort.studio.look(signal())).toMatchObject({
      installed: product,
      running: product,
      rival: null,
      server: { kind: 'away' },
    });
    const byFile = await driverOn({ files: { [internalConfig]: { port: internal.port } } });
    expect(await byFile.studio.look(signal())).toMatchObject({ running: product });
  });

  it('[LM1.17] tells an old program, which only greets there, and nothing by a stranger at the port', async () => {
    const old = await openServer({ '/lmstudio-greeting': greeting });
    expect(await runningKin([old.port], systemClock, signal())).toEqual([{ product: 'lm-studio', port: old.port }]);
    const stranger = await openServer({ '/lms-status': { json: { package: 'leftpad' } }, '/lmstudio-greeting': html });
    expect(await runningKin([stranger.port, await deadPort()], systemClock, signal())).toEqual([]);
  });

  it('[LM1.18] 2232: names Bionic beside LM Studio as the rival of the one that serves', async () => {
    const own = await openServer(status('lmstudio'));
    const other = await openServer(status('bionic'));
    const server = await openServer(lmStudio);
    const kin = { internal: [own.port, other.port] };
    const served = await driverOn({ ...kin, files: { [restConfig]: { port: server.port } } });
    expect(await served.studio.look(signal())).toMatchObject({
      running: 'lm-studio',
      rival: 'bionic',
      server: { product: 'lm-studio' },
    });
    const turned = await driverOn({ ...kin, files: { [bionicConfig]: { port: server.port } } });
    expect(await turned.studio.look(signal())).toMatchObject({
      running: 'bionic',
      rival: 'lm-studio',
      server: { product: 'bionic' },
    });
  });

  it('[LM1.18] takes LM Studio and its own daemon for no rivals', async () => {
    const own = await openServer(status('lmstudio'));
    const daemon = await openServer(status('daemon'));
    const { studio } = await driverOn({ internal: [daemon.port, own.port] });
    expect(await studio.look(signal())).toMatchObject({ rival: null });
  });

  it('[LM1.19] asks `lms` whether the program runs only where nothing else tells, once a minute', async () => {
    const clock = fakeClock();
    const { lms, calls } = scriptedLms({
      found: () => Promise.resolve(foundLms),
      daemon: () => Promise.resolve({ running: true, isDaemon: true }),
    });
    const { studio } = await driverOn({ rest: [await deadPort()], lms, clock });
    expect(await studio.look(signal())).toMatchObject({ running: 'llmster', installed: 'llmster' });
    await clock.pass(59_000);
    expect(await studio.look(signal())).toMatchObject({ running: 'llmster' });
    expect(calls).toEqual(['daemon']);
    await clock.pass(1_000);
    await studio.look(signal());
    expect(calls).toEqual(['daemon', 'daemon']);
    const server = await openServer(lmStudio);
    const told = await driverOn({ rest: [server.port], lms });
    await told.studio.look(signal());
    expect(calls.filter((each) => each === 'daemon')).toHaveLength(2);
  });
});

describe('knocking', () => {
  it('[LM1.20] asks the address that answered last first, and then no other', async () => {
    const dead = await deadPort();
    const server = await openServer(lmStudio);
    const { studio } = await driverOn({ rest: [dead, server.port] });
    await studio.look(signal());
    const first = await openServer(lmStudio, { port: dead });
    server.asked.length = 0;
    expect(await studio.greets(signal())).toBe(true);
    expect(server.asked.map((each) => each.path)).toEqual(['/lmstudio-greeting']);
    expect(first.asked).toEqual([]);
  });

  it('[LM1.21] finds the server again where it went', async () => {
    const server = await openServer(lmStudio);
    const { studio, write } = await driverOn({ files: { [restConfig]: { port: server.port } } });
    expect(await studio.greets(signal())).toBe(true);
    await server.close();
    expect(await studio.greets(signal())).toBe(false);
    const moved = await openServer(lmStudio);
    write(restConfig, { port: moved.port });
    expect(await studio.greets(signal())).toBe(true);
  });

  it('[LM1.21] knocks at the new base URL when the settings change', async () => {
    const server = await openServer(lmStudio);
    const { studio, settings } = await driverOn({ rest: [server.port] });
    expect(await studio.greets(signal())).toBe(true);
    settings.model.baseUrl = `http://127.0.0.1:${await deadPort()}`;
    expect(await studio.greets(signal())).toBe(false);
  });

  it('[LM1.22] takes the list of a server that does not greet for its greeting, a demand for a token included', async () => {
    const server = await openServer({ '/v1/models': { json: { data: [{ id: 'gpt' }] } } });
    const { studio } = await driverOn({ baseUrl: `${server.address}/v1` });
    await studio.look(signal());
    expect(await studio.greets(signal())).toBe(true);
    server.routes['/v1/models'] = { status: 401, json: { error: { code: 'invalid_api_key' } } };
    expect(await studio.greets(signal())).toBe(true);
    server.routes['/v1/models'] = { status: 503, json: {} };
    expect(await studio.greets(signal())).toBe(false);
  });

  it('[LM1.23] gives up after two seconds in all', async () => {
    const clock = fakeClock();
    const server = await openServer(lmStudio);
    const second = await openServer({ '/lmstudio-greeting': html });
    const { studio } = await driverOn({ rest: [server.port, second.port], clock });
    expect(await studio.greets(signal())).toBe(true);
    second.routes['/lmstudio-greeting'] = never;
    server.routes['/lmstudio-greeting'] = never;
    const begunAt = clock.elapsed();
    const knocked = studio.greets(signal());
    await waitFor('the first knock', () => server.asked.length === 2);
    await clock.pass(1_000);
    await waitFor('the other knock', () => second.asked.length === 2);
    await clock.pass(1_000);
    expect(await knocked).toBe(false);
    expect(clock.elapsed() - begunAt).toBeLessThanOrEqual(2_000);
  });

  it('[LM1.24] passes a cancellation through as its reason', async () => {
    const server = await openServer({ '/lmstudio-greeting': never });
    const { studio } = await driverOn({ rest: [server.port] });
    for (const call of [studio.look, studio.greets]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      server.asked.length = 0;
      const running = call(controller.signal);
      await waitFor('the knock', () => server.asked.length > 0);
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
    }
  });
});
