import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chunk, createChunker } from '../../core/think/stream/chunker.ts';
import type { StreamToken } from '../../core/think/stream/processor.ts';
import { fakeClock } from '../kit/clock.ts';

const answer = (text: string): StreamToken => ({ channel: 'answer', text });

function chunking(options: { tokens?: number; ms?: number } = {}) {
  const clock = fakeClock();
  const chunks: Chunk[] = [];
  const chunker = createChunker({ clock, ...options, onChunk: (chunk) => chunks.push(chunk) });
  return { clock, chunks, chunker, texts: () => chunks.map(({ text }) => text) };
}

describe('chunks', () => {
  it('[TH2.10] are handed over at fifty tokens', () => {
    const { chunks, chunker } = chunking();
    for (let n = 0; n < 120; n++) chunker.push(answer('x'));
    expect(chunks).toEqual([1, 2].map(() => ({ channel: 'answer', text: 'x'.repeat(50), tokens: 50 })));
    chunker.end();
    expect(chunks.map(({ tokens }) => tokens)).toEqual([50, 50, 20]);
  });

  it('[TH2.10] are handed over a tenth of a second after their first token, though nothing more arrives', async () => {
    const { clock, chunker, texts } = chunking();
    chunker.push(answer('one'));
    await clock.pass(80);
    chunker.push(answer(' two'));
    await clock.pass(19);
    expect(texts()).toEqual([]);
    await clock.pass(1);
    expect(texts()).toEqual(['one two']);
    await clock.pass(10_000);
    chunker.push(answer('three'));
    await clock.pass(100);
    expect(texts()).toEqual(['one two', 'three']);
  });

  it('[TH2.11] hold one channel each', () => {
    const { chunks, chunker } = chunking();
    chunker.push({ channel: 'reasoning', text: 'hm' });
    chunker.push(answer('a'));
    chunker.push(answer('b'));
    chunker.end();
    expect(chunks).toEqual([
      { channel: 'reasoning', text: 'hm', tokens: 1 },
      { channel: 'answer', text: 'ab', tokens: 2 },
    ]);
  });

  it('[TH2.11] are all handed over at the end, once, and leave no timer', async () => {
    const { clock, chunker, texts } = chunking();
    chunker.end();
    chunker.push(answer('late'));
    expect(texts()).toEqual(['late']);
    const other = chunking();
    other.chunker.push(answer('one'));
    other.chunker.end();
    other.chunker.end();
    await other.clock.pass(10_000);
    expect(other.texts()).toEqual(['one']);
    expect([clock.waiting(), other.clock.waiting()]).toEqual([0, 0]);
  });

  it('[TH2.11] that are forgotten leave no timer either', async () => {
    const { clock, chunker, texts } = chunking();
    chunker.push(answer('one'));
    chunker.stop();
    chunker.stop();
    expect(clock.waiting()).toBe(0);
    await clock.pass(10_000);
    chunker.end();
    expect(texts()).toEqual([]);
  });

  it('[TH2.11] lose nothing and keep the order, whatever the tokens and the times', async () => {
    const token = fc.record({ channel: fc.constantFrom('answer' as const, 'reasoning' as const), text: fc.string() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(token, fc.nat(300))),
        fc.integer({ min: 1, max: 9 }),
        async (steps, tokens) => {
          const { clock, chunks, chunker } = chunking({ tokens, ms: 200 });
          for (const [each, ms] of steps) {
            chunker.push(each);
            await clock.pass(ms);
          }
          chunker.end();
          const said = (all: StreamToken[]) => {
            const channels = all.flatMap(({ channel, text }) => Array.from({ length: text.length }, () => channel));
            return [all.map(({ text }) => text).join(''), channels.join()];
          };
          expect(said(chunks)).toEqual(said(steps.map(([each]) => each)));
          expect(chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)).toBe(steps.length);
          expect(chunks.every((chunk) => chunk.tokens <= tokens)).toBe(true);
          expect(clock.waiting()).toBe(0);
        },
      ),
      { seed: 31, numRuns: 50 },
    );
  });
});
