import type { Finish, Usage } from '../../ports.ts';

export interface Token {
  channel: 'answer' | 'reasoning';
  text: string;
}

const open = '<think>';
const close = '</think>';

/**
 * Tells inline thinking from the answer in a text that arrives in pieces. A tag may be cut anywhere; what could be the start of one is
 * held back until it is decided. Once the answer holds a brace it is data, and a tag in it is part of that data.
 */
export function createThinkSplitter(): { push(text: string): Token[]; end(): Token[] } {
  let held = '';
  let thinking = false;
  let data = false;
  const emit = (text: string): Token[] => {
    if (!thinking && text.includes('{')) data = true;
    return text ? [{ channel: thinking ? 'reasoning' : 'answer', text }] : [];
  };
  const push = (text: string): Token[] => {
    if (data) return emit(text);
    const all = held + text;
    held = '';
    const tag = thinking ? close : open;
    const brace = thinking ? -1 : all.indexOf('{');
    const at = all.indexOf(tag);
    if (brace >= 0 && (at < 0 || brace < at)) return emit(all);
    if (at < 0) {
      held = startOfTag(all, tag);
      return emit(all.slice(0, all.length - held.length));
    }
    const before = emit(all.slice(0, at));
    thinking = !thinking;
    return [...before, ...push(all.slice(at + tag.length))];
  };
  return {
    push,
    end() {
      const rest = emit(held);
      held = '';
      return rest;
    },
  };
}

/**
 * Notices a thought whose opening tag never came, as some servers leave it away: text that does not begin as data and holds a closing tag.
 */
function createOpenThought(): { push(text: string): void; seen(): boolean } {
  let head = '';
  let tail = '';
  let seen = false;
  return {
    push(text) {
      if (head.length < 3) head = (head + text).trimStart().slice(0, 3);
      if (/^(?:\{|```)/.test(head)) return;
      tail += text;
      seen ||= tail.includes(close);
      tail = tail.slice(1 - close.length);
    },
    seen: () => seen,
  };
}

/** The longest end of `text` that begins `tag`, or nothing. */
function startOfTag(text: string, tag: string): string {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--)
    if (tag.startsWith(text.slice(-length))) return text.slice(-length);
  return '';
}

/** What a stream of chunks has said so far. */
export interface ChunkReader {
  /** Takes one parsed chunk of any shape; what is not understood says nothing. */
  read(chunk: unknown): Token[];
  /** Gives what was still held back; call once, after the last chunk. */
  end(): Token[];
  finish(): Finish | null;
  usage(): Usage | null;
  /** Characters of answer and reasoning together. */
  chars(): number;
  /** Whether anything but white space has come. */
  spoke(): boolean;
  /** Whether the model thinks before it answers: by what came, or by the server's figures. */
  reasoned(): boolean;
  /** Whether its limit ended it before a brace of the answer: as of a model that thinks, and does not say so. */
  ranOut(): boolean;
  /** What came in a reasoning field, as long as no answer has come. */
  unanswered(): string;
  /** Who answers, by the server's word; null when it does not say. */
  model(): string | null;
}

/** Reads chat completion chunks: tokens by channel, finish reason and usage, wherever servers put them. */
export function createChunkReader(): ChunkReader {
  const splitter = createThinkSplitter();
  const openThought = createOpenThought();
  let braced = false;
  let finish: Finish | null = null;
  let usage: Usage | null = null;
  let chars = 0;
  let model: string | null = null;
  let inField = '';
  let counted = false;
  const spoke = { answer: false, reasoning: false };
  const count = (tokens: Token[]): Token[] => {
    for (const token of tokens) {
      chars += token.text.length;
      spoke[token.channel] ||= token.text.trim() !== '';
      if (token.channel === 'reasoning') continue;
      openThought.push(token.text);
      braced ||= token.text.includes('{');
    }
    if (spoke.answer) inField = '';
    return tokens;
  };
  return {
    read(chunk) {
      const figures = field(chunk, 'usage');
      usage = usageOf(figures) ?? usage;
      counted ||= countOf(field(figures, 'completion_tokens_details'), 'reasoning_tokens') > 0;
      model = textOf(chunk, 'model') || model;
      const choices = field(chunk, 'choices');
      const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
      finish = finishOf(field(choice, 'finish_reason')) ?? finish;
      const delta = field(choice, 'delta');
      // Some servers send the same words under both names.
      const reasoning = textOf(delta, 'reasoning_content') || textOf(delta, 'reasoning');
      if (!spoke.answer) inField += reasoning;
      const thought: Token[] = reasoning ? [{ channel: 'reasoning', text: reasoning }] : [];
      return count([...thought, ...splitter.push(textOf(delta, 'content'))]);
    },
    end: () => count(splitter.end()),
    finish: () => finish,
    usage: () => usage,
    chars: () => chars,
    spoke: () => spoke.answer || spoke.reasoning,
    reasoned: () => spoke.reasoning || counted || openThought.seen(),
    ranOut: () => finish === 'length' && spoke.answer && !braced,
    unanswered: () => inField,
    model: () => model,
  };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const textOf = (value: unknown, name: string): string => {
  const text = field(value, name);
  return typeof text === 'string' ? text : '';
};

const finishOf = (reason: unknown): Finish | null =>
  typeof reason !== 'string' || reason === '' ? null : reason === 'length' ? 'length' : 'stop';

function countOf(value: unknown, name: string): number {
  const figure = field(value, name);
  return typeof figure === 'number' && Number.isFinite(figure) && figure >= 0 ? figure : 0;
}

/** The figures of a `usage` object of any reply; null where there are none. */
export function usageOf(value: unknown): Usage | null {
  const promptTokens = countOf(value, 'prompt_tokens');
  const completionTokens = countOf(value, 'completion_tokens');
  const usage = { promptTokens, completionTokens, exact: true };
  // Some servers send a usage object of zeros: that is no figure.
  return usage.promptTokens + usage.completionTokens > 0 ? usage : null;
}
