import type { ServerResponse } from 'node:http';
import type { FaultName } from './faults.ts';
import { type Refusal, refusals } from './refusals.ts';
import type { Instance } from './server-instance.ts';
import { instanceFor, isRefusal, type Machine } from './server-machine.ts';
import { type End, formatOf, type Job, planJob, promptTokensOf, runJob, type Said } from './server-prediction.ts';
import { type Frame, type Reply, streamReply, wholeReply } from './server-reply.ts';
import { goneSignal, send, sendJson, sendRefusal } from './server-wire.ts';
import type { Answer, AskedChat } from './simulator.ts';

/** `POST /v1/chat/completions`, `/v1/completions` and their twins under `/api/v0`. */
export async function chatRoute(
  machine: Machine,
  route: Frame['route'],
  body: Record<string, unknown>,
  response: ServerResponse,
): Promise<void> {
  const gone = goneSignal(response);
  const chat = route === 'text' ? withPrompt(body) : (body as AskedChat);
  if (!Array.isArray(chat.messages)) return sendRefusal(response, refusals.missing('messages'));
  const format = formatOf(chat);
  if (format !== null && format !== 'json_schema' && format !== 'text')
    return sendRefusal(response, refusals.responseFormat());
  const instance = refusedByFault(machine, chat) ?? (await instanceFor(machine, chat.model, chat['ttl']));
  if (isRefusal(instance)) return sendRefusal(response, instance);
  const refusal = promptRefusal(machine, instance, chat);
  if (refusal) return sendRefusal(response, refusal);
  const answer = machine.nextAnswer(chat);
  if ('status' in answer) return sendRaw(response, answer);
  await speak(machine, instance, chat, route, answer, response, gone);
}

const withPrompt = (body: Record<string, unknown>): AskedChat => ({
  ...body,
  messages: [{ role: 'user', content: String(body['prompt'] ?? '') }],
});

function sendRaw(response: ServerResponse, { status, body, headers }: Extract<Answer, { status: number }>): void {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (typeof body === 'string') send(response, status, 'text/html; charset=utf-8', body);
  else sendJson(response, status, body);
}

const refusing = [
  'unknown-model',
  'no-models-400',
  'no-models-404',
  'no-models-object',
  'model-unloaded',
  'model-crashed',
  'grammar',
  'template',
] as const satisfies FaultName[];

function refusedByFault({ faults }: Machine, chat: AskedChat): Refusal | null {
  const kinds: Record<(typeof refusing)[number], () => Refusal> = {
    'unknown-model': () => refusals.unknownModel(String(chat.model), ['acme/one', 'acme/two', 'acme/three']),
    'no-models-400': () => refusals.noModels({ status: 400, asObject: false }),
    'no-models-404': () => refusals.noModels({ status: 404, asObject: false }),
    'no-models-object': () => refusals.noModels({ status: 400, asObject: true }),
    'model-unloaded': refusals.unloaded,
    // The unsigned wrap that Windows shows.
    'model-crashed': () => refusals.crashed(18446744073709515000n),
    grammar: refusals.grammar,
    template: refusals.template,
  };
  const fault = faults.first(refusing);
  return fault && kinds[fault]();
}

const overflowKinds = {
  'overflow-n-keep': 'n-keep',
  'overflow-greater': 'greater',
  'overflow-keep-first': 'keep-first',
} as const;

/** A prompt must be smaller than the window; which words say that it is not differs by version. */
function promptRefusal(machine: Machine, { contextTokens }: Instance, chat: AskedChat): Refusal | null {
  const tokens = promptTokensOf(chat);
  const fault = machine.faults.first(['overflow-n-keep', 'overflow-greater', 'overflow-keep-first']);
  if (fault) return refusals.overflow(overflowKinds[fault], contextTokens + 100, contextTokens);
  return tokens >= contextTokens ? refusals.overflow(machine.profile.overflow, tokens, contextTokens) : null;
}

const midStream = [
  'crash-mid-stream',
  'overflow-mid-stream',
  'error-object',
  'error-string',
  'error-event',
  'cut',
  'end-early',
  'hang',
  'no-chunks',
] as const satisfies FaultName[];

async function speak(
  machine: Machine,
  instance: Instance,
  chat: AskedChat,
  route: Frame['route'],
  said: Said,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { faults, profile, clock } = machine;
  const wantsUsage = (chat['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
  const frame: Frame = {
    route,
    instance,
    id: `chatcmpl-simulated${machine.countInference()}`,
    created: Math.floor(clock.now() / 1000),
    usage: wantsUsage && profile.streamUsage,
  };
  const late = faults.strikes('late-headers') ? 'late' : 'at-once';
  const reply = chat.stream === true ? streamReply(response, frame, late) : wholeReply(response, frame);
  const planned = planJob(machine, instance, chat, said);
  const job: Job = faults.strikes('empty-success') ? { ...planned, deltas: [], reasoningTokens: 0 } : planned;
  const fault = faults.first(midStream);
  const strikesAt = fault === 'no-chunks' || fault === 'overflow-mid-stream' ? 0 : Math.floor(job.deltas.length / 2);
  reply.begin();
  const end = await runJob(machine, instance, job, gone, async (delta, index) => {
    if (!fault || index < strikesAt) return reply.delta(delta);
    return strike(machine, instance, reply, fault, AbortSignal.any([gone, instance.ended]));
  });
  await finish(machine, reply, job, end);
}

async function finish(machine: Machine, reply: Reply, job: Job, end: End): Promise<void> {
  if (end.kind === 'said') await reply.done(job, machine.faults.strikes('no-done') ? 'no-done-line' : 'done-line');
  else if (end.kind === 'failed') await reply.failed(end.refusal);
}

/** Does what the fault is; false, so that nothing follows. A hang holds its slot until the client goes. */
async function strike(
  machine: Machine,
  instance: Instance,
  reply: Reply,
  fault: (typeof midStream)[number],
  over: AbortSignal,
): Promise<false> {
  if (fault === 'crash-mid-stream') machine.memory.crash(instance.id);
  else if (fault === 'cut') reply.cut();
  else if (fault === 'end-early') reply.endEarly();
  else if (fault === 'error-string') await reply.error({ error: 'Compute error.' });
  else if (fault === 'error-object')
    await reply.error({ error: { message: 'Compute error.' }, message: 'Compute error.' });
  else if (fault === 'error-event') await reply.error({ error: { message: 'Compute error.' } }, 'event');
  else if (fault === 'overflow-mid-stream')
    await reply.failed(refusals.overflow(machine.profile.overflow, 9_000, instance.contextTokens));
  else if (!over.aborted)
    await new Promise<void>((done) => over.addEventListener('abort', () => done(), { once: true }));
  return false;
}
