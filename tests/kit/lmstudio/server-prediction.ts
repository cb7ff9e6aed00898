import { take } from './pace.ts';
import type { Refusal } from './refusals.ts';
import type { Instance } from './server-instance.ts';
import type { Machine } from './server-machine.ts';
import type { Answer, AskedChat } from './simulator.ts';

/** One token on its way, in the field of the chunk that it comes in. */
export interface Delta {
  field: 'content' | 'reasoning_content' | 'reasoning';
  text: string;
}

/** What an instance is going to say to one request, worked out before the first token. */
export interface Job {
  deltas: Delta[];
  finish: 'stop' | 'length';
  promptTokens: number;
  reasoningTokens: number;
  tokenDelay: Machine['settings']['tokenDelay'];
}

export type Said = Extract<Answer, { text: string }>;

/** Figures follow from lengths alone, so that a test can expect them: four characters of the messages are a token. */
export const promptTokensOf = (chat: AskedChat): number =>
  Math.ceil((chat.messages ?? []).reduce((sum, each) => sum + each.content.length, 0) / 4);

export function planJob(machine: Machine, instance: Instance, chat: AskedChat, said: Said): Job {
  const promptTokens = promptTokensOf(chat);
  const asked = chat['max_tokens'];
  const limit = typeof asked === 'number' && asked >= 0 ? asked : Number.POSITIVE_INFINITY;
  const all = deltasOf(machine, instance, chat, said);
  const deltas = all.slice(0, Math.max(0, Math.min(limit, instance.contextTokens - promptTokens)));
  return {
    deltas,
    finish: deltas.length < all.length ? 'length' : (said.finish ?? 'stop'),
    promptTokens,
    reasoningTokens: deltas.filter((each) => each.field !== 'content').length,
    tokenDelay: said.tokenDelay ?? machine.settings.tokenDelay,
  };
}

/** Thinking first, in the place that this model and version have for it, then the answer up to a stop string. */
function deltasOf(machine: Machine, instance: Instance, chat: AskedChat, said: Said): Delta[] {
  const size = said.chunkChars ?? 8;
  const text = upToStop(said.text, chat['stop']);
  const thoughts = said.reasoning ?? (instance.model.thinks ? { text: 'Let me think about this for a moment.' } : null);
  if (machine.faults.strikes('json-in-reasoning')) return inPieces(text, size, 'reasoning_content');
  if (!thoughts || isSwitchedOff(machine, chat)) return inPieces(text, size, 'content');
  const place = thoughts.place ?? placeOf(machine, instance);
  if (place === 'think' || place === 'open-think') {
    const end = place === 'think' ? '</think>' : '';
    return inPieces(`<think>${thoughts.text}${end}${text}`, size, 'content');
  }
  return [...inPieces(thoughts.text, size, place), ...inPieces(text, size, 'content')];
}

function placeOf({ profile }: Machine, { model }: Instance): Delta['field'] | 'think' {
  const { thinks } = model;
  return thinks && thinks !== 'think' && profile.reasoningFields.includes(thinks) ? thinks : 'think';
}

const isSwitchedOff = ({ profile }: Machine, chat: AskedChat): boolean =>
  profile.reasoningSwitch && (chat['reasoning_effort'] === 'none' || formatOf(chat) === 'json_schema');

export const formatOf = (chat: AskedChat): string | null =>
  (chat.response_format as { type?: string } | undefined)?.type ?? null;

function upToStop(text: string, stop: unknown): string {
  const stops = (Array.isArray(stop) ? stop : [stop]).filter((each) => typeof each === 'string' && each !== '');
  const ends = stops.map((each) => text.indexOf(each as string)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

function inPieces(text: string, size: number, field: Delta['field']): Delta[] {
  const pieces: Delta[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push({ field, text: text.slice(at, at + size) });
  return pieces;
}

/** How a job ended: said to its end, given up by whoever wanted it, or with an error of the instance. */
export type End = { kind: 'said' } | { kind: 'gone' } | { kind: 'failed'; refusal: Refusal };

/**
 * Runs a job in a slot of its instance: queue, prompt, tokens. A client that goes away leaves the queue at once and stops the tokens, but
 * reading the prompt goes on to its end. `onDelta` returns false to stop.
 */
export async function runJob(
  machine: Machine,
  instance: Instance,
  job: Job,
  gone: AbortSignal,
  onDelta: (delta: Delta, index: number) => Promise<boolean>,
): Promise<End> {
  const ended = (): End =>
    instance.ended.aborted ? { kind: 'failed', refusal: instance.ended.reason as Refusal } : { kind: 'gone' };
  const either = AbortSignal.any([gone, instance.ended]);
  const visit = await instance.enter(gone);
  if (!visit) return ended();
  try {
    const slow = machine.faults.strikes('slow-prefill');
    await take(machine.clock, slow ? slowPrefillMs : machine.settings.prefill, instance.ended);
    if (either.aborted) return ended();
    visit.phase('generating');
    for (const [index, delta] of job.deltas.entries()) {
      await take(machine.clock, job.tokenDelay, either);
      if (either.aborted || !(await onDelta(delta, index))) return ended();
    }
    return either.aborted ? ended() : { kind: 'said' };
  } finally {
    visit.leave();
  }
}

const slowPrefillMs = 310_000;

/** What an embedding costs: a slot of its instance for the time of a prompt. */
export async function runEmbedding(machine: Machine, instance: Instance, gone: AbortSignal): Promise<End> {
  if (machine.faults.strikes('crash-on-embedding')) machine.memory.crash(instance.id);
  const visit = await instance.enter(gone);
  visit?.phase('computingEmbedding');
  if (visit) await take(machine.clock, machine.settings.prefill, instance.ended);
  visit?.leave();
  if (instance.ended.aborted) return { kind: 'failed', refusal: instance.ended.reason as Refusal };
  return gone.aborted ? { kind: 'gone' } : { kind: 'said' };
}
