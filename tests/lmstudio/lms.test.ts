import { describe, expect, it } from 'vitest';
import type { LoadWish } from '../../core/lmstudio/lm-studio.ts';
import { scriptedLms, simulatedLms } from '../kit/lmstudio/lms-driven.ts';

const { signal } = new AbortController();
const wish: LoadWish & { path: string; identifier: string } = {
  key: 'acme/demo-8b',
  path: 'acme/demo-8b',
  identifier: 'reverie/demo-8b',
  contextTokens: 8_192,
  ttlSeconds: 86_400,
  parallel: 1,
  gpu: 'max',
};
const nothing = () => undefined;
const codeOf = async (asked: Promise<{ ok: true } | { ok: false; failure: { code: string } }>) => {
  const answer = await asked;
  return answer.ok ? 'ok' : answer.failure.code;
};
const json = (value: unknown) => ({ stdout: JSON.stringify(value) });
const model = { modelKey: wish.key, path: wish.path };
const instance = { ...model, identifier: wish.identifier };

describe('lms against the simulator', () => {
  it.each(['0.3.16', '0.4.21', 'bionic-1.1'] as const)(
    '[LM2.9, LM2.10] %s: starts the server, lists, loads with progress, tells what is loaded, unloads',
    async (profile) => {
      const { lms, sim } = await simulatedLms({ profile, running: false });
      expect(await codeOf(lms.startServer(null, signal))).toBe('ok');
      const port = sim.restPort() ?? 0;
      const models = await lms.list(port, signal);
      expect(models.ok && models.value.find((each) => each.key === wish.key)).toMatchObject({
        type: 'llm',
        remote: false,
      });
      const shares: number[] = [];
      expect(await codeOf(lms.load(wish, port, (share) => shares.push(share), signal))).toBe('ok');
      expect(shares.at(-1)).toBe(1);
      const loaded = await lms.loaded(port, signal);
      expect(loaded.ok && loaded.value).toMatchObject([{ id: wish.identifier, key: wish.key, contextTokens: 8_192 }]);
      expect(sim.instancesNow()).toMatchObject([{ ttlMs: 86_400_000, loadedBy: 'lms' }]);
      expect(await codeOf(lms.unload(wish.identifier, port, signal))).toBe('ok');
      expect([sim.instancesNow(), sim.loads()]).toEqual([[], 1]);
    },
  );

  it('[LM2.11] wakes a closed program for nothing but the start of its server', async () => {
    const { lms, sim, port } = await simulatedLms({ running: false });
    expect(await lms.found(signal)).toMatchObject({ kind: 'found' });
    expect(await lms.daemon(signal)).toEqual({ running: false, isDaemon: null });
    expect(await codeOf(lms.list(port, signal))).toBe('lms-failed');
    expect(await codeOf(lms.loaded(port, signal))).toBe('lms-failed');
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('lms-failed');
    expect(await codeOf(lms.unload('x', port, signal))).toBe('lms-failed');
    expect(sim.running()).toBe(false);
    expect(await codeOf(lms.startServer(null, signal))).toBe('ok');
    expect(await lms.daemon(signal)).toEqual({ running: true, isDaemon: false });
  });

  it('[LM2.12] a ps race is asked once more', async () => {
    const { lms, sim, port } = await simulatedLms();
    sim.faults.inject('ps-race');
    expect(await lms.loaded(port, signal)).toEqual({ ok: true, value: [] });
    sim.faults.inject('ps-race', 2);
    expect(await codeOf(lms.loaded(port, signal))).toBe('lms-failed');
  });

  it('[LM2.13] an unknown id on unload with exit 0 counts as unloaded, a taken name on load as what it is', async () => {
    const { lms, sim, port } = await simulatedLms();
    expect(await codeOf(lms.unload('nobody', port, signal))).toBe('ok');
    await sim.load(wish.key, { identifier: wish.identifier });
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('identifier-in-use');
    expect(await codeOf(lms.load({ ...wish, path: 'acme/gone' }, port, nothing, signal))).toBe('identifier-in-use');
    sim.unload(wish.identifier);
    expect(await codeOf(lms.load({ ...wish, path: 'acme/gone' }, port, nothing, signal))).toBe('model-missing');
    expect(sim.instancesNow()).toEqual([]);
  });

  it('[LM2.14] a refusal by the guardrails and a crash on load are told apart, in Chinese taken for a failed load', async () => {
    const { lms, sim, port } = await simulatedLms({ memoryBytes: 1_000 });
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('insufficient-resources');
    sim.lms.chinese = true;
    expect(await codeOf(lms.load(wish, port, nothing, signal))).toBe('model-load-failed');
    expect(sim.instancesNow()).toEqual([]);
  });

  it('[LM2.15] downloads what the catalogue has', async () => {
    const { lms, sim, port } = await simulatedLms({ parts: { freeBytes: async () => null } });
    const shares: number[] = [];
    const name = 'acme/demo-8b';
    expect(await codeOf(lms.get(name, port, (share) => shares.push(share), signal))).toBe('ok');
    expect(await codeOf(lms.get('acme/nowhere', port, nothing, signal))).toBe('download-failed');
    expect(sim.loads()).toBe(0);
  });
});

