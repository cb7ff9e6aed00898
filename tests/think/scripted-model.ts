import type { Failure } from '../../core/errors.ts';
import type { ChatMessage, Finish, Log, Model, ModelRequest, Usage } from '../../core/ports.ts';
import type { Reasoner } from '../../core/types.ts';

/** What the double says to one request; it thinks nothing. */
export type Said =
  | string
  | { text: string; finish?: Finish; usage?: Usage | null; channel?: 'answer' | 'reasoning'; pieceChars?: number }
  | { failure: Failure; after?: string; when?: Promise<unknown> }
  /** Says this and then nothing more until it is aborted. */
  | { hang: string }
  /** Says this and ends without a last event, against the contract. */
  | { breakOff: string }
  /** Answers when the promise resolves. */
  | { when: Promise<unknown>; then: string };

export interface ScriptedModel extends Model {
  readonly requests: ModelRequest[];
  /** The most calls that ever ran at one time. */
  most(): number;
  running(): number;
}

export const transient = (over: Partial<Failure> = {}): Failure => ({
  class: 'transient',
  code: 'server-error',
  message: 'the server failed',
  ...over,
});

/** A Model that says what it is told to, in order, the last again and again. */
export function scriptedModel(
  said: Said[] | ((request: ModelRequest) => Said),
  over: Partial<Reasoner> = {},
): ScriptedModel {
  const reasoner: Reasoner = { kind: 'server', name: 'scripted', ...over };
  const requests: ModelRequest[] = [];
  let running = 0;
  let most = 0;
  const next = (request: ModelRequest): Said =>
    typeof said === 'function' ? said(request) : (said[Math.min(requests.length, said.length) - 1] ?? '');

  return {
    reasoner,
    traits: { place: 'scripted', remote: false, concurrency: 1, contextTokens: null, reasons: false },
    requests,
    most: () => most,
    running: () => running,
    probe: async () => ({ ok: true, value: reasoner }),
    async *answer(request, signal) {
      signal.throwIfAborted();
      requests.push(structuredClone(request));
      running += 1;
      most = Math.max(most, running);
      try {
        const reply = next(request);
        const full = typeof reply === 'string' ? { text: reply } : reply;
        if ('when' in full) await full.when;
        signal.throwIfAborted();
        yield* tokens(full);
        if ('hang' in full) await aborted(signal);
        signal.throwIfAborted();
        if ('failure' in full) yield { kind: 'failed', failure: full.failure };
        else if (!('breakOff' in full))
          yield {
            kind: 'done',
            finish: 'finish' in full ? (full.finish ?? 'stop') : 'stop',
            usage: 'usage' in full ? (full.usage ?? null) : null,
          };
      } finally {
        running -= 1;
      }
    },
  };
}

function* tokens(reply: Exclude<Said, string>) {
  const channel = 'channel' in reply ? (reply.channel ?? 'answer') : 'answer';
  const text =
    'text' in reply
      ? reply.text
      : 'hang' in reply
        ? reply.hang
        : 'breakOff' in reply
          ? reply.breakOff
          : 'failure' in reply
            ? (reply.after ?? '')
            : reply.then;
  const chars = 'pieceChars' in reply ? (reply.pieceChars ?? 8) : 8;
  for (let at = 0; at < text.length; at += chars)
    yield { kind: 'token' as const, channel, text: text.slice(at, at + chars) };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The JSON of a whole answer. */
export const answerText = (over: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): string =>
  JSON.stringify({
    reasoning: 'Two files were edited and nothing is needed now.',
    action_type: 'observe',
    target_agent: null,
    command: null,
    priority: 'low',
    metadata: { confidence: 0.8, alternatives_considered: [], expected_outcome: 'more edits', ...metadata },
    insight: null,
    evidence: [],
    ...over,
  });

export const request = (over: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content: 'What do you make of it?' } satisfies ChatMessage],
  schema: null,
  maxTokens: 100,
  temperature: 0.7,
  topP: 0.9,
  reasoningTokens: 0,
  topK: 0,
  repeatPenalty: 1,
  context: null,
  ...over,
});

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
