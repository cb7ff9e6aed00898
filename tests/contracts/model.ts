import { describe, expect, it } from 'vitest';
import type { Model, ModelEvent, ModelRequest } from '../../core/ports.ts';

/** One model to be judged, with a request it can answer. */
export interface ModelUnderTest {
  model: Model;
  request: ModelRequest;
  /** How many answers the thing behind the model was asked for so far, where that can be counted. */
  inferences?(): number;
  close(): Promise<void>;
}

/** What every Model keeps, whatever stands behind it. `make` is called once per fact. */
export function modelContract(name: string, make: () => Promise<ModelUnderTest>): void {
  const fact = (sentence: string, check: (subject: ModelUnderTest) => Promise<void>) =>
    it(sentence, async () => {
      const subject = await make();
      try {
        await check(subject);
      } finally {
        await subject.close();
      }
    });

  describe(`[TH1.18] the model contract: ${name}`, () => {
    fact('ends exactly once, and nothing follows the end', async ({ model, request }) => {
      const events = await collect(model, request);
      expect(events.filter((event) => event.kind !== 'token')).toHaveLength(1);
      expect(events.at(-1)?.kind).toBe('done');
    });

    fact('gives tokens that are words of the answer or of the reasoning before it', async ({ model, request }) => {
      const events = await collect(model, request);
      const tokens = events.filter((event) => event.kind === 'token');
      expect(tokens.every((token) => token.text !== '')).toBe(true);
      expect(tokens.every((token) => token.channel === 'answer' || token.channel === 'reasoning')).toBe(true);
      expect(textOf(events).trim()).not.toBe('');
    });

    fact('gives tokens that make up the whole answer, in order', async ({ model, request }) => {
      const answer = textOf(await collect(model, request));
      if (request.schema) expect(JSON.parse(answer)).toBeTypeOf('object');
    });

    fact('throws the reason, and says nothing, when it was aborted before', async ({ model, request, inferences }) => {
      const before = inferences?.() ?? 0;
      const reason = new Error('the owner paused');
      const seen = await outcome(model, request, AbortSignal.abort(reason));
      expect(seen).toEqual({ events: [], thrown: reason });
      expect(inferences?.() ?? 0).toBe(before);
    });

    fact('throws the reason when it is aborted during the answer', async ({ model, request }) => {
      const reason = new Error('the owner paused');
      const stop = new AbortController();
      const seen = await outcome(model, request, stop.signal, () => stop.abort(reason));
      expect(seen.thrown).toBe(reason);
      expect(seen.events).toHaveLength(1);
    });

    fact('answers again after an answer, an abort and a consumer that left', async ({ model, request }) => {
      expect((await collect(model, request)).at(-1)?.kind).toBe('done');
      const stop = new AbortController();
      await outcome(model, request, stop.signal, () => stop.abort(new Error('enough')));
      for await (const _ of model.answer(request, new AbortController().signal)) break;
      expect((await collect(model, request)).at(-1)?.kind).toBe('done');
    });

    fact('is probed without inference, and names who reasons', async ({ model, inferences }) => {
      const before = inferences?.() ?? 0;
      const probed = await model.probe(new AbortController().signal);
      expect(probed.ok && probed.value).toEqual(model.reasoner);
      expect(model.reasoner.name).not.toBe('');
      expect(['rules', 'server']).toContain(model.reasoner.kind);
      expect(inferences?.() ?? 0).toBe(before);
    });

    fact('throws the reason when a probe is aborted', async ({ model }) => {
      const reason = new Error('the owner paused');
      await expect(model.probe(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}

/** Every event of one answer. */
export async function collect(model: Model, request: ModelRequest): Promise<ModelEvent[]> {
  const { events, thrown } = await outcome(model, request, new AbortController().signal);
  if (thrown !== undefined) throw thrown;
  return events;
}

/** The events of one answer until it ended or threw; `onEvent` is called after each. */
export async function outcome(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
  onEvent: (event: ModelEvent) => void = () => {},
): Promise<{ events: ModelEvent[]; thrown: unknown }> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.answer(request, signal)) {
      events.push(event);
      onEvent(event);
    }
    return { events, thrown: undefined };
  } catch (thrown) {
    return { events, thrown };
  }
}

/** The text of one channel; of the answer, if none is named, or of the reasoning where the answer stayed empty. */
export function textOf(events: ModelEvent[], channel?: 'answer' | 'reasoning'): string {
  const of = (wanted: 'answer' | 'reasoning') =>
    events.flatMap((event) => (event.kind === 'token' && event.channel === wanted ? [event.text] : [])).join('');
  return channel ? of(channel) : of('answer') || of('reasoning');
}
