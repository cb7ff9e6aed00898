import { observationText, plainLine } from '../observe/text.ts';
import type { ChatMessage, ThoughtContext } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Identity, Observation, Stamp } from '../types.ts';
import { standingInstructions } from './prompt.ts';
import type { TokenCounter } from './tokens.ts';

export interface PromptParts {
  identity: Identity;
  fence: string;
  /** Past cycles, one line each, oldest first; append-only but for rare compaction. */
  log: readonly string[];
  context: ThoughtContext;
  lastThoughtAt: Stamp | null;
  /** The answer to a question that the thought before this one asked of memory. */
  memoryAnswer: { question: string; hits: readonly string[] } | null;
}

export interface Prompt {
  messages: ChatMessage[];
  tokens: number;
  /** Observations that did not fit and are only counted. */
  left: number;
}

/**
 * The prompt in the order that keeps its beginning unchanged from one thought to the next (TH5): rules and identity, the log of past
 * cycles, and only then what changes every time: counters, recalled memories, focus, new observations. Everything observed stands
 * between fences. What does not fit the token budget is left out by importance and counted.
 */
export function buildPrompt(parts: PromptParts, settings: Settings['model'], tokens: TokenCounter): Prompt {
  const limit = Math.min(settings.contextTokens, settings.windowTokens - settings.answerTokens);
  const system = standingInstructions(parts.identity, parts.fence);
  const past =
    parts.log.length > 0 ? `Your past cycles, oldest first:\n${fenced(parts.log.join('\n'), parts.fence)}\n\n` : '';
  const head = nowText(parts, limit * recallShare, tokens);
  const room = limit - tokens.count(system + past + head + observationsFrame('', 99, parts.fence));
  const { text, left } = observationsText(parts, room, tokens);
  const user = `${past}${head}\n${text}`;
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    tokens: tokens.count(system + user),
    left,
  };
}

/** Between the marks nothing can look like a mark, whatever it imitates. */
const fenced = (text: string, fence: string) =>
  `⟦${fence}⟧\n${text.replaceAll(fence, '…').replaceAll('⟦', '[').replaceAll('⟧', ']')}\n⟦/${fence}⟧`;

/** Share of the prompt's budget for recalled memories, and the same for an answer of memory. */
const recallShare = 0.1;

/** The first lines that fit into `room` tokens, the last of them cut when there is some room left. */
function fitting(lines: readonly string[], room: number, tokens: TokenCounter): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const line of lines) {
    const part = clip(line, room - used, tokens);
    if (kept.length > 0 && used + tokens.count(part) > room) break;
    kept.push(part);
    used += tokens.count(part) + 1;
  }
  return kept;
}

function nowText(
  { context, identity, fence, lastThoughtAt, memoryAnswer }: PromptParts,
  room: number,
  tokens: TokenCounter,
): string {
  const { focus, recalled, now } = context;
  const lines = [
    `Now: ${new Date(now).toISOString().slice(0, 19)}Z. Session ${identity.sessions}; ${identity.observations} observations, ${identity.decisions} decisions so far.${lastThoughtAt ? ` Your last thought was ${span(now - lastThoughtAt)} ago.` : ''}`,
  ];
  if (recalled.length > 0)
    lines.push(
      'What you remember about this:',
      fenced(
        fitting(
          recalled.map((hit) => `- (${span(now - hit.at)} ago) ${plainLine(hit.text, 300)}`),
          room,
          tokens,
        ).join('\n'),
        fence,
      ),
    );
  if (memoryAnswer)
    lines.push(
      'You asked your memory a question; this is its answer:',
      fenced(
        [
          `question: ${plainLine(memoryAnswer.question, 300)}`,
          ...(memoryAnswer.hits.length
            ? fitting(
                memoryAnswer.hits.map((hit) => `- ${plainLine(hit, 300)}`),
                room,
                tokens,
              )
            : ['nothing found']),
        ].join('\n'),
        fence,
      ),
    );
  lines.push(
    focus
      ? `Your focus for ${span(now - focus.since)} (${focus.why}):\n${fenced(plainLine(focus.topic, 200), fence)}`
      : 'You have no particular focus.',
  );
  return lines.join('\n');
}

function observationsText(
  { context, fence }: PromptParts,
  room: number,
  tokens: TokenCounter,
): { text: string; left: number } {
  const lines = context.salient.map(({ observation, salience, ref }) => ({
    line: clip(
      `${ref} (${span(context.now - observation.occurredAt)} ago) ${observationText(observation)}${caused(observation)}`,
      Math.floor(room / 2),
      tokens,
    ),
    weight: salience.score,
  }));
  const kept = new Set<(typeof lines)[number]>();
  let used = 0;
  for (const each of lines.toSorted((a, b) => b.weight - a.weight)) {
    const cost = tokens.count(each.line) + 1;
    if (used + cost > room && kept.size > 0) continue;
    used += cost;
    kept.add(each);
  }
  const left = lines.length - kept.size;
  const shown = lines.filter((each) => kept.has(each)).map((each) => each.line);
  return { text: observationsFrame(shown.join('\n'), left, fence), left };
}

function observationsFrame(text: string, left: number, fence: string): string {
  const more = left > 0 ? `\n(${left} less important ones are not shown)` : '';
  return `New observations, oldest first:\n${fenced(text, fence)}${more}\nWhat do you make of it?`;
}

/** However little room there is, the beginning of a line stays: its ref, age and kind. */
const shortestLine = 60;

/** The line, cut when it costs more than `room` tokens, so that one huge thing does not push out all others. */
function clip(line: string, room: number, tokens: TokenCounter): string {
  let part = line;
  for (let cost = tokens.count(part) + 1; cost > room && part.length > shortestLine; cost = tokens.count(part) + 1)
    part = part.slice(0, Math.max(shortestLine, Math.floor(part.length * Math.min(0.9, room / cost))));
  return part === line ? line : `${part.toWellFormed()}…`;
}

const caused = (observation: Observation) => (observation.causeId ? ` caused-by ${observation.causeId}` : '');

/** A span of milliseconds in words that cost few tokens. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Share of the prompt's budget that the log of past cycles may fill before it is compacted. */
const logShare = 0.4;

/**
 * Appends one line to the log of past cycles. When the log has outgrown its share, its older half becomes one line: rarely, because
 * each compaction costs the server's prompt cache.
 */
export function appendToLog(
  log: readonly string[],
  line: string,
  settings: Settings['model'],
  tokens: TokenCounter,
): string[] {
  const share = Math.min(settings.contextTokens, settings.windowTokens - settings.answerTokens) * logShare;
  let grown = [...log, plainLine(line, 600)];
  while (grown.length > 1 && tokens.count(grown.join('\n')) > share) grown = compacted(grown);
  return grown;
}

function compacted(grown: readonly string[]): string[] {
  const kept = grown.slice(Math.ceil((grown.length + 1) / 2));
  const dropped = grown.length - kept.length;
  const before = /^\((\d+) earlier cycles/.exec(grown[0] ?? '');
  return [
    `(${dropped - (before ? 1 : 0) + (before ? Number(before[1]) : 0)} earlier cycles are kept in memory)`,
    ...kept,
  ];
}
