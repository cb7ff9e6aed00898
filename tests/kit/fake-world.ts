import type { DeadLetterView, InsightView, ObservationView, ProposalView } from '../../core/protocol.ts';
import { dayMs, edit, made, minuteMs, noise, type Seen, seeds } from './fake-days.ts';

/** What the fake engine remembers, and how its parts are made of the invented days. */
export interface World {
  insights: InsightView[];
  observations: ObservationView[];
}

function atOf(startAt: number, daysAgo: number, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const midnight = Math.floor(startAt / dayMs) * dayMs;
  // Keeps the invented times before `now`, whatever `now` is.
  const shift = Math.min(0, startAt - (midnight + (15 * 60 + 4) * minuteMs));
  return midnight - daysAgo * dayMs + (hours * 60 + minutes) * minuteMs + shift;
}

export function populate(
  world: World,
  startAt: number,
  nextId: (at: number) => string,
  observe: (seen: Seen, at: number, kept: boolean) => ObservationView,
) {
  for (const [daysAgo, time, text, importance, confidence, reasoner, evidence, verdict] of seeds) {
    const formedAt = atOf(startAt, daysAgo, time);
    const seen = evidence.map((each, index) => observe(each, formedAt - (evidence.length - index) * 97_000, true));
    const evidenceIds = seen.map((each) => each.id);
    const id = nextId(formedAt);
    world.insights.push({
      id,
      text,
      evidenceIds,
      confidence,
      importance,
      formedAt,
      // What is that important was told a while later, at a good moment.
      toldAt: importance >= 0.85 ? formedAt + 4 * minuteMs : null,
      reasoner,
      verdict: verdict ?? null,
      pinned: importance >= 0.95,
    });
  }
  noise.forEach((each, index) => {
    observe(each, startAt - (index + 1) * 7 * minuteMs, false);
  });
}

export function observationView(
  seen: Seen,
  id: string,
  at: number,
  salience: ObservationView['salience'],
): ObservationView {
  const { source, type, target, severity, details, text, trust = 'observed', count = 1 } = seen;
  const priority = { debug: 1, info: 3, warning: 6, error: 8, critical: 10 }[severity];
  return {
    id,
    occurredAt: at,
    source,
    type,
    target,
    severity,
    priority,
    details,
    fingerprint: `${source}:${type}:${target}`,
    trust,
    causeId: null,
    count,
    firstAt: at - (count - 1) * 500,
    lastAt: at,
    salience,
    status: 'done',
    text,
  };
}

export function salienceOf(seen: Seen, draw: () => number, kept: boolean): ObservationView['salience'] {
  const round = (value: number) => Math.round(value * 100) / 100;
  const urgency = { debug: 0.1, info: 0.3, warning: 0.6, error: 0.8, critical: 1 }[seen.severity];
  const relevance = round(kept ? 0.35 + draw() * 0.6 : draw() * 0.15);
  const novelty = round(kept ? 0.3 + draw() * 0.65 : draw() * 0.2);
  const score = round(0.4 * relevance + 0.4 * novelty + 0.2 * urgency);
  const ignored = kept ? null : 'it looks like what was seen before and has little to do with the focus';
  return { score, terms: { relevance, novelty, urgency }, ignored, nearestId: null };
}

export function proposalsFor(world: World, at: number, nextId: (at: number) => string): ProposalView[] {
  const propose = (insight: InsightView | undefined, command: string, rest: Partial<ProposalView>): ProposalView => ({
    id: nextId(at),
    episodeId: nextId(at),
    proposedAt: insight?.formedAt ?? at,
    target: 'claude-code',
    command,
    reasoning: insight?.text ?? '',
    priority: 'medium',
    confidence: insight?.confidence ?? 0.5,
    tainted: true,
    evidenceIds: insight?.evidenceIds ?? [],
    status: 'proposed',
    ...rest,
  });
  return [
    propose(
      world.insights[1],
      'Remove the second rounding in src/checkout/checkout.ts line 88 and add a test for a discounted cart.',
      { priority: 'high' },
    ),
    propose(world.insights[22], 'Replace the import of src/prices/legacy.ts in src/admin/report.ts.', {
      priority: 'critical',
    }),
    propose(world.insights[18], 'Remember: ask Lena about returns.', {
      target: 'memory',
      tainted: false,
      priority: 'low',
    }),
  ];
}

export function deadLettersFor(
  world: World,
  at: number,
  nextId: (at: number) => string,
  draw: () => number,
): DeadLetterView[] {
  return [edit('data/prices-2026.json', 90_412, 90_377), made('fixtures/orders.ndjson', 8_211_934)].map(
    (seen, index) => {
      const seenAt = at - (index + 2) * 11 * minuteMs;
      const observation = {
        ...observationView(seen, nextId(seenAt), seenAt, salienceOf(seen, draw, true)),
        status: 'dead' as const,
      };
      world.observations.push(observation);
      return {
        observation,
        attempts: 3,
        error: 'The answer of the model was not valid three times.',
        diedAt: seenAt + 4 * minuteMs,
      };
    },
  );
}
