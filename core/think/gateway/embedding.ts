import { Bug, ok, type Result } from '../../errors.ts';
import type { Clock, Embedder } from '../../ports.ts';
import type { TokenCounter } from '../tokens.ts';
import { passOn } from './abortable.ts';
import { createLastUsed, vectorKey } from './answer-cache.ts';
import { type Batcher, createBatcher } from './batcher.ts';
import type { CallFigures } from './call-figures.ts';
import type { Dispatch } from './dispatch.ts';
import { createFlights } from './flights.ts';
import type { Lane } from './lanes.ts';

export interface EmbedCall {
  embedder: Embedder;
  texts: readonly string[];
  purpose: string;
  lane: Lane;
  signal: AbortSignal;
}

type Vector = Result<Float32Array>;

/**
 * Vectors for texts: known ones from the last thousand, equal ones once, the others in batches per embedder, lane and purpose. An owner's text
 * waits for no company. Fails as a whole with the first failure.
 */
export function createEmbedding(parts: {
  dispatch: Dispatch;
  figures: CallFigures;
  clock: Clock;
  tokens: TokenCounter;
}): (call: EmbedCall) => Promise<Result<Float32Array[]>> {
  const kept = createLastUsed<Float32Array>({ bytesOf: ({ byteLength }) => byteLength });
  const flights = createFlights<Vector>();
  const batchers = new WeakMap<Embedder, Map<string, Batcher<string, Vector>>>();

  function batcherOf({ embedder, lane, purpose }: EmbedCall): Batcher<string, Vector> {
    const known = batchers.get(embedder) ?? new Map<string, Batcher<string, Vector>>();
    batchers.set(embedder, known);
    const key = `${lane} ${purpose}`;
    const batcher =
      known.get(key) ??
      createBatcher({
        clock: parts.clock,
        run: (texts, signal) => sendTexts(parts, { embedder, lane, purpose, texts, signal }),
        ...(lane === 'owner' ? { waitMs: 0 } : {}),
      });
    known.set(key, batcher);
    return batcher;
  }

  async function vectorOf(call: EmbedCall, text: string, signal: AbortSignal): Promise<Vector> {
    const key = vectorKey(call.embedder, text);
    const known = kept.get(key);
    if (known) {
      parts.figures.count('cacheHits');
      return ok(known.slice());
    }
    const made = await flights.join({ key, lane: call.lane, signal }, (shared) => batcherOf(call).add(text, shared));
    if (!made.ok) return made;
    kept.set(key, made.value);
    return ok(made.value.slice());
  }

  return async (call) => {
    call.signal.throwIfAborted();
    if (call.texts.some((text) => text.trim() === '')) throw new Bug('an empty text has no vector');
    // One listener on the caller's signal, however many texts.
    const own = new AbortController();
    const unlink = passOn(call.signal, own);
    const each = call.texts.map(() => new AbortController());
    own.signal.addEventListener('abort', () => each.forEach((one) => one.abort(own.signal.reason)), { once: true });
    try {
      const made = await Promise.all(call.texts.map((text, at) => vectorOf(call, text, each[at]!.signal)));
      const failed = made.find((one) => !one.ok);
      return failed && !failed.ok ? failed : ok(made.flatMap((one) => (one.ok ? [one.value] : [])));
    } finally {
      unlink();
    }
  };
}

async function sendTexts(
  { dispatch, tokens }: { dispatch: Dispatch; tokens: TokenCounter },
  { embedder, texts, purpose, lane, signal }: EmbedCall,
): Promise<Vector[]> {
  const estimate = texts.reduce((sum, text) => sum + tokens.count(text), 0);
  const made = await dispatch(
    {
      asked: { reasoner: { kind: 'server', name: embedder.name }, traits: embedder.traits },
      lane,
      purpose,
      promptTokens: estimate,
      mostTokens: estimate,
      async send(turn) {
        const answer = await embedder.embed(texts, turn);
        if (!answer.ok) return answer;
        const { vectors, usage } = answer.value;
        if (vectors.length !== texts.length) throw new Bug(`${vectors.length} vectors for ${texts.length} texts`);
        // Some servers give zeros for figures.
        const all = usage && usage.promptTokens > 0 ? usage.promptTokens + usage.completionTokens : estimate;
        return { ok: true, value: vectors, answeredBy: null, broke: null, tokens: { all, completion: 0 } };
      },
    },
    signal,
  );
  return texts.map((_, at) => (made.ok ? ok(made.value[at]!) : made));
}
