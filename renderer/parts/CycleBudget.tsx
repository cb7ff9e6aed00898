import { insightWords } from '../insight-words.ts';
import { useSnapshot } from '../page-context.ts';
import { Bar } from './Bar.tsx';

const { health } = insightWords;

/** How many cycles of this day are used. */
export function CycleBudget() {
  const { used, limit } = useSnapshot(({ budget }) => budget.cycles);
  return (
    <div className="terms">
      <Bar
        label={health.cycles}
        value={limit === 0 ? 1 : Math.min(1, used / limit)}
        figure={health.cyclesOf(used, limit)}
      />
    </div>
  );
}
