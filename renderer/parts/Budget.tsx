import { useSnapshot } from '../page-context.ts';
import { words } from '../words.ts';
import { Bar } from './Bar.tsx';

/** How much of the hour's and the day's tokens is used. */
export function Budget() {
  const budget = useSnapshot((snapshot) => snapshot.budget);
  return (
    <div className="terms">
      <Bar
        label={words.budgetHour}
        value={share(budget.hourUsed, budget.hourLimit)}
        figure={words.budgetOf(budget.hourUsed, budget.hourLimit)}
      />
      <Bar
        label={words.budgetDay}
        value={share(budget.dayUsed, budget.dayLimit)}
        figure={words.budgetOf(budget.dayUsed, budget.dayLimit)}
      />
    </div>
  );
}

const share = (used: number, limit: number): number => (limit === 0 ? 1 : Math.min(1, used / limit));
