import { createRoot } from 'react-dom/client';
import type { ShellBridge } from '../core/protocol-shell.ts';
import { App } from './App.tsx';
import { createActions, hostTime } from './actions.ts';
import { askPort, connect, portTransport, socketTransport } from './connect.ts';
import { changeForLink } from './open-link.ts';
import { PageContext } from './page-context.ts';
import { changeFor, createStore } from './store.ts';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/insights.css';
import './style/now.css';
import './style/health.css';
import './style/shell.css';
import { takeToken } from './token.ts';

/** What the tray's window brings; a browser has none. */
const { reverie: bridge } = window as Window & { reverie?: ShellBridge };
const store = createStore();
let arrivedMs = 0;

const connection = connect({
  transport: bridge
    ? portTransport((signal) => askPort(window, bridge, signal))
    : socketTransport(location.origin, takeToken({ location, history, storage: () => sessionStorage })),
  onLink(link) {
    store.set({ link });
    if (link.kind === 'open') void actions.refresh();
  },
  onEvent(event) {
    if (event.kind === 'snapshot-changed') arrivedMs = performance.now();
    store.set(changeFor(store.get(), event));
  },
});
const actions = createActions(store, connection);

bridge?.onLink((link) => store.set(changeForLink(store.get(), link)));

// Ages move on between snapshots, by the monotonic clock: the page's own wall clock is never asked.
setInterval(() => {
  const { snapshot } = store.get();
  if (snapshot) store.set({ nowAt: hostTime(snapshot, arrivedMs, performance.now()) });
}, 5_000);

// Another link opened in the same tab changes only the fragment; the browser does not load the page again by itself.
addEventListener('hashchange', () => location.reload());
addEventListener('online', () => connection.retryNow());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) connection.retryNow();
});

createRoot(document.getElementById('root')!).render(
  <PageContext value={{ store, actions }}>
    <App />
  </PageContext>,
);
