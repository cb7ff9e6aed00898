import type { PageLink } from '../core/protocol-shell.ts';
import type { PageState } from './store.ts';

/** What a place that was opened from outside the page changes: it shows, and sends nothing. Pure. */
export function changeForLink(state: PageState, link: PageLink): Partial<PageState> {
  const arrived = { arrivals: state.arrivals + 1, layer: null };
  switch (link.to) {
    case 'view':
      return { ...arrived, view: link.view };
    case 'insight':
      return { ...arrived, view: 'insights', wantedInsight: link.id };
    case 'ask':
      return { ...arrived, view: 'ask', question: link.question };
  }
}
