import type { Snapshot } from '../../core/protocol.ts';
import { useSnapshot } from '../page-context.ts';
import { words } from '../words.ts';

/** One quiet line: how many sources watch, what waits, how much of the budget is used. */
export function Vitals() {
  const line = useSnapshot(vitalWords);
  return (
    <p className="vitals" aria-label={words.vitals} role="note">
      {line}
    </p>
  );
}

function vitalWords({ sources, counts, intake, budget }: Snapshot): string {
  const watching = sources.filter((source) => source.state === 'watching').length;
  return words.vitalLine({
    watching,
    sources: sources.length,
    waiting: counts.pending + intake.waiting,
    budget: budget.hourLimit === 0 ? null : budget.hourUsed / budget.hourLimit,
  });
}
