import type { Failure } from '../../errors.ts';
import type { Model } from '../../ports.ts';
import type { Settings } from '../../settings.ts';

/** The model's settings, and the window that it is loaded with; nothing or null when nobody knows. */
export type WindowSettings = Settings['model'] & { loadedTokens?: number | null };

/** What a server has loaded when nobody knows: the least that servers load by themselves. */
const unknownWindowTokens = 4_096;

/** The window to reckon with. Rules have none: for them the configured one stands. */
export const loadedWindow = ({ reasoner, traits }: Pick<Model, 'reasoner' | 'traits'>): number | null =>
  traits.contextTokens ?? (reasoner.kind === 'server' ? unknownWindowTokens : null);

/** Of a window more is not used: near its end servers crash, write garbage or drop the middle of the prompt. */
const usableShare = 0.9;
/** Beside the instructions: the line of counters, the frames, and one observation. */
const leastRest = 200;

/** Tokens of the window that the prompt, the answer and the reasoning share. */
const usable = (settings: WindowSettings): number =>
  Math.floor((settings.loadedTokens ?? settings.windowTokens) * usableShare);

/**
 * How many tokens the prompt may have, `instructions` of them spoken for: never more than `contextTokens`, and with the answer and the
 * allowance for reasoning at most 90 % of the window. Where both do not fit, reasoning takes half of what the answer leaves, and less
 * rather than that the instructions and one observation do not fit.
 */
export function promptLimit(settings: WindowSettings, reasons: boolean, instructions = 0): number {
  const shared = usable(settings) - settings.answerTokens;
  const besideReasoning = Math.max(shared - (reasons ? settings.reasoningTokens : 0), Math.floor(shared / 2));
  const least = Math.min(shared, leastPrompt(instructions));
  return Math.max(0, Math.min(settings.contextTokens, Math.max(besideReasoning, least)));
}

/** Share of a prompt that the log leaves to memories, focus and observations, on top of the least. */
const changingShare = 0.1;
/** How many tokens of a prompt of `limit` tokens the log of past cycles and the summary before it may fill. */
export const logRoom = (limit: number, instructions: number): number =>
  Math.max(0, limit - instructions - leastRest - limit * changingShare);

/** Share of a prompt for the running summary (TH6): of 4,000 tokens 600, so that one of 500 stays whole when the token count is corrected. */
const summaryShare = 0.15;

/** How many tokens of that room the summary may fill. */
export const summaryRoom = (limit: number, instructions: number): number =>
  Math.min(limit * summaryShare, logRoom(limit, instructions) / 2);

/** The smallest prompt that is worth sending. */
export const leastPrompt = (instructions: number): number => instructions + leastRest;

/** What the window leaves beside the answer and a prompt of that size; below 0 when they do not fit. */
export const roomBeside = (settings: WindowSettings, promptTokens: number): number =>
  usable(settings) - settings.answerTokens - promptTokens;

/** What is left of the window for reasoning beside a prompt of that size and the answer, at most the allowance. */
export const reasoningRoom = (settings: WindowSettings, promptTokens: number): number =>
  Math.max(0, Math.min(settings.reasoningTokens, roomBeside(settings, promptTokens)));

/** Why a prompt that needs at least `needed` tokens must not be sent, in words for the owner. */
export function windowTooSmall(settings: WindowSettings, needed: number): Failure {
  const figure = (tokens: number) => tokens.toLocaleString('en');
  const bySettings = settings.contextTokens < Math.min(needed, usable(settings) - settings.answerTokens);
  const wanted = Math.ceil((needed + settings.answerTokens) / usableShare / 1_024) * 1_024;
  const message = bySettings
    ? `The settings allow ${figure(settings.contextTokens)} tokens per prompt, and the instructions with one observation need about ${figure(needed)}; no model can be asked. Set model.contextTokens higher.`
    : `The model's window of ${figure(settings.loadedTokens ?? settings.windowTokens)} tokens is too small: the instructions with one observation need about ${figure(needed)} and the answer ${figure(settings.answerTokens)}. Load it with a context of at least ${figure(wanted)} tokens.`;
  return { class: 'resource', code: 'window-too-small', message };
}
