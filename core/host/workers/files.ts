import { parentPort, workerData } from 'node:worker_threads';
import { createFolderWatch } from '../../observe/files/folder-watch.ts';
import type { FilesConfig, FromFilesThread, ToFilesThread } from '../../observe/files/messages.ts';
import type { Clock } from '../../ports.ts';

/** The thread of the file source: everything that reads the watched folder happens here. */

const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** How many messages may be on their way before this side waits. */
const MOST_UNDERWAY = 4;

function start(port: NonNullable<typeof parentPort>): void {
  const send = (message: FromFilesThread) => port.postMessage(message);
  let underway = 0;
  let waiting: (() => void)[] = [];
  let stopping = false;

  const isFull = () => underway >= MOST_UNDERWAY && !stopping;

  async function sendPaced(message: FromFilesThread): Promise<void> {
    while (isFull()) await new Promise<void>((go) => waiting.push(go));
    if (stopping) return;
    underway += 1;
    send(message);
  }
  function go(): void {
    const woken = waiting;
    waiting = [];
    for (const each of woken) each();
  }

  const watch = createFolderWatch({
    config: workerData as FilesConfig,
    clock,
    outlet: {
      drafts: (drafts) => sendPaced({ kind: 'drafts', drafts }),
      remember: (marks) => sendPaced({ kind: 'remember', marks }),
    },
    onHealth: (health) => send({ kind: 'health', health }),
    onLog: (event, fields) => send({ kind: 'log', event, fields }),
  });

  async function stop(): Promise<void> {
    stopping = true;
    go();
    await watch.stop();
    port.close();
  }

  port.on('message', (message: ToFilesThread) => {
    if (message.kind === 'marks') watch.learn(message.marks);
    else if (message.kind === 'begin') void watch.begin().then(() => send({ kind: 'started' }));
    else if (message.kind === 'rescan') void watch.rescan().then(() => send({ kind: 'rescanned', n: message.n }));
    else if (message.kind === 'stop') void stop();
    else {
      underway -= 1;
      go();
    }
  });
}

if (parentPort) start(parentPort);
