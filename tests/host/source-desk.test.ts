import { describe, expect, it } from 'vitest';
import { createSourceDesk } from '../../core/host/source-desk.ts';
import type { PlannedSource, Sink } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

interface Options {
  /** Until this is settled, a source of this folder does not finish its start. */
  starts?: Record<string, Promise<void>>;
  /** The same for its stop. */
  stops?: Record<string, Promise<void>>;
}

/** A desk over folders that are names; each gives one source. What happened stands in `log`. */
function world({ starts = {}, stops = {} }: Options = {}) {
  const log: string[] = [];
  const watch: Settings['watch'] = { ...defaultSettings().watch, folders: ['a', 'b'] };
  const sinks = new Map<string, Sink>();
  let made = 0;
  let changes = 0;
  const planned = (folder: string, ignore: string[]): PlannedSource => ({
    same: JSON.stringify([folder, ignore]),
    make() {
      const name = `${folder}#${++made}`;
      return {
        id: `files:${folder}`,
        kind: 'files',
        async start(sink) {
          log.push(`start ${name}`);
          sinks.set(name, sink);
          await starts[folder];
          sink.health({ state: 'watching', message: name });
        },
        rescan: async () => void log.push(`rescan ${name}`),
        async stop() {
          log.push(`stop ${name}`);
          await stops[folder];
          log.push(`stopped ${name}`);
        },
      };
    },
  });
  const desk = createSourceDesk({
    plan: ({ folders, ignore }) => ({ folders, sources: folders.map((folder) => planned(folder, ignore)) }),
    settings: () => watch,
    intake: {
      sink: () => ({ offer: () => undefined, remember: () => undefined }),
      flush: async () => void log.push('flush'),
    },
    store: { markPage: async () => [], mark: async () => null },
    log: { ...silent, error: (event) => void log.push(event), warn: (event) => void log.push(event) },
    onChange: () => void changes++,
  });
  return {
    desk,
    sinks,
    changes: () => changes,
    log: () => log.splice(0),
    change(next: Partial<Settings['watch']>) {
      Object.assign(watch, next);
      return desk.follow();
    },
    shown: () => desk.shown().map(({ id, state }) => `${id} ${state}`),
  };
}

describe('sources follow the settings', () => {
  it('[SH2.200] only a source that would be another ends and begins anew; one that is gone is shown no more', async () => {
    const { desk, log, change, shown } = world();
    expect(shown(), 'before the start').toEqual(['files:a starting', 'files:b starting']);
    await desk.follow();
    await desk.looked();
    expect(shown()).toEqual(['files:a watching', 'files:b watching']);
    log();
    await change({ folders: ['b', 'c'] });
    expect(log()).toEqual(['stop a#1', 'stopped a#1', 'flush', 'start c#3']);
    expect([shown(), desk.folders()]).toEqual([
      ['files:b watching', 'files:c watching'],
      ['b', 'c'],
    ]);
    await change({ folders: ['c', 'b'] });
    await change({ maxFiles: 5_000 });
    expect(log(), 'another order, or what no source hangs on').toEqual([]);
    await change({ ignore: ['*.log'] });
    expect(log().filter((each) => each.startsWith('start '))).toEqual(['start c#4', 'start b#5']);
    await desk.rescan();
    expect(log()).toEqual(['rescan c#4', 'rescan b#5']);
  });

  it('[SH2.201] what the ending source offered is durable before the next reads what is known', async () => {
    const { desk, log, change } = world();
    await desk.follow();
    log();
    await change({ folders: ['a'], ignore: ['*.log'] });
    expect(log()).toEqual(['stop a#1', 'stop b#2', 'stopped a#1', 'stopped b#2', 'flush', 'start a#3']);
  });

  it('[SH2.201] a folder that comes back while its old source still ends waits for that end', async () => {
    const stopping = Promise.withResolvers<void>();
    const { desk, log, change } = world({ stops: { a: stopping.promise } });
    await desk.follow();
    const gone = change({ folders: ['b'] });
    await Promise.resolve();
    const back = change({ folders: ['b', 'a'] });
    for (let n = 0; n < 10; n++) await Promise.resolve();
    expect(log()).toEqual(['start a#1', 'start b#2', 'stop a#1']);
    stopping.resolve();
    await Promise.all([gone, back]);
    expect(log()).toEqual(['stopped a#1', 'flush', 'start a#3']);
  });

  it('[SH2.202] of changes that come quickly, also while a source starts, the last holds and each source ends once', async () => {
    const starting = Promise.withResolvers<void>();
    const { desk, log, change, shown } = world({ starts: { a: starting.promise, c: starting.promise } });
    await desk.follow();
    const first = change({ folders: ['c'] });
    const second = change({ folders: ['d'] });
    const third = change({ folders: ['c', 'e'] });
    await Promise.all([first, second, third]);
    starting.resolve();
    await desk.looked();
    expect(shown()).toEqual(['files:c watching', 'files:e watching']);
    const ended = log().filter((each) => each.startsWith('stop '));
    expect(ended).toEqual([...new Set(ended)]);
    expect(ended.slice(0, 2)).toEqual(['stop a#1', 'stop b#2']);
  });

  it('[SH2.203] a source that has ended is heard no more, whatever it still says or throws', async () => {
    const starting = Promise.withResolvers<void>();
    const { desk, sinks, log, change, shown } = world({ starts: { a: starting.promise } });
    await desk.follow();
    await change({ folders: ['a'], ignore: ['*.log'] });
    sinks.get('a#1')?.health({ state: 'failed', message: 'late' });
    expect(shown()).toEqual(['files:a starting']);
    await change({ folders: ['b'] });
    starting.reject(new Error('cut off'));
    await desk.looked();
    expect(log()).not.toContain('source-failed');
    expect(shown()).toEqual(['files:b watching']);
  });

  it('[SH2.203] one that fails while it is wanted says so with a remedy', async () => {
    const { desk, log } = world({ starts: { a: Promise.reject(new Error('broken')) } });
    await desk.follow();
    await desk.looked();
    expect(log()).toContain('source-failed');
    expect(desk.shown()[0]).toMatchObject({ state: 'failed', message: 'broken', remedy: expect.any(String) });
  });

  it('[SH2.204] a stop during a change ends every source, and nothing begins afterwards', async () => {
    const stopping = Promise.withResolvers<void>();
    const { desk, log, change } = world({ stops: { a: stopping.promise } });
    await desk.follow();
    const changed = change({ folders: ['b', 'c'] });
    await Promise.resolve();
    const stopped = desk.stop();
    const more = change({ folders: ['d'] });
    stopping.resolve();
    await Promise.all([changed, stopped, more]);
    const seen = log();
    expect(seen.filter((each) => each.startsWith('start '))).toEqual(['start a#1', 'start b#2']);
    expect(seen).toEqual(expect.arrayContaining(['stopped a#1', 'stopped b#2', 'stopped c#3']));
  });
});
