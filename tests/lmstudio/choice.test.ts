import { describe, expect, it } from 'vitest';
import { advise } from '../../core/lmstudio/advice.ts';
import type { Catalogue, Instance, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import { chooseModel, duplicatesIn } from '../../core/lmstudio/choice.ts';
import { entry, instance } from '../kit/lm-studio-double.ts';

const list = (instances: Instance[], models: ModelEntry[] = [], over: Partial<Catalogue> = {}): Catalogue => ({
  api: 'v1',
  models,
  instances,
  tellsLoaded: true,
  ...over,
});
const wish = { name: '', type: 'llm', contextTokens: 8_192 } as const;

describe('which model thinks', () => {
  it('[LM2.73] without a name it is one that the owner has loaded: enough context first, this machine first, then the one used last', () => {
    const small = instance('small', { contextTokens: 4_096, lastUsedAt: 9 });
    const old = instance('old', { lastUsedAt: 1 });
    const recent = instance('recent', { lastUsedAt: 2 });
    const far = instance('far', { lastUsedAt: 3, remote: true });
    const embedder = instance('embedder', { type: 'embedding', lastUsedAt: 99 });
    const from = (...instances: Instance[]) => {
      const choice = chooseModel(list(instances), wish);
      return choice.kind === 'use' ? choice.instance.id : choice.kind;
    };
    expect(from(small, old, far, recent, embedder)).toBe('recent');
    expect(from(small, old, far)).toBe('old');
    expect(from(small, far)).toBe('far');
    expect(from(small, embedder)).toBe('small');
    expect(from(embedder)).toBe('none');
  });

  it('[LM2.74] a name means a key, a variant of it, or an instance, and nothing that merely begins alike', () => {
    const loaded = list([instance('acme/demo:2', { key: 'acme/demo' }), instance('acme/demo-large')]);
    const used = (name: string) => {
      const choice = chooseModel(loaded, { ...wish, name });
      return choice.kind === 'use' ? choice.instance.id : choice.kind;
    };
    expect(used('acme/demo')).toBe('acme/demo:2');
    expect(used('acme/demo:2')).toBe('acme/demo:2');
    expect(used('acme/dem')).toBe('none');
    expect(chooseModel(list([instance('m@q8_0', { key: 'm@q8_0' })]), { ...wish, name: 'm' }).kind).toBe('use');
  });

  it('[LM2.75] a named model that is on the disk is to be loaded, another is not there, and an unnamed one is never loaded', () => {
    const models = [entry('acme/demo'), entry('vectors', { type: 'embedding' })];
    expect(chooseModel(list([], models), { ...wish, name: 'acme/demo' })).toMatchObject({ kind: 'load' });
    expect(chooseModel(list([], models), { ...wish, name: 'gone' })).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('does not have it'),
    });
    expect(chooseModel(list([], models), { ...wish, name: 'vectors' }).kind).toBe('none');
    expect(chooseModel(list([], models), wish)).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('one model'),
    });
    expect(chooseModel(list([]), wish)).toMatchObject({ why: expect.stringContaining('no language model') });
  });

  it('[LM2.76] a small window is used and told; one that holds no thought is not used', () => {
    const choice = chooseModel(list([instance('m', { contextTokens: 4_096 })]), wish);
    expect(choice).toMatchObject({ kind: 'use', short: true, why: expect.stringContaining('4,096') });
    expect(chooseModel(list([instance('m', { contextTokens: 1_024 })]), wish)).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('1,024'),
    });
  });

  it('[LM2.77] a list that does not tell what is loaded is taken at its word', () => {
    const models = [entry('vectors', { type: 'embedding' }), entry('gpt-x')];
    const choice = chooseModel(list([], models, { tellsLoaded: false, api: 'openai' }), wish);
    expect(choice).toMatchObject({ kind: 'use', instance: { id: 'gpt-x', contextTokens: null } });
    expect(choice.why).not.toContain('loaded');
    const two = list([], [...models, entry('image-y')], { tellsLoaded: false, api: 'openai' });
    expect(chooseModel(two, wish)).toMatchObject({ kind: 'none', why: expect.stringContaining('2 models') });
    expect(chooseModel(two, { ...wish, name: 'gpt-x' }).kind).toBe('use');
  });

  it('[LM2.78] notices second copies of a model on the same machine', () => {
    const copies = list([
      instance('m'),
      instance('m:2', { key: 'm' }),
      instance('far', { key: 'm', remote: true }),
      instance('other'),
    ]);
    expect([...duplicatesIn(copies)]).toEqual(['m', 'm:2']);
  });
});

describe('advice', () => {
  const gb = 1_000_000_000;

  it('[LM5.1] names the best row of the table that fits the memory, on the disk first', () => {
    const onDisk = [entry('qwen/qwen2.5-14b-instruct', { sizeBytes: 9 * gb }), entry('tiny', { sizeBytes: gb })];
    expect(advise('thinker', 64 * gb, onDisk)?.key).toBe('qwen/qwen2.5-14b-instruct');
    expect(advise('thinker', 64 * gb, [])).toMatchObject({ key: null, name: 'Qwen3 30B A3B' });
    expect(advise('thinker', 16 * gb, [])).toMatchObject({ key: null, name: 'Qwen2.5 14B Instruct' });
    expect(advise('reasoner', 16 * gb, [])?.name).toContain('DeepSeek R1');
  });

  it('[LM5.2] else the largest language model on the disk that leaves room, with the reason', () => {
    const onDisk = [
      entry('huge', { sizeBytes: 40 * gb }),
      entry('middle', { sizeBytes: 8 * gb }),
      entry('small', { sizeBytes: 2 * gb }),
      entry('far', { sizeBytes: 9 * gb, remote: true }),
    ];
    expect(advise('thinker', 32 * gb, onDisk)).toMatchObject({ key: 'middle', why: expect.stringContaining('32 GB') });
    expect(advise('embedder', 32 * gb, [...onDisk, entry('vectors', { type: 'embedding' })])?.key).toBe('vectors');
  });

  it('[LM5.5] for the fast role it is the smallest, and a download names its size', () => {
    const onDisk = [entry('middle', { sizeBytes: 8 * gb }), entry('small', { sizeBytes: 2 * gb })];
    expect(advise('fast', 32 * gb, onDisk)?.key).toBe('small');
    expect(advise('thinker', 16 * gb, [])?.why).toContain('about 9 GB to download');
  });

  it('[LM5.3] says nothing where nothing fits', () => {
    expect(advise('thinker', 4 * gb, [])).toBe(null);
  });
});
