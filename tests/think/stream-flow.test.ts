import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedBuffer } from '../../core/think/stream/bounded-buffer.ts';
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

  it('[TH2.10] are handed over half a second after their first token, though nothing more arrives', async () => {
    const { clock, chunker, texts } = chunking();
    chunker.push(answer('one'));
    await clock.pass(400);
    chunker.push(answer(' two'));
    await clock.pass(99);
    expect(texts()).toEqual([]);
    await clock.pass(1);
    expect(texts()).toEqual(['one two']);
    await clock.pass(10_000);
    chunker.push(answer('three'));
    await clock.pass(500);
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

/** Whether a promise has settled once everything else that can happen has happened. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((turn) => setImmediate(turn));
  return done;
}

describe('the bounded buffer', () => {
  it('[TH2.12] lets the producer wait from the high water mark until below the low one', async () => {
    const buffer = createBoundedBuffer<number>();
    for (let n = 0; n < 8_000; n++) expect(await buffer.push(n)).toBe(true);
    const waiting = buffer.push(8_000);
    const consumer = buffer[Symbol.asyncIterator]();
    for (let n = 0; n < 5_999; n++) expect(await consumer.next()).toEqual({ done: false, value: n });
    expect([await settled(waiting), buffer.held()]).toEqual([false, 2_002]);
    await consumer.next();
    expect(await waiting).toBe(true);
    expect(buffer.held()).toBe(2_001);
  });

  it('[TH2.12] never holds more than its capacity: a producer that does not wait is a bug', async () => {
    const buffer = createBoundedBuffer<number>({ capacity: 10 });
    const pushes = Array.from({ length: 10 }, (_, n) => buffer.push(n));
    await expect(buffer.push(10)).rejects.toThrow('does not wait');
    expect(buffer.held()).toBe(10);
    buffer.close();
    const got: number[] = [];
    for await (const each of buffer) got.push(each);
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await Promise.all(pushes)).toEqual(pushes.map(() => true));
    expect(() => createBoundedBuffer({ capacity: 1 })).toThrow('room');
  });

  it('[TH2.13] drops nothing and keeps the order, whoever is faster', async () => {
    const marks = fc.record({
      capacity: fc.integer({ min: 3, max: 40 }),
      high: fc.double({ min: 0.1, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(marks, fc.array(fc.nat(3)), fc.array(fc.nat(3)), async (options, pace, slowness) => {
        const buffer = createBoundedBuffer<number>({ ...options, low: options.high / 2 });
        const turns = async (count: number) => {
          for (let n = 0; n < count; n++) await Promise.resolve();
        };
        const producer = async () => {
          for (let n = 0; n < 100; n++) {
            await turns(pace[n % (pace.length || 1)] ?? 0);
            expect(await buffer.push(n)).toBe(true);
            expect(buffer.held()).toBeLessThanOrEqual(options.capacity);
          }
          buffer.close();
        };
        const made = producer();
        const got: number[] = [];
        for await (const each of buffer) {
          got.push(each);
          await turns(slowness[got.length % (slowness.length || 1)] ?? 0);
        }
        await made;
        expect(got).toEqual(Array.from({ length: 100 }, (_, n) => n));
        expect(buffer.held()).toBe(0);
      }),
      { seed: 32, numRuns: 60 },
    );
  });

  it('[TH2.14] ends the consumer after the last item when it is closed, also one that waits', async () => {
    const buffer = createBoundedBuffer<string>();
    const consumer = buffer[Symbol.asyncIterator]();
    const first = consumer.next();
    await buffer.push('a');
    expect(await first).toEqual({ done: false, value: 'a' });
    const second = consumer.next();
    expect(await settled(second)).toBe(false);
    buffer.close();
    buffer.close();
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await buffer.push('late')).toBe(false);
    expect(await consumer.next()).toEqual({ done: true, value: undefined });
  });

  it('[TH2.14] gives both sides the reason when it is aborted, and holds nothing afterwards', async () => {
    const reason = new Error('the owner paused');
    const buffer = createBoundedBuffer<number>({ capacity: 4 });
    const pushes = [1, 2, 3, 4].map((n) => buffer.push(n));
    buffer.abort(reason);
    buffer.abort(new Error('another'));
    expect(await Promise.allSettled(pushes)).toMatchObject([
      { value: true },
      { value: true },
      { value: true },
      { reason },
    ]);
    await expect(buffer.push(5)).rejects.toBe(reason);
    await expect(buffer[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    expect(buffer.held()).toBe(0);
    const hungry = createBoundedBuffer<number>();
    const waiting = hungry[Symbol.asyncIterator]().next();
    hungry.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('[TH2.14] tells the producer when the consumer has left', async () => {
    const buffer = createBoundedBuffer<number>({ capacity: 4 });
    for (let n = 0; n < 3; n++) await buffer.push(n);
    const waiting = buffer.push(3);
    for await (const _ of buffer) break;
    expect(await waiting).toBe(false);
    expect([await buffer.push(4), buffer.held()]).toEqual([false, 0]);
  });
});
