import { z } from 'zod';
import type { Result } from '../../errors.ts';
import { fail, ok } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { failureOfRefusal } from '../../think/openai/failures.ts';
import type { Catalogue, Instance } from '../catalogue.ts';
import type { LmStudio, LoadWish } from '../lm-studio.ts';
import { pause } from '../waiting.ts';
import { errorIn } from './capabilities.ts';
import { isLoading } from './complete.ts';
import type { Lms } from './lms.ts';
import { cannotLoad, cannotUnload, loadFailure, stayed, tooSlow, vanished } from './load-failures.ts';
import { ask } from './rest.ts';

/** A server whose list was just read. */
export interface OpenServer {
  address: string;
  token: string;
  /** Where `lms` reaches the same program; null where it cannot, or is not there. */
  lmsPort: number | null;
  catalogue: Catalogue;
}

export interface LoadingOptions {
  clock: Clock;
  lms: Lms;
  loadMs: () => number;
  /** Reads the list anew. */
  read: (signal: AbortSignal) => Promise<Result<OpenServer>>;
}

/** What became of an order: the name of the new instance and its window, as far as they were told. */
interface Told {
  id: string | null;
  contextTokens: number | null;
}

const unloadMs = 60_000;
/** Between two looks at a load that somebody else ordered, or that outlived its request. */
const betweenMs = 3_000;
const maxBytes = 1_000_000;
/** What LM Studio loads with when nobody says more. */
const assumedContextTokens = 4_096;

