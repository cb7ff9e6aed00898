import type { Failure } from '../../errors.ts';
import type { Clock, Finish, Model, ModelEvent, ModelRequest, Usage } from '../../ports.ts';
import type { Processor, StreamToken, Verdict } from '../stream/processor.ts';
import { passOn } from './abortable.ts';

export interface Streamed {
  answer: string;
  reasoning: string;
  finish: Finish;
  /** The server's figures; null where it gave none, or was not let to its end. */
  usage: Usage | null;
  /** The processor that ended the stream; null when it ended by itself. */
  stopped: string | null;
  /** Who answered, by the server's word, when that is not who was asked. */
  model: string | null;
  /** What broke the answer off, when the server, the connection or a processor did. */
  broke: Failure | null;
}

type Answered = { ok: true; value: Streamed } | { ok: false; failure: Failure };
type Done = ModelEvent & { kind: 'done' };

/** How long a server may take for its figures after all that is wanted has been said. */
const graceMs = 250;

/**
 * Reads one answer to its end, or to the first verdict of a processor: then the request is ended. After a decision that is complete the
 * server's figures are waited for, for a quarter of a second at most and not over more words. `hear` gets every piece before it is judged.
 * Throws only the signal's reason.
 */
export async function streamAnswer(
  call: { model: Model; request: ModelRequest; processors?: (() => Processor[]) | undefined },
  hear: (token: StreamToken) => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Answered> {
  const own = new AbortController();
  const unlink = passOn(signal, own);
  const events = call.model.answer(call.request, own.signal)[Symbol.asyncIterator]();
  try {
    return await read(events, call.processors?.() ?? [], hear, { clock, signal });
  } finally {
    unlink();
    // A stream that is waiting for its server hears no return before the next word comes.
    own.abort(heardEnough);
    await events.return?.();
  }
}

const heardEnough = new Error('all that is wanted has been said');

async function read(
  events: AsyncIterator<ModelEvent>,
  processors: readonly Processor[],
  hear: (token: StreamToken) => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Answered> {
  const said = { answer: '', reasoning: '' };
  let answeredBy: string | null = null;
  for (let next = await events.next(); !next.done; next = await events.next()) {
    const event = next.value;
    if (event.kind === 'done') {
      const { finish, usage, model = answeredBy, broke = null } = event;
      return { ok: true, value: { ...said, finish, usage, stopped: null, model, broke } };
    }
    // What a model says when it was told to stop is neither answer nor failure.
    signal.throwIfAborted();
    if (event.kind === 'failed') return { ok: false, failure: event.failure };
    answeredBy ??= event.model ?? null;
    said[event.channel] += event.text;
    hear(event);
    const judged = judge(processors, event);
    if (judged?.verdict.kind === 'cut') {
      const { why } = judged.verdict;
      return ok({ ...said, finish: 'broken', usage: null, stopped: judged.name, model: answeredBy, broke: why });
    }
    if (judged) {
      const last = await lastWord(events, clock);
      const { usage = null, model = answeredBy } = last ?? {};
      return ok({ ...said, finish: 'stop', usage, stopped: last ? null : judged.name, model, broke: null });
    }
  }
  signal.throwIfAborted();
  return {
    ok: false,
    failure: { class: 'transient', code: 'stream-broken', message: 'the answer ended without a word of its end' },
  };
}

const ok = (value: Streamed): Answered => ({ ok: true, value });

/** The end of a stream that has said all that is wanted; null when it goes on, takes too long, or breaks. */
async function lastWord(events: AsyncIterator<ModelEvent>, clock: Clock): Promise<Done | null> {
  const late = Promise.withResolvers<null>();
  const cancel = clock.after(graceMs, () => late.resolve(null));
  try {
    for (;;) {
      const next = await Promise.race([events.next().catch(() => null), late.promise]);
      if (!next || next.done) return null;
      const event = next.value;
      if (event.kind === 'done') return event;
      if (event.kind === 'failed' || event.channel === 'answer') return null;
    }
  } finally {
    cancel();
  }
}

/** The first verdict; every processor sees every token up to it. */
function judge(
  processors: readonly Processor[],
  { channel, text }: StreamToken,
): { verdict: Verdict; name: string } | null {
  let first: { verdict: Verdict; name: string } | null = null;
  for (const processor of processors) {
    const verdict = processor.push({ channel, text });
    if (verdict) first ??= { verdict, name: processor.name };
  }
  return first;
}
