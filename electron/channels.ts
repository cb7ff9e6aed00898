import type { PageLink } from '../core/protocol-shell.ts';

/** What crosses between main and preload; the port itself travels beside `null`. */
export interface Channels {
  /** The page asks for a port; main answers on the same channel with the port. */
  'reverie:port': null;
  /** A place of the page to open. */
  'reverie:link': PageLink;
  /** Escape had nothing left to close in the page. */
  'reverie:hide': null;
}
