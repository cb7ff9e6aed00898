import type { Draft } from '../../remember/draft.ts';
import type { Finding } from './finding.ts';

/** A finding as something to remember: a pattern when it predicts what can be tested, else a learning. */
export function findingToDraft(finding: Finding): Draft {
  const { text, key, target, importance, rule, hits, misses, evidence } = finding;
  return {
    kind: rule ? 'pattern' : 'learning',
    text,
    key,
    target,
    importance,
    rule,
    hits,
    misses,
    evidence,
    expiresInDays: null,
  };
}
