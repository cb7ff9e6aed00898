import { usePart } from '../page-context.ts';
import { Asleep, FreshDigest } from '../parts/Asleep.tsx';
import { FirstDay } from '../parts/FirstDay.tsx';
import { Focus } from '../parts/Focus.tsx';
import { LatestInsights } from '../parts/LatestInsights.tsx';
import { NoteBox } from '../parts/NoteBox.tsx';
import { Thought } from '../parts/Thought.tsx';
import { Troubles } from '../parts/Troubles.tsx';
import { Vitals } from '../parts/Vitals.tsx';
import type { PageState } from '../store.ts';

/** In two seconds what matters and why: troubles first, then what it attends to and thinks, the newest insights, and a note at hand. */
export function NowView() {
  const first = usePart(isFirstDay);
  return (
    <div className={first ? 'now-view now-first' : 'now-view'}>
      <div className="now-left">
        <Troubles />
        <Asleep />
        <FreshDigest />
        {first ? (
          <FirstDay />
        ) : (
          <>
            <Focus />
            <Thought />
          </>
        )}
      </div>
      {!first && <LatestInsights />}
      <div className="dock">
        <NoteBox />
        <Vitals />
      </div>
    </div>
  );
}

/** Nothing was attended to, thought or understood yet. */
const isFirstDay = ({ snapshot, insights }: PageState): boolean =>
  snapshot !== null &&
  snapshot.focus === null &&
  snapshot.thought === null &&
  snapshot.identity.insights === 0 &&
  insights.items.length === 0;
