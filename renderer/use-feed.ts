import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { type InsightRow, narrowsInsights, takeIn } from './insight-list.ts';
import { useActions, usePart, useStore } from './page-context.ts';
import type { Virtual } from './parts/InsightList.tsx';
import { isCovered, isTypedInto } from './typed-into.ts';
import type { Cards } from './use-cards.ts';
import type { Scroller } from './use-scroller.ts';

/** So close to the end the next older ones are asked for. */
export const readAhead = 20;

/** The card that has the tab stop; null before one had the focus. */
export interface Active {
  id: string | null;
  set: (id: string | null) => void;
}

/** Goes to a card of these rows, else of those that are held. */
type Move = (index: number, rows?: readonly InsightRow[]) => void;

const offsetOf = (scroller: Scroller) => (scroller instanceof HTMLElement ? scroller.scrollTop : scroller.scrollY);

/** The card that has the focus is the active one. */
export function useFocused(place: RefObject<HTMLElement | null>, active: Active, drawn: boolean): void {
  const { set } = active;
  useEffect(() => {
    const feed = place.current;
    if (!feed || !drawn) return;
    const onFocus = ({ target }: FocusEvent) => {
      const card = target instanceof Element ? target.closest('[data-index]') : null;
      if (card) set(card.id.replace(/^insight-/, ''));
    };
    feed.addEventListener('focusin', onFocus);
    return () => feed.removeEventListener('focusin', onFocus);
  }, [place, set, drawn]);
}

/** Goes to a card: brings it into sight and gives it the focus once it is drawn. */
export function useMove(virtual: Virtual, active: Active): Move {
  const store = useStore();
  const wanted = useRef<string | null>(null);
  const held = useRef({ virtual, active });
  useLayoutEffect(() => {
    held.current = { virtual, active };
    if (wanted.current === null) return;
    const place = document.getElementById(`insight-${wanted.current}`);
    if (!place) return;
    wanted.current = null;
    place.focus({ preventScroll: true });
  });
  return useCallback(
    (index, rows = store.get().insightList.rows) => {
      const row = rows[Math.min(index, rows.length - 1)];
      if (!row) return;
      wanted.current = row.id;
      held.current.active.set(row.id);
      held.current.virtual.scrollToIndex(rows.indexOf(row), { align: 'auto' });
      document.getElementById(`insight-${row.id}`)?.focus({ preventScroll: true });
    },
    [store],
  );
}

/** From anywhere else on the page j and k go to the card that had the focus last, else to the first in sight. */
export function useEntry(move: Move, activeId: string | null, first: number): void {
  const store = useStore();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!/^[jk]$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
      if (isTypedInto(event.target) || isCovered()) return;
      if (event.target instanceof Element && event.target.closest('.insight-feed')) return;
      event.preventDefault();
      const held = store.get().insightList.rows.findIndex(({ id }) => id === activeId);
      move(held < 0 ? first : held);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [store, move, activeId, first]);
}

/** Asks for what comes into sight: whole insights where they were let go, older ones near the end. */
export function useReading(first: number, last: number): void {
  const actions = useActions();
  const { rows, more, problem } = usePart((state) => state.insightList);
  useEffect(() => {
    if (rows.length === 0) return;
    void actions.seeInsights(first, last);
    if (more && !problem && last >= rows.length - readAhead) void actions.olderInsights();
  }, [actions, rows, more, problem, first, last]);
}

/** Another question begins at the top. */
export function useStartOver(scroller: Scroller): void {
  const ask = usePart((state) => state.insightList.ask);
  const before = useRef(ask);
  useEffect(() => {
    if (before.current === ask) return;
    before.current = ask;
    scroller.scrollTo({ top: 0 });
  }, [ask, scroller]);
}

/** Goes to the insight that another part of the page asked for, reading on until it is found or there are no more. */
export function useReveal(move: Move, toggle: Cards['toggle']): void {
  const store = useStore();
  const actions = useActions();
  const wanted = usePart((state) => state.wantedInsight);
  const { ask, rows, more, loaded, stale, problem } = usePart((state) => state.insightList);
  useEffect(() => {
    if (wanted === null || !loaded || stale || narrowsInsights(ask)) return;
    const index = rows.findIndex(({ id }) => id === wanted);
    if (index < 0 && more && !problem) return void actions.olderInsights();
    store.set({ wantedInsight: null });
    if (index < 0) return;
    move(index);
    toggle(wanted, 'evidence');
  }, [store, actions, wanted, ask, rows, more, loaded, stale, problem, move, toggle]);
}

/** Takes in what formed since: on request with the focus on the newest, and by itself for who is at the top and busy with nothing. */
export function useFresh(
  place: RefObject<HTMLElement | null>,
  scroller: Scroller,
  anyOpen: boolean,
  move: Move,
): () => void {
  const store = useStore();
  const fresh = usePart((state) => state.insightList.fresh);
  const take = useCallback(() => {
    const next = takeIn(store.get().insightList);
    store.set({ insightList: next });
    return next.rows;
  }, [store]);
  useEffect(() => {
    const busy = anyOpen || place.current?.contains(document.activeElement);
    if (fresh.length > 0 && !busy && offsetOf(scroller) <= 4) take();
  }, [place, fresh, anyOpen, scroller, take]);
  return useCallback(() => move(0, take()), [move, take]);
}

/** The keys of the list, as a feed has them: from card to card, and Enter opens the evidence. */
export function useFeedKeys(
  place: RefObject<HTMLElement | null>,
  move: Move,
  toggle: Cards['toggle'],
  drawn: boolean,
): void {
  const store = useStore();
  useEffect(() => {
    const feed = place.current;
    if (!feed || !drawn) return;
    const onKey = (event: KeyboardEvent) => {
      const card = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
      if (!card || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const { rows } = store.get().insightList;
      const index = Number(card.dataset['index']);
      const next = nextFor(event.key, index, rows.length - 1);
      const row = rows[index];
      if (next !== null) move(next);
      else if (event.key === 'Enter' && event.target === card && row) toggle(row.id, 'evidence');
      else return;
      event.preventDefault();
    };
    feed.addEventListener('keydown', onKey);
    return () => feed.removeEventListener('keydown', onKey);
  }, [store, place, move, toggle, drawn]);
}

/** The card that a key leads to from the one at `index`; null for other keys. */
function nextFor(key: string, index: number, last: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(last, index + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, index - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
