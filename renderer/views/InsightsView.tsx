import { useEffect } from 'react';
import { anyInsight, narrowsInsights } from '../insight-list.ts';
import { insightWords } from '../insight-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { Empty } from '../parts/Empty.tsx';
import { InsightList } from '../parts/InsightList.tsx';
import { InsightSearch } from '../parts/InsightSearch.tsx';
import { words } from '../words.ts';

/** Every insight, newest first, by day, with search and filters. */
export function InsightsView() {
  useInsights();
  const { ask, rows, loaded, stale, problem } = usePart((state) => state.insightList);
  const narrowed = narrowsInsights(ask);
  if (loaded && rows.length === 0 && !narrowed) return <Empty title={words.noInsights} text={words.noInsightsWhy} />;
  return (
    <div className="insights">
      <InsightSearch onLeave={focusFirst} />
      {stale && problem && <Problem text={problem} />}
      {!loaded && !problem && <p className="faint">{words.loading}</p>}
      {loaded && !stale && rows.length === 0 && (
        <Empty title={insightWords.nothingFound} text={insightWords.nothingFoundWhy} />
      )}
      <InsightList />
    </div>
  );
}

/** A question that was not answered, with what was shown before still below it. */
function Problem({ text }: { text: string }) {
  const actions = useActions();
  return (
    <div className="insights-problem">
      <p className="problem" role="alert" dir="auto">
        {words.commandFailed} {text}
      </p>
      <button type="button" className="button" onClick={() => void actions.findInsights()}>
        {insightWords.again}
      </button>
    </div>
  );
}

const focusFirst = () =>
  document.querySelector<HTMLElement>('.insight-feed [data-index][tabindex="0"]')?.focus({ preventScroll: true });

/** Asks on opening and whenever newer ones formed; keeps the place where the owner reads. */
function useInsights(): void {
  const store = useStore();
  const actions = useActions();
  const open = usePart((state) => state.link.kind === 'open');
  const loaded = usePart((state) => state.insightList.loaded);
  const newest = usePart((state) => state.insights.items[0]?.id);
  const wanted = usePart((state) => state.wantedInsight !== null);
  useEffect(() => {
    if (!open) return;
    const { ask, stale } = store.get().insightList;
    if (wanted && narrowsInsights(ask)) void actions.findInsights(anyInsight);
    else if (!loaded || stale) void actions.findInsights();
    else void actions.newerInsights();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a newer one is a reason to ask, though its id is not used
  }, [store, actions, open, loaded, newest, wanted]);
}