describe('what lms is asked', () => {
  it('[LM2.9] loads by exact path under a name of ours, with time, window, slots and GPU as wished', async () => {
    const { lms, asked } = scriptedLms({});
    await lms.load(wish, 41_343, nothing, signal);
    await lms.load({ ...wish, ttlSeconds: 0.2, gpu: 0.333 }, 41_343, nothing, signal);
    await lms.load({ ...wish, ttlSeconds: null, gpu: 'off' }, 41_343, nothing, signal);
    const path = '--exact acme/demo-8b --identifier reverie/demo-8b -c 8192';
    expect(asked).toEqual([
      `load ${path} --gpu max --ttl 86400 --parallel 1 --port 41343`,
      `load ${path} --gpu 0.33 --ttl 1 --parallel 1 --port 41343`,
      `load ${path} --gpu off --parallel 1 --port 41343`,
    ]);
  });

  it('[LM2.10] leaves out --parallel for an lms that does not know it, once', async () => {
    const refused = { exitCode: 1, stderr: "error: unknown option '--parallel'" };
    const { lms, asked } = scriptedLms({ load: [refused, { stdout: '100%' }] });
    expect(await codeOf(lms.load(wish, 1, nothing, signal))).toBe('ok');
    expect(asked.map((each) => each.includes('--parallel'))).toEqual([true, false]);
    const stubborn = scriptedLms({ load: [refused], ps: [json([])], ls: [json([model])] });
    expect(await codeOf(stubborn.lms.load(wish, 1, nothing, signal))).toBe('model-load-failed');
    expect(stubborn.asked.filter((each) => each.startsWith('load'))).toHaveLength(2);
  });

  it('[LM2.16] takes no path, name or id that could be read as an option', async () => {
    const { lms, asked } = scriptedLms({});
    expect(await codeOf(lms.load({ ...wish, path: '--help' }, 1, nothing, signal))).toBe('model-load-failed');
    expect(await codeOf(lms.load({ ...wish, identifier: 'a\nb' }, 1, nothing, signal))).toBe('model-load-failed');
    expect(await codeOf(lms.unload('--all', 1, signal))).toBe('lms-failed');
    for (const name of ['--help', 'a', '-a/b', 'a/-b', 'https://example.org/a/b', 'a/b c', '../b', 'a/b/c', ''])
      expect(await codeOf(lms.get(name, 1, nothing, signal))).toBe('download-failed');
    expect(asked).toEqual([]);
  });
});

