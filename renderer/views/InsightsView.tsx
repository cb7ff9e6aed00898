import { useState } from 'react';
import { groupByDay } from '../age.ts';
import { useActions, usePart } from '../page-context.ts';
import { Empty } from '../parts/Empty.tsx';
import { InsightCard } from '../parts/InsightCard.tsx';
import { words } from '../words.ts';

/** Every insight, newest first, by day; older ones on request. */
export function InsightsView() {
  const { items, loaded, more } = usePart((state) => state.insights);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 60_000) * 60_000);
  if (loaded && items.length === 0) return <Empty title={words.noInsights} text={words.noInsightsWhy} />;
  return (
    <div className="days">
      {groupByDay(items, (insight) => insight.formedAt, nowAt).map(({ day, items: ofDay }) => (
        <section key={day} className="day" aria-label={day}>
          <h2 className="label day-name">{day}</h2>
          <ul className="stack">
            {ofDay.map((insight) => (
              <InsightCard key={insight.id} insight={insight} />
            ))}
          </ul>
        </section>
      ))}
      {more && <Older />}
    </div>
  );
}

function Older() {
  const actions = useActions();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  async function load() {
    setBusy(true);
    const outcome = await actions.olderInsights();
    setBusy(false);
    setProblem(outcome.ok ? '' : outcome.message);
  }
  return (
    <div className="older">
      <button type="button" className="button" aria-disabled={busy} onClick={() => !busy && load()}>
        {busy ? words.loading : words.older}
      </button>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
