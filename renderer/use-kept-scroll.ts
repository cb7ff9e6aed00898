import { type RefObject, useLayoutEffect } from 'react';

/** How far each view was scrolled when it was left. */
export type Tops = Map<string, { panel: number; page: number }>;

/** Brings a panel back to where it was left, and notes where it is when it goes. Content that comes later is waited for. */
export function useKeptScroll(inside: RefObject<HTMLElement | null>, name: string, tops: Tops): void {
  useLayoutEffect(() => {
    const panel = inside.current?.parentElement;
    const page = document.scrollingElement;
    if (!panel || !page) return;
    const stop = bringBack(panel, page, tops.get(name) ?? { panel: 0, page: 0 });
    return () => {
      stop();
      tops.set(name, { panel: panel.scrollTop, page: page.scrollTop });
    };
  }, [inside, name, tops]);
}

/** Tries again whenever the content grows, until it is there or the reader moves by themselves. */
function bringBack(panel: HTMLElement, page: Element, wanted: { panel: number; page: number }): () => void {
  const ending = new AbortController();
  const attempt = () => {
    panel.scrollTop = wanted.panel;
    page.scrollTop = wanted.page;
    if (panel.scrollTop >= wanted.panel - 1 && page.scrollTop >= wanted.page - 1) ending.abort();
  };
  const grown = new ResizeObserver(attempt);
  ending.signal.addEventListener('abort', () => grown.disconnect());
  for (const moved of ['wheel', 'keydown', 'pointerdown'])
    addEventListener(moved, () => ending.abort(), { signal: ending.signal, passive: true });
  attempt();
  if (ending.signal.aborted) return () => {};
  // A view that is still on its way has no box yet: it is watched when it comes.
  const watch = () => {
    for (const child of panel.children) grown.observe(child);
    attempt();
  };
  const comes = new MutationObserver(watch);
  comes.observe(panel, { childList: true });
  ending.signal.addEventListener('abort', () => comes.disconnect());
  watch();
  return () => ending.abort();
}
