import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { Log, MarkReader, Sink, Source } from '../../ports.ts';
import type { FilesConfig, FromFilesThread, ToFilesThread } from '../files/messages.ts';

const MARKS_PER_PAGE = 5_000;
const STOP_MS = 2_000;
const RESTART_MS = 5_000;
const RESTART_CAP_MS = 300_000;

/**
 * The files below one folder: made, changed, removed, renamed. The work happens in a thread of its own; this side passes on what it says.
 * `label` goes before every target ("" or "name/"); `exclude` are absolute folders that are never looked at.
 */
export function createFilesSource(options: {
  root: string;
  label: string;
  ignore: string[];
  maxFiles: number;
  exclude: string[];
  announce: boolean;
  workerUrl: URL;
  log: Log;
  /** How long after the thread died another is started; doubles each time, up to five minutes. */
  restartMs?: number;
}): Source {
  const { label, ignore, maxFiles, announce, log } = options;
  const root = realPath(options.root);
  const config: FilesConfig = { root, label, ignore, maxFiles, announce, exclude: options.exclude.map(realPath) };
  const id = `files:${root}`;
  let thread: Thread | null = null;
  let stopped = false;
  let restartMs = options.restartMs ?? RESTART_MS;
  let restart: NodeJS.Timeout | undefined;

  /** A thread reads the marks of all that became durable, so a later one goes on where an earlier one died (OB1). */
  async function launch(sink: Sink, marks: MarkReader): Promise<void> {
    if (stopped) return;
    const opened = openThread({
      url: options.workerUrl,
      config,
      sink,
      log: (event, fields) => log.warn(event, fields),
      onDied(why) {
        const seconds = Math.ceil(restartMs / 1000);
        const message = `${config.root} is not watched: ${why}`;
        sink.health({
          state: 'failed',
          message,
          remedy: `It is started again in ${seconds} s; nothing that changed is lost.`,
        });
        restart = setTimeout(
          () =>
            void launch(sink, marks).catch((thrown) =>
              log.error('files-restart-failed', { message: messageOf(thrown) }),
            ),
          restartMs,
        );
        restart.unref();
        restartMs = Math.min(RESTART_CAP_MS, restartMs * 2);
      },
    });
    thread = opened;
    await sendMarks(opened, marks, () => stopped);
    await opened.begin();
  }

  return {
    id,
    kind: 'files',
    start: launch,
    rescan: async () => (stopped ? undefined : thread?.rescan()),
    async stop() {
      stopped = true;
      clearTimeout(restart);
      await thread?.stop();
    },
  };
}

/** Links resolved where the folder exists, so that one folder has one name. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

async function sendMarks(thread: Thread, marks: MarkReader, stopped: () => boolean): Promise<void> {
  for (let after = ''; !stopped(); ) {
    const page = await marks.page(after, MARKS_PER_PAGE);
    const last = page.at(-1);
    if (!last) return;
    thread.send({ kind: 'marks', marks: page });
    after = last.key;
  }
}

/**
 * The thread makes much garbage once and little after. Without limits the engine lets its heap grow to several times what is alive; the
 * young part is kept small for that, the old part has room for 1.2 KB a file (alive: about 0.4).
 */
const heapFor = (maxFiles: number) => ({
  maxYoungGenerationSizeMb: 4,
  maxOldGenerationSizeMb: Math.ceil(96 + maxFiles * 0.0012),
});

type Thread = ReturnType<typeof openThread>;

/** The thread and what is asked of it; when it ends, by itself or by `stop`, every question is answered. */
function openThread(options: {
  url: URL;
  config: FilesConfig;
  sink: Sink;
  log: (event: string, fields: Record<string, string | number | boolean | null>) => void;
  /** It ended without being asked to; called once. */
  onDied: (why: string) => void;
}) {
  const { sink, config } = options;
  const worker = new Worker(options.url, {
    workerData: config,
    name: 'files',
    resourceLimits: heapFor(config.maxFiles),
  });
  const answers = new Map<string, () => void>();
  let stopping: Promise<void> | null = null;
  let questions = 0;
  const send = (message: ToFilesThread) => worker.postMessage(message);
  const ask = (name: string, message: ToFilesThread) =>
    new Promise<void>((answer) => {
      if (over) answer();
      answers.set(name, answer);
      send(message);
    });
  const answer = (name: string) => {
    answers.get(name)?.();
    answers.delete(name);
  };
  let over = false;
  const ended = new Promise<void>((done) => {
    worker.once('exit', () => {
      over = true;
      if (!stopping) options.onDied(why);
      for (const name of answers.keys()) answer(name);
      done();
    });
  });
  let why = 'the thread that watches it has ended';
  worker.on('error', (thrown) => {
    why = messageOf(thrown);
    options.log('files-thread-failed', { message: why });
  });
  worker.on('message', (message: FromFilesThread) => {
    if (stopping) return;
    if (message.kind === 'drafts') for (const draft of message.drafts) sink.offer(draft);
    else if (message.kind === 'remember') sink.remember(message.marks);
    else if (message.kind === 'health') sink.health(message.health);
    else if (message.kind === 'log') options.log(message.event, message.fields);
    else answer(message.kind === 'started' ? 'begin' : `rescan ${message.n}`);
    if (message.kind === 'drafts' || message.kind === 'remember') send({ kind: 'taken' });
  });

  async function end(): Promise<void> {
    send({ kind: 'stop' });
    // A thread that hangs in the file system does not listen; it is ended from outside.
    const impatience = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(impatience);
    sink.health({ state: 'stopped', message: `${config.root} is not watched` });
  }

  return {
    send,
    begin: () => ask('begin', { kind: 'begin' }),
    rescan() {
      questions += 1;
      return ask(`rescan ${questions}`, { kind: 'rescan', n: questions });
    },
    stop: () => (stopping ??= end()),
  };
}
