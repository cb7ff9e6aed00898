import type { Snapshot } from '../../core/protocol.ts';
import { insightWords } from '../insight-words.ts';
import { useSnapshot } from '../page-context.ts';

/** One quiet line: how many sources watch, what waits, how much of the budget is used. */
export function Vitals() {
  const line = useSnapshot(vitalWords);
  return (
    <p className="vitals" aria-label={insightWords.vitals} role="note" title={insightWords.vitalsTitle}>
      {line}
    </p>
  );
}

function vitalWords({ sources, counts, intake, budget }: Snapshot): string {
  const watching = sources.filter((source) => source.state === 'watching').length;
  return insightWords.vitalLine({
    watching,
    sources: sources.length,
    waiting: counts.pending + intake.waiting,
    budget: budget.hourLimit === 0 ? null : budget.hourUsed / budget.hourLimit,
  });
}
