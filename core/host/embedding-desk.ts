import { messageOf } from '../errors.ts';
import type { MemoryStore } from '../memory.ts';
import type { Clock, Embedder, Log, Stop } from '../ports.ts';
import type { EmbedCall } from '../think/gateway/embedding.ts';
import type { Gateway } from '../think/gateway/gateway.ts';

/** Meaning beside words: vectors of everything that can be recalled, made in the background, and of questions when they are asked. */
export interface EmbeddingDesk {
  /** Something was written: goes on with what has no vector yet. From the first call on it also notices that the model has changed. */
  wake(): void;
  /** Resolves when nothing is under way any more. Idempotent. */
  stop(): Promise<void>;
  /** Of how many items the present model has vectors; `model` is null while there is none, or it has not been asked yet. */
  figures(): Promise<{ model: string | null; items: number; embedded: number }>;
  /**
   * The vector of a question and the name under which vectors like it are kept; null without an embedder, on any failure, and when it takes
   * longer than 300 ms: recall waits for nobody. Throws only the signal's reason.
   */
  vectorFor(text: string, signal?: AbortSignal): Promise<{ model: string; vector: Float32Array } | null>;
}

interface Parts {
  store: Pick<MemoryStore, 'withoutVector' | 'setVectors' | 'vectorFigures'>;
  /** The model that is loaded for it, null when none is: nothing is loaded for the sake of vectors. */
  embedder: () => Embedder | null;
  gateway: Pick<Gateway, 'embed'>;
  /** Whether it is loaded at this very moment: asking a server for what is not loaded would load it. */
  stillThere: (key: string, signal: AbortSignal) => Promise<boolean>;
  clock: Clock;
  log: Log;
  /** Whether the mind has nothing better to do. */
  idle: () => boolean;
}

const batchSize = 10;
const pauseMs = 200;
const busyMs = 2_000;
const lookMs = 30_000;
const queryMs = 300;
const backoff = { firstMs: 5_000, capMs: 600_000 };
const textAtMost = 2_000;
const charsPerToken = 3;
const refusedAtMost = 100;
/** Failures that may be one text's own fault. */
const ofText = new Set(['request-refused', 'context-overflow', 'embedding-unreadable', 'model-error', 'server-error']);

/**
 * Makes vectors ten at a time, newest first, one batch after another while the mind rests. What is done is in the store, so that a restart
 * goes on where it was. Failures are waited out, longer each time; a text that fails alone is left out until the next start. The same model
 * with vectors of another length is another model, and everything is made anew for it.
 */
