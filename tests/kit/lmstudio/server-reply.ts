import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusals.ts';
import type { Instance } from './server-instance.ts';
import type { Delta, Job } from './server-prediction.ts';
import { cut, dataLine, sendJson, sendRefusal, startStream, write } from './server-wire.ts';

/** How an answer leaves the server: token by token, or as a whole at its end. */
export interface Reply {
  /** The prompt is being read: a stream has its headers now. */
  begin(): void;
  /** False when the client has gone. */
  delta(delta: Delta): Promise<boolean>;
  /** The end of a good answer, with or without its last line. */
  done(job: Job, last: 'done-line' | 'no-done-line'): Promise<void>;
  /** The instance's own end, unless the answer has ended already. */
  failed(refusal: Refusal): Promise<void>;
  /** Any error; `event`: a line with `event: error` comes before it. */
  error(body: unknown, event?: 'event'): Promise<void>;
  /** Ends cleanly in the middle. */
  endEarly(): void;
  cut(): void;
}

/** What is said beside the words: the same for every chunk of one answer. */
export interface Frame {
  route: 'chat' | 'text' | 'v0';
  instance: Instance;
  id: string;
  /** Seconds since the epoch. */
  created: number;
  /** Whether the stream may tell its usage. */
  usage: boolean;
}

export function wholeReply(response: ServerResponse, frame: Frame): Reply {
  const said: Delta[] = [];
  return {
    begin() {},
    async delta(delta) {
      said.push(delta);
      return !response.destroyed;
    },
    async done(job) {
      const text = (field: Delta['field']) => joined(said, field);
      const thoughts = (['reasoning_content', 'reasoning'] as const).filter((field) => text(field) !== '');
      const message = {
        role: 'assistant',
        content: text('content'),
        ...Object.fromEntries(thoughts.map((field) => [field, text(field)])),
        tool_calls: [],
      };
      const words = frame.route === 'text' ? { text: text('content') } : { message };
      const choices = [{ index: 0, ...words, logprobs: null, finish_reason: job.finish }];
      const object = frame.route === 'text' ? 'text_completion' : 'chat.completion';
      sendJson(response, 200, { ...headOf(frame, object), choices, usage: usageOf(job), ...tailOf(frame, job) }, 2);
    },
    async failed(refusal) {
      if (!response.writableEnded && !response.destroyed) sendRefusal(response, refusal);
    },
    error: async (body) => sendRefusal(response, { status: 400, body }),
    endEarly: () => cut(response),
    cut: () => cut(response),
  };
}

export function streamReply(response: ServerResponse, frame: Frame, headers: 'at-once' | 'late'): Reply {
  const object = frame.route === 'text' ? 'text_completion' : 'chat.completion.chunk';
  const chunk = (delta: Record<string, string>, finish: string | null, words: object = { delta }) => ({
    ...headOf(frame, object),
    choices: [{ index: 0, ...words, logprobs: null, finish_reason: finish }],
  });
  const begin = () => {
    if (!response.headersSent) startStream(response);
  };
  const line = async (data: unknown) => {
    begin();
    return write(response, dataLine(data));
  };
  const error = async (body: unknown, event?: 'event') => {
    begin();
    if (event) await write(response, 'event: error\n');
    await line(body);
    response.end();
  };
  return {
    begin() {
      if (headers === 'at-once') begin();
    },
    delta({ field, text }) {
      const delta = { role: 'assistant', [field]: text };
      return line(frame.route === 'text' ? chunk({}, null, { text }) : chunk(delta, null));
    },
    async done(job, last) {
      const end = chunk({}, job.finish, frame.route === 'text' ? { text: '' } : { delta: {} });
      await line(frame.route === 'v0' ? { ...end, ...tailOf(frame, job) } : end);
      if (frame.usage) await line({ ...headOf(frame, object), choices: [], usage: usageOf(job) });
      response.end(last === 'done-line' ? 'data: [DONE]\n\n' : undefined);
    },
    async failed(refusal) {
      if (!response.writableEnded && !response.destroyed) await error(errorObject(refusal));
    },
    error,
    endEarly() {
      begin();
      response.end();
    },
    cut: () => cut(response),
  };
}

/** In a stream that has begun, a refusal comes as the object that newer builds send. */
const errorObject = (refusal: Refusal): unknown => {
  const { error } = refusal.body as { error: string | { message: string } };
  const message = typeof error === 'string' ? error : error.message;
  return { error: { message }, message };
};

const joined = (said: Delta[], field: Delta['field']) =>
  said
    .filter((each) => each.field === field)
    .map((each) => each.text)
    .join('');

const headOf = ({ id, created, instance }: Frame, object: string) => ({
  id,
  object,
  created,
  model: instance.id,
  system_fingerprint: instance.id,
});

const usageOf = (job: Job) => ({
  prompt_tokens: job.promptTokens,
  completion_tokens: job.deltas.length,
  total_tokens: job.promptTokens + job.deltas.length,
  ...(job.reasoningTokens > 0 && { completion_tokens_details: { reasoning_tokens: job.reasoningTokens } }),
});

/** What the native route of the older kind adds; the other routes have an empty `stats`. */
function tailOf({ route, instance }: Frame, job: Job) {
  if (route !== 'v0') return { stats: {} };
  const { model, contextTokens } = instance;
  const stopped = job.finish === 'stop' ? 'eosFound' : 'maxPredictedTokensReached';
  return {
    stats: { tokens_per_second: 40, time_to_first_token: 0.1, generation_time: 1, stop_reason: stopped },
    model_info: {
      arch: model.architecture,
      quant: model.quantization.name,
      format: model.format,
      context_length: contextTokens,
    },
    runtime: { name: 'simulated-runtime', version: '1.0.0', supported_formats: ['gguf'] },
  };
}
