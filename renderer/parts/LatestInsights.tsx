import { usePart, useStore } from '../page-context.ts';
import { useCards } from '../use-cards.ts';
import { useWide } from '../use-wide.ts';
import { words } from '../words.ts';
import { Empty } from './Empty.tsx';
import { InsightCard } from './InsightCard.tsx';

const latest = { narrow: 3, wide: 5 };

/** The newest insights, each with its evidence one click away. */
export function LatestInsights() {
  const store = useStore();
  const { items, loaded } = usePart((state) => state.insights);
  const cards = useCards();
  const shown = useWide() ? latest.wide : latest.narrow;
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
      <ul className="stack" data-list>
        {items.slice(0, shown).map((insight) => (
          <li key={insight.id}>
            <InsightCard insight={insight} open={cards.stateOf(insight.id)} onToggle={cards.toggle} />
          </li>
        ))}
      </ul>
    </section>
  );
}
