import type { ThoughtContext } from '../../ports.ts';
import type { Decision, DecisionPriority, Details } from '../../types.ts';
import { alarm, rank, repeats } from './alarm.ts';
import type { Candidate, Rule } from './candidate.ts';
import { burst, newFolder, whileAway } from './crowds.ts';
import { backToCommitted, manyDeleted, manyLinesRemoved, unusualSize } from './files.ts';
import { committed, filesInWords, operationOpen, rewritten, switchedWithEdits, uncommitted } from './git.ts';
import { note } from './note.ts';
import { pattern } from './pattern.ts';
import { kindCounts, readBatch, type Seen } from './reading.ts';
import { nextMilestone, session, sessionEdits } from './session.ts';
import { clip, counted, figure, fit, foldNumbers, insightLimit, list, pathName, quoted } from './wording.ts';

/** The registry: a new rule is one function and one line here. Order decides between equally important ones. */
const rules: readonly Rule[] = [
  { name: 'error', look: alarm },
  { name: 'unfinished operation', look: operationOpen },
  { name: 'note', look: note },
  { name: 'repetition', look: repeats },
  { name: 'learned pattern', look: pattern },
  { name: 'deleted files', look: manyDeleted },
  { name: 'uncommitted work', look: uncommitted },
  { name: 'unusual size', look: unusualSize },
  { name: 'removed lines', look: manyLinesRemoved },
  { name: 'commit', look: committed },
  { name: 'branch', look: switchedWithEdits },
  { name: 'rewritten history', look: rewritten },
  { name: 'burst', look: burst },
  { name: 'back to committed', look: backToCommitted },
  { name: 'while away', look: whileAway },
  { name: 'session', look: session },
  { name: 'new folder', look: newFolder },
];

/** The answer as it goes over the wire, in the order in which it is streamed: `reasoning` first, because it is shown as the thought. */
export interface RuleAnswer extends Decision {
  insight: { text: string; importance: number } | null;
  /** Refs of `ThoughtContext.salient`. */
  evidence: string[];
}

/** After this long the same words may be said again: a reminder of the next day is none of today's repetitions. */
const repeatMs = 20 * 3_600_000;

type Found = Candidate & { rule: string };

/** Forms the one answer of the rules to a context: an observation with at most one insight. Never fails, never delegates. */
export function answerByRules(context: ThoughtContext): RuleAnswer {
  const seen = readBatch(context);
  const fired = rules.flatMap(({ name, look }) => {
    const candidate = look(seen);
    return candidate ? [{ ...candidate, rule: name }] : [];
  });
  const fresh = fired.filter((candidate) => !wasTold(candidate, context)).sort((a, b) => b.importance - a.importance);
  const [first] = fresh;
  if (!first) return quiet(seen, fired);
  const second = companion(first, fresh);
  return {
    reasoning: fit([because(first), second && `Rule “${second.rule}” adds: ${second.because}.`], 600),
    insight: { text: second ? together(first, second) : clip(first.text, insightLimit), importance: first.importance },
    ...observe(
      priorityOf(seen),
      Math.min(first.confidence, second?.confidence ?? 1),
      first.watchFor ?? second?.watchFor,
    ),
    evidence: [...new Set([...first.refs, ...(second?.refs ?? [])])],
  };
}

const because = (found: Found): string => `Rule “${found.rule}”: ${found.because}.`;

/** The decision around an insight; what is watched for asks for a second look after five minutes. */
const observe = (priority: DecisionPriority, confidence: number, watchFor: string | undefined) => ({
  action_type: 'observe' as const,
  target_agent: null,
  command: null,
  priority,
  metadata: {
    confidence,
    alternatives_considered: [],
    expected_outcome: watchFor ?? 'The owner knows of it; nothing has to follow.',
    ...(watchFor ? { should_monitor: true, next_check: 300 } : {}),
  },
});

/** The next candidate that has a short form: one that must be said, else one that fits and matters. */
function companion(first: Found, fresh: readonly Found[]): Found | null {
  const others = fresh.filter((each) => each !== first && each.clause !== null);
  const room = (each: Found) => first.text.length + 1 + (each.clause?.length ?? 0) <= insightLimit;
  return others.find((each) => each.must) ?? others.find((each) => each.importance >= 0.45 && room(each)) ?? null;
}

function together(first: Found, second: Found): string {
  const clause = clip(second.clause ?? '', 140);
  return `${clip(first.text, insightLimit - 1 - clause.length)} ${clause}`;
}

/** Whether the same has been said lately: the same words whatever the figures, alone or at the start of a longer insight. */
function wasTold(candidate: Found, { told, now }: ThoughtContext): boolean {
  const folded = foldNumbers(clip(candidate.text, insightLimit));
  return told.some(
    (insight) =>
      now - insight.formedAt < repeatMs &&
      foldNumbers(insight.text).startsWith(folded) &&
      !candidate.isOther?.(insight),
  );
}

/** Nothing worth a word: says what was seen and why it stays at that. */
function quiet(seen: Seen, fired: readonly Found[]): RuleAnswer {
  return {
    reasoning: fit([`Seen: ${seenInWords(seen)}.`, whyQuiet(seen, fired)], 600),
    insight: null,
    ...observe(priorityOf(seen), 0.9, undefined),
    evidence: [],
  };
}

function seenInWords(seen: Seen): string {
  const edits = seen.edits.length ? [`${kindCounts(seen.edits)}: ${filesInWords(seen)}`] : [];
  const rest = seen.all.filter(({ ref }) => !seen.edits.some((edit) => edit.ref === ref));
  const kinds = Map.groupBy(
    rest,
    ({ observation }) => `${quoted(observation.type, 40)} from ${pathName(observation.source, 40)}`,
  );
  const others = [...kinds].map(([kind, items]) => {
    const targets = [...new Set(items.map(({ observation }) => pathName(observation.target)))];
    return `${figure(items.length)} × ${kind} (${list(targets)})`;
  });
  return clip(list([...edits, ...others], 3) || 'nothing', 300);
}

function whyQuiet(seen: Seen, fired: readonly Found[]): string {
  if (fired.length) return `Rule “${fired[0]?.rule}” would speak, but the same was told already.`;
  if (seen.edits.length && !seen.commits.length) {
    const total = sessionEdits(seen);
    return `No rule found it worth a word: the session stands at ${counted(total, 'edit')}, the next word is due at ${figure(nextMilestone(total))}.`;
  }
  const unchanged = seen.all.every(({ observation }) => observation.source === 'files' && isBlank(observation.details));
  return unchanged && seen.all.length
    ? 'Only white space or nothing in them changed, so there is nothing to say.'
    : 'No rule found it worth a word.';
}

const isBlank = (details: Details): boolean =>
  details.whitespaceOnly === true || (details.added === 0 && details.removed === 0);

/** From the worst severity of the batch; a note of the owner is at least medium. */
function priorityOf(seen: Seen): DecisionPriority {
  const worst = Math.max(0, ...seen.all.map(({ observation }) => rank(observation.severity)));
  const byRank: DecisionPriority[] = ['low', 'low', 'medium', 'high', 'critical'];
  const priority = byRank[worst] ?? 'low';
  return priority === 'low' && seen.of('notes/note-written').length ? 'medium' : priority;
}
