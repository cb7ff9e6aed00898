import type { InsightView } from '../../core/protocol.ts';
import type { FakeEngine } from '../kit/fake-engine.ts';

const hourMs = 3_600_000;

/**
 * Lets an engine serve so many insights, one each two hours back from its clock, of different lengths. Returns the list as it is served
 * (newest first), what was asked, and a way to form one more.
 */
export function serveInsights(engine: FakeEngine, count: number, textOf = textAt) {
  const { at } = engine.snapshot();
  const all: InsightView[] = Array.from({ length: count }, (_, index) => ({
    id: `many-${index}`,
    text: textOf(index),
    evidenceIds: [],
    confidence: (index % 10) / 10,
    importance: (index % 7) / 7,
    formedAt: at - index * 2 * hourMs,
    toldAt: null,
    reasoner: { kind: 'rules', name: 'rules' },
    verdict: null,
    pinned: false,
  }));
  const asked: Parameters<FakeEngine['query']['insights']>[0][] = [];
  const identity = { ...engine.snapshot().identity, insights: count };
  engine.change({ at, identity, counts: { ...engine.snapshot().counts, insights: count } });
  engine.query.insights = async (query) => {
    asked.push(query);
    const { limit, before = Number.POSITIVE_INFINITY, text = '', leastImportance = 0, pinned } = query;
    const words = text.toLowerCase().split(/\s+/);
    return all
      .filter((each) => each.formedAt < before && each.importance >= leastImportance)
      .filter((each) => (pinned ? each.pinned : true) && words.every((word) => each.text.toLowerCase().includes(word)))
      .slice(0, limit);
  };
  return {
    all,
    asked,
    form(text: string): void {
      const formedAt = (all[0]?.formedAt ?? at) + 1;
      const insight: InsightView = { ...all[0]!, id: `fresh-${formedAt}`, text, formedAt };
      all.unshift(insight);
      engine.emit({ kind: 'insight-formed', insight });
    },
  };
}

const textAt = (index: number): string => `Insight number ${index}. ${'It says a little more. '.repeat(index % 9)}`;