describe('how it went', () => {
  it('[LM2.13] believes what is loaded, not the exit code of load and unload', async () => {
    const stays = scriptedLms({ unload: [{ stderr: 'unloaded' }], ps: [json([instance])] });
    expect(await codeOf(stays.lms.unload(wish.identifier, 1, signal))).toBe('lms-failed');
    const gone = scriptedLms({ unload: [{ exitCode: 1 }], ps: [json([])] });
    expect(await codeOf(gone.lms.unload(wish.identifier, 1, signal))).toBe('ok');
    const unsure = scriptedLms({ unload: [{}], ps: [{ exitCode: 1 }] });
    expect(await codeOf(unsure.lms.unload(wish.identifier, 1, signal))).toBe('lms-failed');
    const loaded = scriptedLms({ load: [{ exitCode: 1, stdout: 'x 40%' }], ps: [json([instance])] });
    expect(await codeOf(loaded.lms.load(wish, 1, nothing, signal))).toBe('ok');
  });

  it('[LM2.14] tells why a load failed by what is there, by codes, and by words only at last', async () => {
    const failing = (stderr: string, there: object[] = [model], loaded: object[] = []) =>
      codeOf(
        scriptedLms({ load: [{ exitCode: 1, stderr }], ps: [json(loaded)], ls: [json(there)] }).lms.load(
          wish,
          1,
          nothing,
          signal,
        ),
      );
    expect(await failing('Model loading was stopped due to insufficient system resources.')).toBe(
      'insufficient-resources',
    );
    expect(await failing('The model has crashed. (Exit code: 6)')).toBe('model-load-failed');
    expect(await failing('加载模型失败：系统资源不足。')).toBe('model-load-failed');
    expect(await failing('加载模型失败', [])).toBe('model-missing');
    expect(await failing('insufficient system resources', [])).toBe('model-missing');
    expect(await failing('加载模型失败', [model], [instance])).toBe('identifier-in-use');
  });

  it('[LM2.15] begins no download without room, and calls one that found no room disk-full', async () => {
    let free: number | null = 1_999_999_999;
    const script = (said: object, there: object[] = []) =>
      scriptedLms({ get: [said], ls: [json(there)] }, { freeBytes: async () => free });
    const ask = async (driver: ReturnType<typeof script>) =>
      codeOf(driver.lms.get('acme/New-GGUF@q4', 1, nothing, signal));
    const none = script({});
    expect([await ask(none), none.asked]).toEqual(['disk-full', []]);
    free = 2_000_000_000;
    expect(await ask(script({}, [{ modelKey: 'new', path: 'acme/new/new.gguf' }]))).toBe('ok');
    expect(await ask(script({}, [model]))).toBe('download-failed');
    expect(await ask(script({ exitCode: 1, stderr: '下载失败。' }))).toBe('download-failed');
    expect(await ask(script({ exitCode: 1, stderr: 'ENOSPC: no space left on device' }))).toBe('disk-full');
    const fills = script({ exitCode: 1, stdout: '99%' });
    const filling = fills.lms.get('acme/new', 1, () => (free = 50_000_000), signal);
    expect(await codeOf(filling)).toBe('disk-full');
    free = null;
    expect(await ask(script({ exitCode: 1 }))).toBe('download-failed');
  });

  it('[LM2.17] says what happened and what to do in words of its own, and repeats none of lms', async () => {
    const { lms, logged } = scriptedLms({
      load: [{ exitCode: 1, stderr: 'hostile words', stdout: 'hostile words' }],
      ps: [json([])],
      ls: [json([model]), { stdout: 'hostile words' }],
      get: [{ exitCode: 1, stderr: 'hostile words' }],
      server: [{ exitCode: 1, stderr: 'hostile words' }],
    });
    const answers = [
      await lms.load(wish, 1, nothing, signal),
      await lms.list(1, signal),
      await lms.startServer(null, signal),
    ];
    for (const answer of answers) expect(answer.ok ? '' : answer.failure.message).toMatch(/^.{30,400}\.$/);
    expect(JSON.stringify([answers, logged])).not.toMatch(/hostile/);
  });
});