export function createEmbeddingDesk(parts: Parts): EmbeddingDesk {
  const { store, gateway, clock, log } = parts;
  const life = new AbortController();
  const { signal: alive } = life;
  /** Vector lengths by embedder's name. */
  const lengths = new Map<string, number>();
  /** Who is asked in place of an embedder whose vectors have changed their length. */
  const renamed = new WeakMap<Embedder, Embedder>();
  const refused = new Set<number>();
  let timer: Stop | null = null;
  let turn: Promise<void> | null = null;
  let woken = false;
  /** There was nothing to do at the last turn, so that being woken is news. */
  let resting = true;
  let failures = 0;
  let size = batchSize;
  let worksFor = '';

  const keyOf = ({ name }: Embedder): string | null => {
    const length = lengths.get(name);
    return length === undefined ? null : `${name}/${length}`;
  };

  function schedule(ms: number): void {
    timer?.();
    resting = ms === lookMs;
    timer = alive.aborted ? null : clock.after(ms, begin);
  }

  function begin(): void {
    timer = null;
    woken = false;
    turn = work()
      .catch((thrown: unknown) => {
        if (!alive.aborted) log.warn('embedding-turn-failed', { error: messageOf(thrown) });
        return failed();
      })
      .then((waitMs) => {
        turn = null;
        schedule(waitMs);
        if (woken) wake();
      });
  }

  /** One batch; how long to wait before the next. */
  async function work(): Promise<number> {
    const embedder = parts.embedder();
    if (!embedder) return lookMs;
    if (!parts.idle()) return busyMs;
    if (embedder.name !== worksFor) startAfresh(embedder);
    const key = keyOf(embedder) ?? (await probed(embedder));
    if (key === null) return failures > 0 ? waitAfter(failures) : lookMs;
    const waiting = await store.withoutVector(key, size + refused.size);
    const batch = waiting.filter(({ n }) => !refused.has(n)).slice(0, size);
    if (batch.length === 0) return lookMs;
    const texts = batch.map(({ text }) => prepared(text, embedder, 'document'));
    const made = await embed(embedder, { texts, purpose: 'embedding', lane: 'sleep', signal: alive });
    if (!made.ok) {
      if (size > 1) size = 1;
      else if (ofText.has(made.failure.code) && refused.size < refusedAtMost) batch.forEach(({ n }) => refused.add(n));
      return Math.max(failed(), made.failure.retryAfterMs ?? 0);
    }
    failures = 0;
    size = Math.min(batchSize, size * 2);
    if (lengthChanged(embedder, made.value)) return pauseMs;
    const vectors = batch.flatMap(({ n }, at) => (made.value[at] ? [{ n, vector: made.value[at] }] : []));
    await store.setVectors(key, vectors);
    return pauseMs;
  }

  function startAfresh({ name }: Embedder): void {
    worksFor = name;
    refused.clear();
    failures = 0;
    size = batchSize;
  }

  /** The key once one vector has shown its length; null when there is nothing to embed, or when it failed. */
  async function probed(embedder: Embedder): Promise<string | null> {
    if ((await store.vectorFigures('')).items === 0) return null;
    const texts = [prepared('Reverie', embedder, 'document')];
    const made = await embed(embedder, { texts, purpose: 'embedding', lane: 'sleep', signal: alive });
    if (made.ok) lengthChanged(embedder, made.value);
    else failed();
    return keyOf(embedder);
  }

  /**
   * Takes note of the length of these vectors; true when it is another than it was, so that everything has to be made anew. From then on the
   * embedder is asked under another name, because what the gateway remembers of the old one has the old length.
   */
  function lengthChanged(embedder: Embedder, vectors: readonly Float32Array[]): boolean {
    const { name } = embedder;
    const before = lengths.get(name);
    const odd = vectors.find((vector) => vector.length !== before);
    if (!odd) return false;
    lengths.set(name, odd.length);
    if (before === undefined) return false;
    renamed.set(embedder, { ...embedder, name: `${name}/${odd.length}` });
    log.info('embedding-length-changed', { before, length: odd.length });
    return true;
  }

  const embed = (embedder: Embedder, call: Omit<EmbedCall, 'embedder'>) =>
    gateway.embed({ ...call, embedder: renamed.get(embedder) ?? embedder });

  function failed(): number {
    failures += 1;
    return waitAfter(failures);
  }

  /** Whoever waits, for a pause, for idleness or after a failure, goes on waiting. */
  function wake(): void {
    woken = true;
    if (!turn && resting && !alive.aborted) schedule(pauseMs);
  }

  return {
    wake,
    async stop() {
      life.abort(new Stopped());
      timer?.();
      timer = null;
      await turn;
    },
    async figures() {
      const embedder = parts.embedder();
      const key = embedder && keyOf(embedder);
      return { model: key, ...(await store.vectorFigures(key ?? '')) };
    },
    async vectorFor(text, signal) {
      signal?.throwIfAborted();
      const embedder = parts.embedder();
      if (!embedder || alive.aborted || text.trim() === '') return null;
      const vector = await inTime(embedder, prepared(text, embedder, 'query'), signal);
      if (!vector) return null;
      if (lengthChanged(embedder, [vector])) wake();
      return { model: `${embedder.name}/${vector.length}`, vector };
    },
  };

  async function inTime(embedder: Embedder, text: string, signal?: AbortSignal): Promise<Float32Array | null> {
    const late = new AbortController();
    const cancel = clock.after(queryMs, () => late.abort(new Stopped()));
    try {
      // The owner's lane: on every other a text waits a second for company.
      const either = AbortSignal.any([alive, late.signal, ...(signal ? [signal] : [])]);
      if (!(await parts.stillThere(embedder.name, either))) return null;
      const made = await embed(embedder, { texts: [text], purpose: 'recall', lane: 'owner', signal: either });
      return made.ok ? (made.value[0] ?? null) : null;
    } catch (thrown) {
      signal?.throwIfAborted();
      if (!late.signal.aborted && !alive.aborted) log.warn('query-not-embedded', { error: messageOf(thrown) });
      return null;
    } finally {
      cancel();
    }
  }
}

const waitAfter = (failures: number): number => Math.min(backoff.capMs, backoff.firstMs * 2 ** (failures - 1));

/**
 * The text as the model wants it, inside its window. Models of the nomic-embed-text family are trained with a task before each text (their
 * model card at huggingface.co/nomic-ai/nomic-embed-text-v1.5, as of 2024); all others get the text alone.
 */
function prepared(text: string, { name, traits }: Embedder, task: 'document' | 'query'): string {
  const most = Math.min(textAtMost, Math.max(100, (traits.contextTokens ?? Infinity) * charsPerToken));
  const own = text.slice(0, most).toWellFormed().trim() || '-';
  return /nomic-embed-text/i.test(name) ? `search_${task}: ${own}` : own;
}

/** An abort reason that every library takes for a cancellation. */
class Stopped extends Error {
  override readonly name = 'AbortError';
}
