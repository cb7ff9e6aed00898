import { describe, expect, it } from 'vitest';
import type { Result } from '../../core/errors.ts';
import type { Embedder, Usage } from '../../core/ports.ts';
import type { EmbedCall } from '../../core/think/gateway/embedding.ts';
import { gatewayWorld } from './gateway-world.ts';
import { transient } from './scripted-model.ts';

/** One vector per text, made of its length. */
function lengthEmbedder(
  over: { usage?: Usage | null; gate?: Promise<unknown>; fails?: (texts: readonly string[]) => boolean } = {},
) {
  const batches: string[][] = [];
  const embedder: Embedder = {
    name: 'lengths',
    traits: { place: 'embedder', remote: false, concurrency: 1, contextTokens: null, reasons: false },
    async embed(texts, signal): Promise<Result<{ vectors: Float32Array[]; usage: Usage | null }>> {
      batches.push([...texts]);
      await over.gate;
      signal.throwIfAborted();
      if (over.fails?.(texts)) return { ok: false, failure: transient({ code: 'model-crashed' }) };
      return {
        ok: true,
        value: { vectors: texts.map((text) => Float32Array.of(text.length)), usage: over.usage ?? null },
      };
    },
  };
  return { embedder, batches };
}

function world(over: Parameters<typeof lengthEmbedder>[0] = {}) {
  const here = gatewayWorld();
  const { embedder, batches } = lengthEmbedder(over);
  const embed = (texts: string[], more: Partial<EmbedCall> = {}) =>
    here.gateway.embed({
      embedder,
      texts,
      purpose: 'recall',
      lane: 'loop',
      signal: new AbortController().signal,
      ...more,
    });
  return { ...here, embed, batches };
}

const lengths = (made: Result<Float32Array[]>) => made.ok && made.value.map((vector) => vector[0]);
const texts = (count: number) => Array.from({ length: count }, (_, n) => 'x'.repeat(n + 1));

describe('embedding', () => {
  it('[TH8.70, TH8.73] gives one vector per text in order, ten to a request, equal texts once', async () => {
    const { embed, batches } = world();
    const made = await embed([...texts(19), 'x', 'y'], {});
    expect(lengths(made)).toEqual([...texts(19).map(({ length }) => length), 1, 1]);
    expect(batches.map(({ length }) => length)).toEqual([10, 10]);
  });

  it('[TH8.70] gathers the texts of several callers for a second', async () => {
    const { embed, batches, clock } = world();
    const calls = [embed(['a']), embed(['bb', 'a'])];
    await clock.pass(999);
    expect(batches).toEqual([]);
    await clock.pass(1);
    expect((await Promise.all(calls)).map(lengths)).toEqual([[1], [2, 1]]);
    expect(batches).toEqual([['a', 'bb']]);
    expect(clock.waiting()).toBe(0);
  });

  it('[TH8.74] lets the owner’s text wait for no company', async () => {
    const { embed, clock } = world();
    const call = embed(['a'], { lane: 'owner' });
    await clock.pass(0);
    expect(lengths(await call)).toEqual([1]);
  });

  it('[TH8.73] knows a text again, at no cost, and hands out vectors that nobody else holds', async () => {
    const { embed, batches, spent, gateway } = world();
    const first = await embed(texts(10));
    const before = await spent();
    if (first.ok) first.value[0]![0] = 99;
    const again = await embed(['x', 'xx']);
    expect(lengths(again)).toEqual([1, 2]);
    if (again.ok) again.value[0]![0] = 99;
    expect(lengths(await embed(['x']))).toEqual([1]);
    expect([batches.length, await spent(), gateway.figures().cacheHits]).toEqual([1, before, 3]);
  });

  it('[TH8.73] books each request once: the server’s figures, or an estimate where it gives zeros', async () => {
    const exact = world({ usage: { promptTokens: 77, completionTokens: 0, exact: true } });
    await exact.embed(texts(10));
    expect(await exact.spent()).toEqual([{ purpose: 'recall', calls: 1, tokens: 77 }]);
    const zeros = world({ usage: { promptTokens: 0, completionTokens: 0, exact: true } });
    await zeros.embed(texts(10));
    expect(await zeros.spent()).toEqual([{ purpose: 'recall', calls: 1, tokens: expect.any(Number) as number }]);
    expect((await zeros.spent())[0]?.tokens).toBeGreaterThanOrEqual(10);
  });

  it('[TH8.73] fails as a whole, keeps what went well, and knows nothing of what failed', async () => {
    let broken = true;
    const { embed, batches, heard } = world({ fails: (batch) => broken && batch.includes('x'.repeat(12)) });
    const call = await embed(texts(20));
    expect(call).toMatchObject({ ok: false, failure: { code: 'model-crashed' } });
    expect(heard.map(({ failure }) => failure)).toEqual([null, 'model-crashed']);
    broken = false;
    expect(lengths(await embed(texts(20)))).toEqual(texts(20).map(({ length }) => length));
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 10]);
  });

  it('[TH8.72] ends with its caller at once, and leaves the others', async () => {
    const gate = Promise.withResolvers<void>();
    const { embed, clock, batches } = world({ gate: gate.promise });
    const stop = new AbortController();
    const left = embed(['a', 'bb'], { signal: stop.signal });
    const stays = embed(['bb']);
    await clock.pass(1_000);
    expect(batches).toEqual([['a', 'bb']]);
    stop.abort(new Error('paused'));
    await expect(left).rejects.toThrow('paused');
    gate.resolve();
    expect(lengths(await stays)).toEqual([2]);
    await expect(embed(['a'], { signal: stop.signal })).rejects.toThrow('paused');
  });

  it('[TH8.75] has no vector for an empty text: asking for one is a bug', async () => {
    const { embed, batches } = world();
    await expect(embed(['a', ' \n'])).rejects.toThrow('empty text');
    expect(batches).toEqual([]);
    expect(lengths(await embed([]))).toEqual([]);
  });
});
