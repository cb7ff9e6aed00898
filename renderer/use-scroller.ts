import { type RefObject, useLayoutEffect, useState } from 'react';

export type Scroller = HTMLElement | Window;

/** What scrolls the place: its nearest ancestor that scrolls, else the window (a low or much enlarged page scrolls as a whole). Null before the first look. */
export function useScroller(place: RefObject<HTMLElement | null>): Scroller | null {
  const [scroller, setScroller] = useState<Scroller | null>(null);
  useLayoutEffect(() => {
    const look = () => place.current && setScroller(scrollerOf(place.current));
    look();
    addEventListener('resize', look);
    return () => removeEventListener('resize', look);
  }, [place]);
  return scroller;
}

function scrollerOf(place: HTMLElement): Scroller {
  for (let at = place.parentElement; at && at !== document.body; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return window;
}

/** How far below the top of all that scrolls the place begins, in pixels; followed as what stands above it changes. */
export function useTopOf(place: RefObject<HTMLElement | null>, scroller: Scroller | null): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const above = place.current?.parentElement;
    if (!above || !scroller) return;
    const look = () => place.current && setTop(topWithin(place.current, scroller));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(above);
    for (const each of above.children) observer.observe(each);
    addEventListener('resize', look);
    return () => {
      observer.disconnect();
      removeEventListener('resize', look);
    };
  }, [place, scroller]);
  return top;
}

function topWithin(place: HTMLElement, scroller: Scroller): number {
  const top = place.getBoundingClientRect().top;
  if (!(scroller instanceof HTMLElement)) return Math.round(top + scroller.scrollY);
  return Math.round(top - scroller.getBoundingClientRect().top + scroller.scrollTop - scroller.clientTop);
}
