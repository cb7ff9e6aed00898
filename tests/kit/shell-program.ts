import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { MessagePort as NodePort } from 'node:worker_threads';
import type { EngineEvent } from '../../core/protocol.ts';
import type { PageLink, ShellBridge } from '../../core/protocol-shell.ts';
import { askPort, connect, portTransport } from '../../renderer/connect.ts';
import { type ElectronDouble, preloadDouble } from './electron-double.ts';
import { standInForElectron } from './electron-hook.ts';
import { waitFor } from './wait-for.ts';

const built = (path: string) => new URL(`../../dist/shell/${path}`, import.meta.url);

/** The built program of the tray, running in this process around the double. Once in a process. `before`: what happens to it first. */
export async function bootShell(
  told: Parameters<typeof standInForElectron>[0],
  before?: (double: ElectronDouble) => void,
): Promise<ElectronDouble> {
  const double = standInForElectron(told);
  before?.(double);
  await import(built('main.js').href);
  return double;
}

/** The same with its page, which is there before the mind is: a page loads faster than a database opens. */
export async function bootWithPage(told: Parameters<typeof standInForElectron>[0]) {
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof openPage>>();
  const double = await bootShell(told, (booting) =>
    booting.electron.app.once('web-contents-created', () => queueMicrotask(() => resolve(openPage(booting)))),
  );
  return { double, page: await promise };
}

/** The page in its window: the built preload script, and the page's own client over the port that it is handed. */
export function openPage(double: ElectronDouble) {
  const [window] = double.windows;
  if (!window) throw new Error('there is no window');
  const contents = window.webContents;
  const { exposed, electron } = preloadDouble(double, contents);
  const target = new EventTarget() as EventTarget & Window;
  const postMessage = (data: unknown, _to: string, ports: NodePort[]) =>
    void target.dispatchEvent(Object.assign(new Event('message'), { source: target, data, ports: [...ports] }));
  runInNewContext(readFileSync(built('preload.cjs'), 'utf8'), {
    window: { postMessage, addEventListener() {} },
    module: { exports: {} },
    exports: {},
    require: () => electron,
  });
  const bridge = exposed.get('reverie') as ShellBridge;
  const seen: { events: EngineEvent[]; links: PageLink[]; states: string[] } = { events: [], links: [], states: [] };
  bridge.onLink((link) => void seen.links.push(link));
  const connection = connect({
    transport: portTransport((signal) => askPort(target, bridge, signal)),
    onLink: (link) => void seen.states.push(link.kind),
    onEvent: (event) => void seen.events.push(event),
  });
  const told = <K extends EngineEvent['kind']>(kind: K) =>
    seen.events.filter((event): event is Extract<EngineEvent, { kind: K }> => event.kind === kind);
  return {
    ...seen,
    window,
    told,
    calls: connection.calls,
    close: connection.close,
    opened: () => waitFor('the page’s link to the mind', () => seen.states.at(-1) === 'open'),
    snapshot: () => told('snapshot-changed').at(-1)?.snapshot,
  };
}
