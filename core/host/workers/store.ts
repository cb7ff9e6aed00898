import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import { openStore, type SyncStore } from '../../remember/sql/store.ts';

/** The database's own thread: answers calls one after the other, so that a flush to disk never holds up the loop. */
export interface StoreCall {
  n: number;
  method: string;
  args: unknown[];
}
export type StoreAnswer =
  | { n: number; ok: true; value: unknown }
  | { n: number; ok: false; code: string; message: string };

if (!parentPort) throw new Error('the store runs in a worker thread');
const port = parentPort;
const { file } = workerData as { file: string };

let store: SyncStore | null = null;
try {
  store = openStore(file);
  port.postMessage({ n: 0, ok: true, value: null } satisfies StoreAnswer);
} catch (thrown) {
  port.postMessage({ n: 0, ok: false, code: codeOf(thrown), message: messageOf(thrown) } satisfies StoreAnswer);
}

port.on('message', (call: StoreCall) => {
  port.postMessage(answer(call));
  if (call.method === 'close') port.close();
});

function answer(call: StoreCall): StoreAnswer {
  try {
    const method = (store as Record<string, unknown> | null)?.[call.method];
    if (typeof method !== 'function') throw new Error(`the store knows no “${call.method}”`);
    const value: unknown = Reflect.apply(method, store, call.args);
    return { n: call.n, ok: true, value: value ?? null };
  } catch (thrown) {
    return { n: call.n, ok: false, code: codeOf(thrown), message: messageOf(thrown) };
  }
}

/** SQLite's own code (`SQLITE_FULL`, `SQLITE_NOTADB`, …) where there is one. */
function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'error';
}
