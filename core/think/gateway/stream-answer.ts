import type { Failure } from '../../errors.ts';
import type { Finish, Model, ModelRequest, Usage } from '../../ports.ts';
import type { Processor, StreamToken, Verdict } from '../stream/processor.ts';

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
  /** What broke the answer off, when the server or the connection did. */
  broke: Failure | null;
}

/**
 * Reads one answer to its end, or to the first verdict of a processor: then the stream is returned, which ends the request. `hear` gets every
 * piece before it is judged. Throws only the signal's reason.
 */
export async function streamAnswer(
  call: { model: Model; request: ModelRequest; processors?: (() => Processor[]) | undefined },
  hear: (token: StreamToken) => void,
  signal: AbortSignal,
): Promise<{ ok: true; value: Streamed } | { ok: false; failure: Failure }> {
  const said = { answer: '', reasoning: '' };
  const processors = call.processors?.() ?? [];
  let answeredBy: string | null = null;
  for await (const event of call.model.answer(call.request, signal)) {
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
    if (judged) {
      const finish = judged.verdict.kind === 'complete' ? 'stop' : 'broken';
      return {
        ok: true,
        value: { ...said, finish, usage: null, stopped: judged.name, model: answeredBy, broke: null },
      };
    }
  }
  signal.throwIfAborted();
  return {
    ok: false,
    failure: { class: 'transient', code: 'stream-broken', message: 'the answer ended without a word of its end' },
  };
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
