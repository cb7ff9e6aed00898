import { isPageAddress } from './page-policy.ts';

/** The frame that a message came from, as Electron tells it. */
export interface Sender {
  url: string;
  parent: unknown;
}

/** Whether the page itself spoke: the main frame of a window, at the page's own address. A frame that is gone is null. */
export const isOwnPage = (sender: Sender | null): boolean =>
  sender !== null && sender.parent === null && isPageAddress(sender.url);
