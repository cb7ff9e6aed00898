/** What crosses between the tray's program and its page beside the contract of the mind: how they meet, and where the page is opened. */

/** The views of the page; a link from outside may open each. */
export type View = 'now' | 'insights' | 'ask' | 'dreams' | 'memory' | 'delegations' | 'model' | 'health' | 'settings';

/** A place in the page that a notification, the menu or a link of this computer leads to. It shows, and never does anything. */
export type PageLink =
  | { to: 'view'; view: View }
  | { to: 'insight'; id: string }
  /** The question is written into the field, not asked. */
  | { to: 'ask'; question: string };

/** What the preload script gives to the page, as `window.reverie`. */
export interface ShellBridge {
  kind: 'tray';
  /** Asks for a port to the mind. It comes as a message of the window itself: `{ reverie: 'port' }` with the port. */
  askPort(): void;
  /** Calls for every place that shall be opened, from now on. */
  onLink(listener: (link: PageLink) => void): void;
}

/** The message with which the port arrives in the page. */
export interface PortMessage {
  reverie: 'port';
}

/** What the page says for every message that it has taken: a port by itself does not tell how much still waits in it. */
export type Taken = 'taken';

/** What the mind says before it closes a port: not every browser tells a page that the other end is gone. */
export type Ended = 'ended';
