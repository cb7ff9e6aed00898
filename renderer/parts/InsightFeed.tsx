import { useRef } from 'react';
import { dayWords, startOfDay } from '../age.ts';
import { type InsightRow, narrowsInsights } from '../insight-list.ts';
import { insightWords } from '../insight-words.ts';
import { useActions, usePart } from '../page-context.ts';
import { type Cards, useCards } from '../use-cards.ts';
import {
  type Active,
  readAhead,
  useEntry,
  useFeedKeys,
  useFocused,
  useFresh,
  useMove,
  useReading,
  useReveal,
  useStartOver,
} from '../use-feed.ts';
import type { Scroller } from '../use-scroller.ts';
import { words } from '../words.ts';
import { FreshInsights } from './FreshInsights.tsx';
import { InsightCard } from './InsightCard.tsx';
import type { Virtual } from './InsightList.tsx';

/**
 * A feed by the ARIA pattern: one card has the tab stop, arrows or j and k go from card to card, Enter opens its evidence. The cards stand
 * where the virtual list says; what is not in sight is not on the page.
 */
export function InsightFeed({ virtual, active, scroller }: { virtual: Virtual; active: Active; scroller: Scroller }) {
  const { rows, ask, more, stale, problem } = usePart((state) => state.insightList);
  const total = usePart((state) => state.snapshot?.counts.insights ?? 0);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 60_000) * 60_000);
  const feed = useRef<HTMLDivElement>(null);
  const cards = useCards();
  const move = useMove(virtual, active);
  // Asked for first: it finds the range anew.
  const items = virtual.getVirtualItems();
  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? 0;
  useReading(first, last);
  useStartOver(scroller);
  useReveal(move, cards.toggle);
  useEntry(move, active.id, first);

  const showFresh = useFresh(feed, scroller, cards.anyOpen, move);
  useFocused(feed, active, rows.length > 0);
  useFeedKeys(feed, move, cards.toggle, rows.length > 0);
  const setSize = more ? (narrowsInsights(ask) ? -1 : Math.max(total, rows.length)) : rows.length;
  const tabStop = active.id ?? rows[first]?.id;
  const top = rows[Math.min(first, rows.length - 1)];
  if (!top) return null;
  return (
    <>
      <p className="label day-now" aria-hidden="true">
        {dayWords(top.at, nowAt)}
      </p>
      <FreshInsights onShow={showFresh} />
      <div
        ref={feed}
        role="feed"
        aria-label={insightWords.list}
        className="insight-feed"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map(({ key, index, start, size }) => {
          const row = rows[index];
          if (!row) return null;
          const begins = index === 0 || startOfDay(rows[index - 1]!.at) !== startOfDay(row.at);
          return (
            <article
              key={key}
              ref={virtual.measureElement}
              id={`insight-${row.id}`}
              data-index={index}
              className={begins ? 'insight-row insight-row-first' : 'insight-row'}
              style={{ top: start - virtual.options.scrollMargin }}
              aria-posinset={index + 1}
              aria-setsize={setSize}
              aria-labelledby={`insight-text-${row.id}`}
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the articles of a feed take the focus
              tabIndex={row.id === tabStop ? 0 : -1}
            >
              {begins && <h2 className="label day-name">{dayWords(row.at, nowAt)}</h2>}
              <Row row={row} height={size} cards={cards} />
            </article>
          );
        })}
      </div>
      <End more={more} problem={stale ? '' : problem} long={rows.length > readAhead} />
    </>
  );
}

function Row({ row, height, cards }: { row: InsightRow; height: number; cards: Cards }) {
  const textId = `insight-text-${row.id}`;
  if (row.insight)
    return <InsightCard insight={row.insight} open={cards.stateOf(row.id)} onToggle={cards.toggle} textId={textId} />;
  return (
    <div className="card insight" style={{ minHeight: height }}>
      <p className="faint" id={textId}>
        {words.loading}
      </p>
    </div>
  );
}

/** What stands below the last card; always there, so that nothing jumps when more come. */
function End({ more, problem, long }: { more: boolean; problem: string; long: boolean }) {
  const actions = useActions();
  return (
    <div className="insight-end">
      {problem ? (
        <>
          <p className="problem" role="alert" dir="auto">
            {words.commandFailed} {problem}
          </p>
          <button type="button" className="button" onClick={() => void actions.olderInsights()}>
            {insightWords.again}
          </button>
        </>
      ) : (
        <p className="faint">{more ? words.loading : long ? insightWords.end : ''}</p>
      )}
    </div>
  );
}
