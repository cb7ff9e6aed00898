/** The nouns of the mind. Plain data only: every value here can cross a process and be written as JSON. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Details = Record<string, Json>;

/** A wall-clock stamp in milliseconds since the epoch. */
export type Stamp = number;

export const severities = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Who stands behind a text: its owner, Reverie's own code, a conclusion from other records, or the observed world. */
export type Trust = 'owner' | 'app' | 'derived' | 'observed';

/** What a source hands to the intake. The intake stamps it; the source never invents ids or priorities. */
export interface ObservationDraft {
  type: string;
  target: string;
  severity: Severity;
  details: Details;
  trust: Trust;
  /** When it happened; the intake's clock when absent. */
  occurredAt?: Stamp;
  /** Moves the priority that follows from severity, by source rule; -10..10. */
  priorityShift?: number;
  /** Id of what caused it, when Reverie itself did. */
  causeId?: string;
  /** Drafts with the same key inside one coalescing window may fold into one observation that names the burst. */
  burst?: { key: string; name: string };
  /** What the source will have seen once this draft is durable; written in the same transaction. */
  marks?: Mark[];
}

/** A source's memory of the world: written with the observation it belongs to, so that no change is lost or told twice. */
export interface Mark {
  key: string;
  /** null removes the mark. */
  value: Json;
}

export interface Observation {
  id: string;
  occurredAt: Stamp;
  source: string;
  type: string;
  target: string;
  severity: Severity;
  /** 0..10 */
  priority: number;
  details: Details;
  fingerprint: string;
  trust: Trust;
  causeId: string | null;
  /** How many equal observations merged into this one. */
  count: number;
  firstAt: Stamp;
  lastAt: Stamp;
}

/** The answer to "why did you notice this?": the terms of AT1, each 0..1, null when it could not be computed. */
export interface Salience {
  score: number;
  terms: { relevance: number | null; novelty: number | null; urgency: number };
  /** The learned pattern that made it more salient than its terms; absent when none did. */
  learned?: { patternId: string; text: string; confidence: number } | null;
  /** Why it was not attended to, in words; null when it was. */
  ignored: string | null;
  /** What the novelty term compared it with. */
  nearestId: string | null;
}

export interface Focus {
  /** What we attend to, in words. */
  topic: string;
  since: Stamp;
  why: string;
  /** 1 when set; decays with time. */
  strength: number;
  /** The text that relevance is measured against. */
  query: string;
  observationId: string | null;
}

export type ActionType = 'delegate' | 'observe' | 'reflect';
export type DecisionPriority = 'low' | 'medium' | 'high' | 'critical';

/** Exactly what a thought may decide (TH3). Field names are those of the wire, so that there is one spelling. */
export interface Decision {
  action_type: ActionType;
  reasoning: string;
  target_agent: 'claude-code' | 'claude-flow' | 'memory' | null;
  command: string | null;
  priority: DecisionPriority;
  metadata: {
    confidence: number;
    alternatives_considered: string[];
    expected_outcome: string;
    timeout?: number;
    should_monitor?: boolean;
    next_check?: number;
    uncertainty_source?: string;
    reflection_focus?: string;
  };
}

/** One thought: what to do, what was understood, and on what evidence (observation ids). */
export interface Thought {
  decision: Decision;
  insight: { text: string; importance: number } | null;
  evidenceIds: string[];
}

/** Which mind formed a thought. `rules` is no model and says so wherever it shows. */
export interface Reasoner {
  kind: 'rules' | 'server';
  name: string;
}

export type Verdict = 'useful' | 'less';

export interface Insight {
  id: string;
  text: string;
  evidenceIds: string[];
  /** 0..1 */
  confidence: number;
  /** 0..1 */
  importance: number;
  formedAt: Stamp;
  /** When the owner was interrupted with it; null: it is only listed. */
  toldAt: Stamp | null;
  reasoner: Reasoner;
  verdict: Verdict | null;
  /** The owner wants it kept. */
  pinned: boolean;
}

export interface Episode {
  id: string;
  startedAt: Stamp;
  endedAt: Stamp;
  type: 'observation' | 'action' | 'conversation' | 'learning';
  /** One line: what was seen and what came of it. */
  summary: string;
  observationIds: string[];
  insightIds: string[];
  decision: Decision;
  /** What became of the decision, in words. */
  outcome: string;
  reasoner: Reasoner;
  /** 0..1, by the terms of ME2. */
  importance?: number;
  /** What it felt like, as far as rules can tell: `owner`, `trouble`, `surprise`, `foreseen`, `routine`. */
  tags?: string[];
  /** Up to three earlier episodes about the same; never itself. */
  relatedIds?: string[];
  /** What it was about. */
  targets?: string[];
}

/** A learned pattern whose condition an observation fulfils. */
export interface Fired {
  patternId: string;
  observationId: string;
  /** The pattern in words. */
  text: string;
  /** 0..1: how often it held, with few cases counting as unsure. */
  confidence: number;
  hits: number;
  misses: number;
  /** What it expects, in words: "“test failed” on npm test", and until when. */
  expects: string;
  until: Stamp;
  /** 0..1: how far it raises attention from what the terms say towards 1; absent or 0 when what it expects is not worth noticing. */
  lift?: number;
  /** Since when it is known. */
  learnedAt?: Stamp;
}

/** A delegation that nobody has approved. Nothing runs from this state. */
export interface Proposal {
  id: string;
  episodeId: string;
  proposedAt: Stamp;
  target: NonNullable<Decision['target_agent']>;
  command: string;
  reasoning: string;
  priority: DecisionPriority;
  confidence: number;
  /** True when observed or derived text was in the thought that formed it. */
  tainted: boolean;
  evidenceIds: string[];
  status: 'proposed';
}

/** A second look that an `observe` decision asked for (DE4). */
export interface Watch {
  dueAt: Stamp;
  episodeId: string;
  target: string;
  expected: string;
}

/** An observation that failed too often and was set aside. */
export interface DeadLetter {
  observation: Observation;
  attempts: number;
  error: string;
  diedAt: Stamp;
}

/** How often something happened to one target, for judging what is unusual, repeated or unfinished. */
export interface TargetHistory {
  target: string;
  source: string;
  type: string;
  /** Observations of it, merged ones included. */
  count: number;
  /** Distinct local days with any. */
  days: number;
  lastAt: Stamp;
  /** Lines changed per observation, newest first, at most 50. */
  sizes: number[];
}

/** Something is wrong and the owner should know: what happened, what it means, what to do. */
export interface Trouble {
  /** Stable per cause, so that one cause shows once. */
  key: string;
  at: Stamp;
  what: string;
  means: string;
  remedy: string;
  severity: 'info' | 'warning' | 'error';
}

/** An insight that the owner judged: the topic of what it rests on, and the score with which that was noticed. */
export interface Judged {
  useful: boolean;
  topic: string;
  score: number;
}

/** Who this mind is (TH7). Counts are kept across restarts. */
export interface Identity {
  bornAt: Stamp;
  sessions: number;
  /** For how long it has run in all, as far as it was written down. */
  uptimeMs: number;
  observations: number;
  decisions: number;
  insights: number;
  /** By how much the owner's verdicts move the threshold of attention. */
  thresholdShift: number;
}
