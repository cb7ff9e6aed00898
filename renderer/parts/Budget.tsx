import { insightWords } from '../insight-words.ts';
import { useSnapshot } from '../page-context.ts';
import { Bar } from './Bar.tsx';

const { health } = insightWords;

/** How much of the hour's and the day's tokens is used. */
export function Budget() {
  const { hourUsed, hourLimit, dayUsed, dayLimit } = useSnapshot((snapshot) => snapshot.budget);
  return (
    <div className="terms">
      <Bar label={health.hour} value={share(hourUsed, hourLimit)} figure={health.of(hourUsed, hourLimit)} />
      <Bar label={health.day} value={share(dayUsed, dayLimit)} figure={health.of(dayUsed, dayLimit)} />
    </div>
  );
}

const share = (used: number, limit: number): number => (limit === 0 ? 1 : Math.min(1, used / limit));