/** Loading and unloading: one order each, and only the list that is read afterwards tells what came of it. */
export function createLoading(options: LoadingOptions): Pick<LmStudio, 'load' | 'unload'> {
  const { clock, lms, read } = options;

  const byLms = async (
    wish: LoadWish & { path: string },
    at: OpenServer,
    port: number,
    progress: Progress,
    signal: AbortSignal,
  ) => {
    const identifier = freeIdentifier(wish.key, at.catalogue.instances);
    const done = await within(options.loadMs(), clock, signal, (limited) =>
      lms.load({ ...wish, identifier }, port, progress, limited),
    );
    if (done === null || (!done.ok && done.failure.code === 'lms-timeout')) return fail(tooSlow(options.loadMs()));
    return done.ok ? ok<Told>({ id: identifier, contextTokens: null }) : done;
  };

  const byRest = async (wish: LoadWish, at: OpenServer, signal: AbortSignal): Promise<Result<Told>> => {
    const body = { model: wish.key, context_length: wish.contextTokens, echo_load_config: true };
    const question = {
      url: `${at.address}/api/v1/models/load`,
      token: at.token,
      body,
      limitMs: options.loadMs(),
      maxBytes,
    };
    const reply = await ask(question, clock, signal);
    if (reply.kind === 'failed')
      return fail(reply.failure.code === 'timeout' ? tooSlow(options.loadMs()) : reply.failure);
    const told = loadedSchema.safeParse(reply.json);
    return told.success && errorIn(reply.json) === undefined
      ? ok(told.data)
      : fail(loadFailure(reply.status, reply.json));
  };

  const order = async (
    wish: LoadWish,
    at: OpenServer,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<Result<Told>> => {
    const { path } = wish;
    const { lmsPort } = at;
    if (path !== null && lmsPort !== null) return byLms({ ...wish, path }, at, lmsPort, progress, signal);
    return at.catalogue.api === 'v1' ? byRest(wish, at, signal) : fail(cannotLoad(wish));
  };

  const orderUnload = async (id: string, at: OpenServer, signal: AbortSignal): Promise<Result<null>> => {
    if (at.catalogue.api === 'v1') {
      const question = { url: `${at.address}/api/v1/models/unload`, token: at.token, limitMs: unloadMs, maxBytes };
      const reply = await ask({ ...question, body: { instance_id: id } }, clock, signal);
      if (reply.kind === 'failed') return fail(reply.failure);
      const error = errorIn(reply.json);
      return error === undefined ? ok(null) : fail(failureOfRefusal({ status: reply.status, body: error }));
    }
    return at.lmsPort === null ? fail(cannotUnload) : lms.unload(id, at.lmsPort, signal);
  };

  /** The list once none of this model is on its way any more: an order would load a second copy beside it. */
  const settled = async (wish: LoadWish, signal: AbortSignal): Promise<Result<OpenServer>> => {
    const endMs = clock.elapsed() + options.loadMs();
    for (;;) {
      const at = await read(signal);
      if (!at.ok || roomiest(at.value.catalogue.instances, wish)) return at;
      if (!at.value.catalogue.instances.some((each) => each.key === wish.key && isLoading(each))) return at;
      if (clock.elapsed() >= endMs) return fail(tooSlow(options.loadMs()));
      await pause(clock, betweenMs, signal);
    }
  };

  return {
    async load(wish, onProgress, signal) {
      const before = await settled(wish, signal);
      if (!before.ok) return before;
      const there = roomiest(before.value.catalogue.instances, wish);
      if (there) return ok(there);
      const told = await order(wish, before.value, onProgress, signal);
      if (!told.ok && told.failure.code === 'cannot-load') return told;
      const after = await read(signal);
      const loaded = after.ok ? added(before.value, after.value, wish.key, told) : null;
      if (loaded) return ok(loaded);
      if (!told.ok) return told;
      return after.ok ? fail(vanished) : ok(unlisted(wish, told.value));
    },
    async unload(id, signal) {
      const before = await read(signal);
      if (!before.ok) return before;
      if (!before.value.catalogue.tellsLoaded) return fail(cannotUnload);
      if (!has(before.value, id)) return ok(null);
      const done = await orderUnload(id, before.value, signal);
      const after = await read(signal);
      if (!after.ok) return done.ok ? after : done;
      if (!has(after.value, id)) return ok(null);
      return done.ok ? fail(stayed) : done;
    },
  };
}

type Progress = (share: number) => void;

/** Newer and older names of the same field; a window only where the server was asked to echo it. */
const loadedSchema = z
  .object({
    instance_id: z.string().min(1).nullable().catch(null),
    model_instance_id: z.string().min(1).nullable().catch(null),
    load_config: z
      .object({ context_length: z.number().int().min(1) })
      .nullable()
      .catch(null),
  })
  .transform(
    (each): Told => ({
      id: each.instance_id ?? each.model_instance_id,
      contextTokens: each.load_config?.context_length ?? null,
    }),
  );

const has = (at: OpenServer, id: string) => at.catalogue.instances.some((each) => each.id === id);

/** A loaded instance that already has the window; one of this machine first. */
function roomiest(instances: readonly Instance[], wish: LoadWish): Instance | undefined {
  return instances
    .filter((each) => each.key === wish.key && !isLoading(each))
    .filter((each) => (each.contextTokens ?? assumedContextTokens) >= wish.contextTokens)
    .sort((a, b) => Number(a.remote) - Number(b.remote) || (b.contextTokens ?? 0) - (a.contextTokens ?? 0))[0];
}

/** `reverie/<last part of the key>`, numbered where that is taken: a taken identifier would make the load fail. */
function freeIdentifier(key: string, instances: readonly Instance[]): string {
  const taken = new Set(instances.map((each) => each.id));
  const plain = `reverie/${key.split('/').at(-1) || 'model'}`;
  let identifier = plain;
  for (let number = 2; taken.has(identifier); number++) identifier = `${plain}-${number}`;
  return identifier;
}

/** What is in the list now and was not before: by the name it was given, else by its model. */
function added(before: OpenServer, after: OpenServer, key: string, told: Result<Told>): Instance | null {
  const id = told.ok ? told.value.id : null;
  const { instances } = after.catalogue;
  const loaded =
    instances.find((each) => each.id === id) ??
    instances.find((each) => each.key === key && !isLoading(each) && !has(before, each.id));
  if (!loaded) return null;
  return { ...loaded, contextTokens: loaded.contextTokens ?? (told.ok ? told.value.contextTokens : null) };
}

/** By the server's word alone, where its list cannot be read just now: forgetting what was loaded would be worse. */
const unlisted = (wish: LoadWish, told: Told): Instance => ({
  id: told.id ?? wish.key,
  key: wish.key,
  type: 'llm',
  contextTokens: told.contextTokens,
  parallel: null,
  ttlMs: null,
  lastUsedAt: null,
  work: 'unknown',
  queued: null,
  sizeBytes: null,
  remote: false,
});

/** Runs it with a signal that also aborts after the limit; null when the limit came first. */
async function within<T>(
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
  run: (limited: AbortSignal) => Promise<T>,
): Promise<T | null> {
  signal.throwIfAborted();
  const controller = new AbortController();
  let isLate = false;
  const leave = () => controller.abort(signal.reason);
  const stop = clock.after(limitMs, () => {
    isLate = true;
    controller.abort();
  });
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await run(controller.signal);
  } catch (thrown) {
    signal.throwIfAborted();
    if (isLate) return null;
    throw thrown;
  } finally {
    stop();
    signal.removeEventListener('abort', leave);
  }
}
