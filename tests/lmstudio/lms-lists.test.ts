import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freeForModels } from '../../core/lmstudio/driver/lms-disk.ts';
import { daemonOf, instancesOf, modelsOf, versionOf } from '../../core/lmstudio/driver/lms-lists.ts';
import { readProgress } from '../../core/lmstudio/driver/lms-progress.ts';
import { temporaryFolder } from '../kit/data-dir.ts';

const full = {
  type: 'llm',
  modelKey: 'acme/demo-8b',
  format: 'gguf',
  displayName: 'Demo 8B',
  publisher: 'acme',
  path: 'acme/demo-8b/file.gguf',
  sizeBytes: 5_000_000_000,
  indexedModelIdentifier: 'acme/demo-8b',
  deviceIdentifier: null,
  paramsString: '8B',
  architecture: 'llama',
  quantization: { name: 'Q4_K_M', bits: 4 },
  identifier: 'reverie/demo-8b',
  ttlMs: 3_600_000,
  lastUsedTime: 1_790_000_000_000,
  vision: false,
  maxContextLength: 131_072,
  contextLength: 8_192,
  status: 'processingPrompt',
  queued: 2,
  parallel: 4,
};
const untold = { params: null, quantization: null, sizeBytes: null, maxContextTokens: null, reasons: null, path: null };
const bare = { contextTokens: null, parallel: null, ttlMs: null, lastUsedAt: null, queued: null, sizeBytes: null };

describe('the JSON of lms', () => {
  it('[LM2.5] is read into models and instances, with all keys or nearly none', () => {
    expect(modelsOf(JSON.stringify([full, { modelKey: 'old' }]))).toEqual([
      {
        key: 'acme/demo-8b',
        name: 'Demo 8B',
        type: 'llm',
        params: '8B',
        quantization: 'Q4_K_M',
        sizeBytes: 5_000_000_000,
        maxContextTokens: 131_072,
        reasons: null,
        path: 'acme/demo-8b/file.gguf',
        remote: false,
      },
      { ...untold, key: 'old', name: 'old', type: 'other', remote: false },
    ]);
    expect(instancesOf(JSON.stringify([full, { modelKey: 'old', identifier: 'old:2' }]))).toEqual([
      {
        id: 'reverie/demo-8b',
        key: 'acme/demo-8b',
        type: 'llm',
        contextTokens: 8_192,
        parallel: 4,
        ttlMs: 3_600_000,
        lastUsedAt: 1_790_000_000_000,
        work: 'processing-prompt',
        queued: 2,
        sizeBytes: 5_000_000_000,
        remote: false,
      },
      { ...bare, id: 'old:2', key: 'old', type: 'other', work: 'unknown', remote: false },
    ]);
  });

  it('[LM2.5] is read past new kinds, values of another kind and items that are none', () => {
    const strange = {
      ...full,
      type: 'decision',
      status: 'dreaming',
      deviceIdentifier: 'far',
      sizeBytes: '5',
      queued: -1,
    };
    const items = [null, 7, 'x', [], {}, { modelKey: 3 }, { ...full, quantization: 'Q4', parallel: {} }, strange];
    expect(instancesOf(JSON.stringify(items))).toMatchObject([
      { id: 'reverie/demo-8b', parallel: null },
      { type: 'other', work: 'unknown', remote: true, sizeBytes: null, queued: null },
    ]);
    expect(modelsOf(JSON.stringify(items))).toMatchObject([{ quantization: null }, { type: 'other', remote: true }]);
    expect(modelsOf('\u001b[?25l\rone moment\n\u001b[K[]\n')).toEqual([]);
    for (const none of ['', 'Aucun modèle', '{}', '{"models":[]}', '[{"modelKey":', 'null', '没有模型'])
      expect([modelsOf(none), instancesOf(none)]).toEqual([null, null]);
  });

  it('[LM2.6] may be a list of 5,000 models', () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({ ...full, modelKey: `acme/${at}` }));
    const text = JSON.stringify(many);
    expect(text.length).toBeLessThan(8_000_000);
    expect(modelsOf(text)?.at(-1)?.key).toBe('acme/4999');
    expect(modelsOf(text)).toHaveLength(5_000);
  });

  it('[LM2.5] tells a version as it is and a daemon only in words that are known', () => {
    expect([
      versionOf('{"version":"71bd99c"}\n'),
      versionOf('{"version":"0.0.47"}'),
      versionOf('{"version":47}'),
    ]).toEqual(['71bd99c', '0.0.47', null]);
    expect(daemonOf('{"status":"running","pid":7,"isDaemon":true}')).toEqual({ running: true, isDaemon: true });
    expect(daemonOf('{"status":"running"}')).toEqual({ running: true, isDaemon: null });
    expect(daemonOf('{"status":"not-running"}')).toEqual({ running: false, isDaemon: null });
    expect([daemonOf('{"status":"en marche"}'), daemonOf('[]'), daemonOf('')]).toEqual([null, null, null]);
  });
});

describe('progress bars', () => {
  const heard = (...pieces: string[]) => {
    const shares: number[] = [];
    const read = readProgress((share) => shares.push(share));
    for (const piece of pieces) read(piece);
    return shares;
  };

  it('[LM2.7] tell their shares in any language, however the pieces fall', () => {
    const text =
      '\u001b[?25l\r\u001b[K⠋ Loading acme/demo 0%\r\u001b[K⠙ 正在加载 42%\r\u001b[Kx 42%\r\u001b[K[##] 99.50 %\r 100%\u001b[?25h';
    expect(heard(...text.split(''))).toEqual([0, 0.42, 0.995, 1]);
    expect(heard(text)).toEqual([1]);
    expect(heard(text.slice(0, 60), text.slice(60)).at(-1)).toBe(1);
  });

  it('[LM2.7] tell nothing where there is no share, however much they say', () => {
    expect(heard('', '%', '150%', 'v1.2.3.4%', '12345%', 'all work and no play\n'.repeat(100_000))).toEqual([]);
  });
});

describe('free space for models', () => {
  it('[LM2.8] is that of the folder in LM Studio’s settings, else below its home, else of what is above', async () => {
    const folder = temporaryFolder('disk');
    const home = join(folder.path, '.lmstudio');
    const here = await freeForModels([home], folder.path);
    expect(here).toBeGreaterThan(0);
    mkdirSync(home);
    const settings = (text: string) => writeFileSync(join(home, 'settings.json'), text);
    // A disk of another size than any real one: it always says 0 free.
    settings(JSON.stringify({ downloadsFolder: '/proc/self' }));
    expect(await freeForModels([home], folder.path)).toBe(0);
    expect(await freeForModels([], folder.path)).toBe(0);
    for (const bad of ['', '{', '[]', '{"downloadsFolder":7}', '{"downloadsFolder":"relative"}']) {
      settings(bad);
      expect(await freeForModels([home], folder.path)).toBeGreaterThan(0);
    }
    folder.remove();
  });
});
