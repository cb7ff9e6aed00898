import { type RefObject, useEffect, useRef } from 'react';

/** This near to the end counts as being there. */
const nearPx = 24;

/**
 * Keeps the end of a growing list in sight for as long as the reader is at it. `toEnd`: the reader wants to be there; `stay`: the reader
 * opens something, so nothing moves by itself until the end is reached again.
 */
export function useFollowedEnd(list: RefObject<HTMLElement | null>): { toEnd: () => void; stay: () => void } {
  const follows = useRef(true);
  /** Where it scrolled to last. */
  const top = useRef(0);
  useEffect(() => {
    const at = list.current;
    if (!at) return;
    const observer = new ResizeObserver(() => {
      if (!follows.current) return;
      const scroller = scrollerOf(at);
      scroller.scrollTo({ top: Number.MAX_SAFE_INTEGER });
      top.current = scroller.scrollTop;
    });
    // Which box scrolls depends on the height of the window: so all of them are listened to.
    const onScroll = () => {
      const scroller = scrollerOf(at);
      const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearPx;
      // The list may have grown since it was brought to its end: only who moves up has left it.
      if (isNear) follows.current = true;
      else if (scroller.scrollTop < top.current) follows.current = false;
      top.current = scroller.scrollTop;
    };
    observer.observe(at);
    // What stands under the list may grow as well.
    if (at.parentElement) observer.observe(at.parentElement);
    addEventListener('scroll', onScroll, { capture: true, passive: true });
    return () => {
      observer.disconnect();
      removeEventListener('scroll', onScroll, { capture: true });
    };
  }, [list]);
  return {
    toEnd() {
      follows.current = true;
      if (list.current) scrollerOf(list.current).scrollTo({ top: Number.MAX_SAFE_INTEGER });
    },
    stay() {
      follows.current = false;
    },
  };
}

function scrollerOf(element: HTMLElement): Element {
  for (let at = element.parentElement; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.scrollingElement ?? document.documentElement;
}
