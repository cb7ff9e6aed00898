import {
  defaultRangeExtractor,
  type Range,
  type ReactVirtualizer,
  useVirtualizer,
  useWindowVirtualizer,
} from '@tanstack/react-virtual';
import { type CSSProperties, useRef, useState } from 'react';
import { usePart } from '../page-context.ts';
import type { Active } from '../use-feed.ts';
import { type Scroller, useScroller, useTopOf } from '../use-scroller.ts';
import { InsightFeed } from './InsightFeed.tsx';

export type Virtual = ReactVirtualizer<HTMLElement, HTMLElement> | ReactVirtualizer<Window, HTMLElement>;

/** Before a card was measured, in pixels. */
const likelyHeight = 132;
const gap = 8;
/**
 * The insights by day, however many: only those that are seen, and a few around them, are on the page. A feed by the ARIA pattern: one
 * card has the tab stop, arrows or j and k go from card to card, Enter opens its evidence.
 */
export function InsightList() {
  const place = useRef<HTMLDivElement>(null);
  const scroller = useScroller(place);
  const top = useTopOf(place, scroller);
  return (
    // What sticks to the top sticks to the edge of what scrolls, not to its padding.
    <div className="insight-list" ref={place} style={{ '--list-top': `-${paddingOf(scroller)}` } as CSSProperties}>
      {scroller instanceof HTMLElement && <InElement scroller={scroller} top={top} />}
      {scroller && !(scroller instanceof HTMLElement) && <InWindow scroller={scroller} top={top} />}
    </div>
  );
}

const paddingOf = (scroller: Scroller | null): string =>
  scroller instanceof HTMLElement ? getComputedStyle(scroller).paddingTop : '0px';

interface Within<T> {
  scroller: T;
  top: number;
}

function InElement({ scroller, top }: Within<HTMLElement>) {
  const { options, active } = useListOptions(top);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by what it returns
  const virtual = useVirtualizer<HTMLElement, HTMLElement>({ ...options, getScrollElement: () => scroller });
  return <InsightFeed virtual={virtual} active={active} scroller={scroller} />;
}

function InWindow({ scroller, top }: Within<Window>) {
  const { options, active } = useListOptions(top);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by what it returns
  const virtual = useWindowVirtualizer<HTMLElement>({ ...options, initialOffset: () => scroller.scrollY });
  return <InsightFeed virtual={virtual} active={active} scroller={scroller} />;
}

function useListOptions(top: number) {
  const rows = usePart((state) => state.insightList.rows);
  const [id, set] = useState<string | null>(null);
  const at = id === null ? -1 : rows.findIndex((row) => row.id === id);
  const options = {
    count: rows.length,
    estimateSize: () => likelyHeight,
    getItemKey: (index: number) => rows[index]?.id ?? index,
    // The card with the focus stays on the page wherever the reader scrolls.
    rangeExtractor: (range: Range) => {
      const seen = defaultRangeExtractor(range);
      return at < 0 || seen.includes(at) ? seen : [...seen, at].sort((a, b) => a - b);
    },
    overscan: 4,
    gap,
    scrollMargin: top,
    // Room for the name of the day that stays at the top.
    scrollPaddingStart: 40,
    scrollPaddingEnd: gap,
    useFlushSync: false,
  };
  return { options, active: { id: at < 0 ? null : id, set } satisfies Active };
}
