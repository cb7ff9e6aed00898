import { app } from 'electron';
import type { PageLink } from '../core/protocol-shell.ts';
import { linkIn, parseLink, scheme } from './deep-link.ts';

/**
 * Everything by which somebody outside opens the page: a second start, a `reverie://` link, a click on the program. Listens at once, because
 * a link may be what started this; what comes before `to` is called waits for it.
 */
export function takeLinks(args: readonly string[]): { to(open: (link: PageLink | null) => void): void } {
  let waiting = linkIn(args);
  let open = (link: PageLink | null) => {
    waiting = link ?? waiting;
  };
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = parseLink(url);
    if (link) open(link);
  });
  app.on('second-instance', (_event, given) => open(linkIn(given)));
  app.on('activate', () => open(null));
  // From its sources the program is a bare Electron, which would open every link of this kind from then on.
  if (app.isPackaged) app.setAsDefaultProtocolClient(scheme);
  return {
    to(next) {
      open = next;
      if (waiting) next(waiting);
      waiting = null;
    },
  };
}
