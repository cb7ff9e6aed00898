import { usePart, useStore } from '../page-context.ts';
import { Asleep, FreshDigest } from '../parts/Asleep.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Focus } from '../parts/Focus.tsx';
import { InsightCard } from '../parts/InsightCard.tsx';
import { NoteBox } from '../parts/NoteBox.tsx';
import { Thought } from '../parts/Thought.tsx';
import { Troubles } from '../parts/Troubles.tsx';
import { Vitals } from '../parts/Vitals.tsx';
import { useWide } from '../use-wide.ts';
import { words } from '../words.ts';

const latestCount = { narrow: 3, wide: 6 };

/** What it attends to and thinks right now, the latest insights, and the note box at hand. */
export function NowView() {
  return (
    <div className="now">
      <div className="now-main">
        <Troubles />
        <Asleep />
        <FreshDigest />
        <Focus />
        <Thought />
      </div>
      <Latest />
      <div className="dock">
        <NoteBox />
        <Vitals />
      </div>
    </div>
  );
}

function Latest() {
  const store = useStore();
  const shown = useWide() ? latestCount.wide : latestCount.narrow;
  const { items, loaded } = usePart((state) => state.insights);
  return (
    <section className="now-latest" aria-labelledby="latest-title">
      <header className="section-head">
        <h2 id="latest-title" className="label">
          {words.latest}
        </h2>
        {items.length > shown && (
          <button type="button" className="quiet-button" onClick={() => store.set({ view: 'insights' })}>
            {words.allInsights}
          </button>
        )}
      </header>
      {loaded && items.length === 0 && <Empty title={words.noInsights} text={words.noInsightsWhy} />}
      <ul className="stack">
        {items.slice(0, shown).map((insight) => (
          <InsightCard key={insight.id} insight={insight} />
        ))}
      </ul>
    </section>
  );
}
