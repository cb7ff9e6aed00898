import { Worker } from 'node:worker_threads';
import type { Store } from '../ports.ts';
import type { StoreAnswer, StoreCall } from './workers/store.ts';

/** A store call that the database refused; `code` is SQLite's own where it has one. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const methods = [
  'append',
  'take',
  'commitCycle',
  'giveBack',
  'deadLetters',
  'replay',
  'markPage',
  'mark',
  'observations',
  'recentObservations',
  'attended',
  'insights',
  'insight',
  'setVerdict',
  'pinInsight',
  'toldInsight',
  'judged',
  'episodes',
  'proposals',
  'history',
  'session',
  'dueWatches',
  'lessOf',
  'addLessOf',
  'state',
  'setState',
  'spend',
  'spent',
  'counts',
  'memories',
  'memory',
  'memoriesById',
  'evidenceOf',
  'restingOn',
  'changeMemories',
  'rules',
  'setPinned',
  'correctMemory',
  'deleteMemory',
  'tombstones',
  'bringBack',
  'bury',
  'recalledNow',
  'recall',
  'lexical',
  'nearest',
  'recentItems',
  'withoutVector',
  'setVectors',
  'vectorFigures',
  'unconsolidated',
  'unconsolidatedCount',
  'heldEpisodes',
  'episodesById',
  'pastWithOutcome',
  'briefs',
  'sawSource',
  'commitSleep',
  'sleeps',
  'summaries',
  'openExpectations',
  'settledExpectations',
  'judgements',
  'verdicts',
  'tidy',
  'checkIntegrity',
  'backup',
  'bytes',
  'memoryPage',
  'exportPage',
  'deleteAll',
] as const satisfies readonly Exclude<keyof Store, 'close'>[];

type Missing = Exclude<keyof Store, (typeof methods)[number] | 'close'>;
const complete: Missing extends never ? true : Missing = true;

interface Thread {
  call(method: string, args: unknown[]): Promise<unknown>;
  isLost(): boolean;
  end(): Promise<void>;
}

interface ThreadOptions {
  file: string;
  workerUrl: URL;
  /** A thread died; it is started again by the next call. */
  onLost: (why: string) => void;
}

/**
 * Opens the database file in a thread of its own and gives it the Store port. Rejects with a StoreError when it cannot be opened. When the
 * thread dies, what was asked of it is rejected (it may or may not have been done), and the next call starts another.
 */
export async function openStoreThread(options: ThreadOptions): Promise<Store> {
  let thread = await startThread(options);
  let starting: Promise<Thread> | null = null;
  let closing: Promise<void> | null = null;

  function startAgain(): Promise<Thread> {
    const started = startThread(options).then((again) => {
      thread = again;
      return again;
    });
    return started.finally(() => {
      starting = null;
    });
  }

  /** Straight on while the thread lives: calls keep their order. */
  function call(method: string, args: unknown[]): Promise<unknown> {
    if (closing || !thread.isLost()) return thread.call(method, args);
    starting ??= startAgain();
    return starting.then((again) => again.call(method, args));
  }

  const proxy: Record<string, unknown> = {};
  for (const method of complete ? methods : []) proxy[method] = (...args: unknown[]) => call(method, args);
  proxy.close = () => {
    closing ??= Promise.resolve(starting)
      .catch(() => null)
      .then(() => thread.end());
    return closing;
  };
  return proxy as unknown as Store;
}

async function startThread({ file, workerUrl, onLost }: ThreadOptions): Promise<Thread> {
  const worker = new Worker(workerUrl, { workerData: { file }, name: 'store' });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let lost: StoreError | null = null;
  let ending: Promise<void> | null = null;

  const lose = (why: string) => {
    if (lost) return;
    lost = new StoreError('lost', why);
    for (const call of waiting.values()) call.reject(lost);
    waiting.clear();
    if (!ending) onLost(why);
  };
  worker.on('error', (error) => lose(error.message));
  worker.on('exit', () => lose('the database thread has ended'));
  worker.on('message', (answer: StoreAnswer) => {
    const call = waiting.get(answer.n);
    waiting.delete(answer.n);
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(new StoreError(answer.code, answer.message));
  });

  const wait = (n: number) => new Promise<unknown>((resolve, reject) => waiting.set(n, { resolve, reject }));
  const call = (method: string, args: unknown[]): Promise<unknown> => {
    if (lost) return Promise.reject(lost);
    const n = next++;
    const answered = wait(n);
    worker.postMessage({ n, method, args } satisfies StoreCall);
    return answered;
  };
  const terminate = async () => void (await worker.terminate());

  try {
    await wait(0);
  } catch (thrown) {
    ending = Promise.resolve();
    await terminate();
    throw thrown;
  }
  return {
    call,
    isLost: () => lost !== null,
    end: () => (ending ??= call('close', []).then(terminate, terminate)),
  };
}
