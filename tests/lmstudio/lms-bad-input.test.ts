import { describe, expect, it } from 'vitest';
import type { LoadWish } from '../../core/lmstudio/lm-studio.ts';
import { impostor, lmsDriver, simulatedLms } from '../kit/lmstudio/lms-driven.ts';
import { createHold } from '../kit/lmstudio/pace.ts';
import { waitFor } from '../kit/wait-for.ts';

const { signal } = new AbortController();
const nothing = () => undefined;
const wish: LoadWish & { path: string; identifier: string } = {
  key: 'acme/demo-8b',
  path: 'acme/demo-8b',
  identifier: 'reverie/demo-8b',
  contextTokens: 8_192,
  ttlSeconds: null,
  parallel: 1,
  gpu: 'max',
};
const codeOf = async (asked: Promise<{ ok: true } | { ok: false; failure: { code: string } }>) => {
  const answer = await asked;
  return answer.ok ? 'ok' : answer.failure.code;
};

describe('bad input: an lms that', () => {
  it('[LM2.18] hangs: ended at its time, said so', async () => {
    const { lms, sim, port } = await simulatedLms({ parts: { limits: { queryMs: 300, wakeMs: 300 } } });
    expect(await lms.found(signal)).toMatchObject({ kind: 'found' });
    sim.lms.hang = ['*'];
    expect(await codeOf(lms.loaded(port, signal))).toBe('lms-timeout');
    expect(await codeOf(lms.startServer(null, signal))).toBe('lms-timeout');
    expect(await lms.daemon(signal)).toBeNull();
  });

  it('[LM2.18] hangs over a load: ended at the time of the settings', async () => {
    const { lms, userHome } = lmsDriver({ loadMs: 300 });
    impostor(userHome, `[ "$1" = version ] && echo '{"version":"1"}' || exec sleep 1000`);
    expect(await lms.found(signal)).toMatchObject({ kind: 'found' });
    expect(await codeOf(lms.load(wish, 1, nothing, signal))).toBe('lms-timeout');
  });

  it('[LM2.19] prints 10 MB: no list, and yet a load', async () => {
    const { lms, sim, port } = await simulatedLms();
    sim.lms.flood = ['ps', 'ls', 'load'];
    expect(await codeOf(lms.loaded(port, signal))).toBe('lms-failed');
    expect(await codeOf(lms.list(port, signal))).toBe('lms-failed');
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('ok');
    expect(sim.instancesNow()).toMatchObject([{ id: wish.identifier }]);
  });

  it('[LM2.20] 1885, lms#582: dies of an illegal instruction: unusable, and found again when it runs again', async () => {
    const { lms, sim, port } = await simulatedLms();
    expect(await lms.found(signal)).toMatchObject({ kind: 'found' });
    sim.lms.dies = 'SIGILL';
    const answer = await lms.loaded(port, signal);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'lms-unusable' } });
    expect(answer.ok ? '' : answer.failure.message).toContain('illegal instruction');
    sim.lms.dies = null;
    expect(await codeOf(lms.loaded(port, signal))).toBe('ok');
  });

  it('[LM2.21] speaks Chinese: understood all the same', async () => {
    const { lms, sim, port } = await simulatedLms();
    sim.lms.chinese = true;
    expect(await codeOf(lms.list(port, signal))).toBe('ok');
    const shares: number[] = [];
    expect(await codeOf(lms.load(wish, port, (share) => shares.push(share), signal))).toBe('ok');
    expect(shares.at(-1)).toBe(1);
    expect(await codeOf(lms.load({ ...wish, identifier: 'x', path: 'gone' }, port, nothing, signal))).toBe(
      'model-missing',
    );
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('identifier-in-use');
    expect(await codeOf(lms.unload(wish.identifier, port, signal))).toBe('ok');
    expect(await codeOf(lms.list(1, signal))).toBe('lms-failed');
  });

  it('[LM2.22] wants to start a stale AppImage: says to start it by hand', async () => {
    const { lms, sim } = await simulatedLms({ running: false });
    sim.lms.dies = 'ENOENT';
    const answer = await lms.startServer(null, signal);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'lms-unusable' } });
    expect(answer.ok ? '' : answer.failure.message).toContain('by hand');
    sim.lms.dies = null;
    expect(await codeOf(lms.startServer(null, signal))).toBe('ok');
  });

  it('[LM2.22] cannot start the server: says what may be in its way', async () => {
    const { lms, sim } = await simulatedLms({ running: false });
    const answer = await lms.startServer(sim.controlPort, signal);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'lms-failed' } });
    expect(answer.ok ? '' : answer.failure.message).toContain('port');
  });

  it('[LM2.23] is old: no daemon to ask, few keys to read', async () => {
    const { lms, sim, port } = await simulatedLms();
    sim.lms.old = true;
    expect(await lms.found(signal)).toMatchObject({ version: '0.0.47' });
    expect(await lms.daemon(signal)).toBeNull();
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('ok');
    const loaded = await lms.loaded(port, signal);
    expect(loaded.ok && loaded.value).toMatchObject([
      { contextTokens: 8_192, parallel: null, queued: null, work: 'unknown' },
    ]);
  });

  it('[LM2.24] is told to stop in the middle of a load: ends at once with the reason, and so does the load', async () => {
    const { lms, sim, port } = await simulatedLms({ load: createHold() });
    const controller = new AbortController();
    const reason = new Error('the owner came back');
    const refused = expect(lms.load(wish, port, nothing, controller.signal)).rejects.toBe(reason);
    await waitFor('the load to begin', () => sim.loads() === 1);
    controller.abort(reason);
    await refused;
    await waitFor('the load to end', () => sim.instancesNow().length === 0);
    await expect(lms.list(port, controller.signal)).rejects.toBe(reason);
    await expect(lms.daemon(controller.signal)).rejects.toBe(reason);
  });
});
