import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../core/ports.ts';
import type { Lane } from '../../core/think/gateway/gateway.ts';
import { asking, gatewayWorld, withTraits } from './gateway-world.ts';
import { scriptedModel, transient } from './scripted-model.ts';

const lanes: Lane[] = ['owner', 'loop', 'sleep', 'agents'];
const hour = 3_000;

const arrival = fc.record({
  lane: fc.constantFrom(...lanes),
  /** Equal words at temperature 0 are one request. */
  words: fc.integer({ min: 0, max: 5 }),
  temperature: fc.constantFrom(0, 0.7),
  maxTokens: fc.integer({ min: 1, max: 300 }),
  end: fc.constantFrom('fine', 'fine', 'fine', 'retry', 'silent', 'overflow', 'break-off'),
  pieces: fc.integer({ min: 0, max: 4 }),
  pieceMs: fc.integer({ min: 0, max: 400 }),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 2_000 })),
  gapMs: fc.integer({ min: 0, max: 600 }),
});

describe('whatever comes', () => {
  it('[TH8.53, TH8.12] no call is lost or answered twice, no words are doubled, and the budget holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (arrivals, concurrency, remote) => {
          const here = gatewayWorld({
            limits: { tokensPerHour: hour },
            remote: { requestsPerMinute: 30, tokensPerMinute: 2_000 },
          });
          const { clock, gateway, budget } = here;
          let running = 0;
          const check = () => {
            expect(running).toBeLessThanOrEqual(concurrency);
            expect(budget.figures().hourUsed).toBeLessThanOrEqual(hour);
          };
          const calls = arrivals.map((each, id) => {
            const model = withTraits(scriptedModel(['']), { concurrency, remote });
            model.answer = async function* (request, signal): AsyncIterable<ModelEvent> {
              running += 1;
              check();
              try {
                for (let n = 0; n < Math.min(each.pieces, request.maxTokens); n++) {
                  await new Promise<void>((next) => clock.after(each.pieceMs, next));
                  signal.throwIfAborted();
                  yield { kind: 'token', channel: 'answer', text: `${n},` };
                }
                if (each.end === 'fine') yield { kind: 'done', finish: 'stop', usage: null };
                else if (each.end !== 'break-off')
                  yield {
                    kind: 'failed',
                    failure: transient({
                      code: { retry: 'server-error', silent: 'stream-silent', overflow: 'context-overflow' }[each.end],
                    }),
                  };
              } finally {
                running -= 1;
              }
            };
            return async () => {
              const stop = new AbortController();
              if (each.abortAfterMs !== null) clock.after(each.abortAfterMs, () => stop.abort(new Error(`left ${id}`)));
              let said = '';
              let outcomes = 0;
              try {
                const answer = await gateway.call({
                  model,
                  request: asking(`words ${each.words}`, { temperature: each.temperature, maxTokens: each.maxTokens }),
                  purpose: 'thought',
                  lane: each.lane,
                  signal: stop.signal,
                  onToken: (_, text) => (said += text),
                  onRestart: () => (said = ''),
                });
                outcomes += 1;
                if (answer.ok) expect(said).toBe(answer.answer);
              } catch (thrown) {
                outcomes += 1;
                expect(thrown).toBe(stop.signal.reason);
              }
              expect(outcomes).toBe(1);
              return id;
            };
          });
          const all: Promise<number>[] = [];
          for (const [id, call] of calls.entries()) {
            all.push(call());
            await clock.pass(arrivals[id]!.gapMs);
            check();
          }
          for (let n = 0; n < 200 && clock.waiting() > 0; n++) await clock.pass(10_000);
          expect((await Promise.all(all)).length).toBe(arrivals.length);
          check();
          expect(gateway.figures()).toMatchObject({
            running: [],
            waiting: { owner: 0, loop: 0, sleep: 0, agents: 0 },
          });
          expect([running, clock.waiting()]).toEqual([0, 0]);
          // Nothing stays promised: the whole rest of the hour can be had.
          const rest = hour - budget.figures().hourUsed;
          expect(rest === 0 || budget.reserve(rest, 'thought').ok).toBe(true);
        },
      ),
      { seed: 20_260_613, numRuns: 80 },
    );
  });
});
