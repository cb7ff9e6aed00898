import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AlertDesk, createAlertDesk } from '../../core/host/alert-desk.ts';
import { idMaker } from '../../core/ids.ts';
import type { Store } from '../../core/ports.ts';
import type { AlertView } from '../../core/protocol-owner.ts';
import { defaultSettings } from '../../core/settings.ts';
import type { Insight, Json } from '../../core/types.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, insight, observer } from '../kit/nouns.ts';
import { simulatedDays } from '../kit/simulated-days.ts';
import { waitFor } from '../kit/wait-for.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Local noon of a day in the week in which clocks go forward in most of Europe. */
const atNoon = () => new Date(2026, 2, 25, 12).getTime();

/** A desk over rows in memory and a clock that stands; at a good moment from its first minute on. */
async function desk(
  options: { startAt?: number; store?: Store; settings?: Partial<ReturnType<typeof defaultSettings>['alerts']> } = {},
) {
  const clock = fakeClock(options.startAt ?? atNoon());
  const store = options.store ?? memoryStore();
  const settings = { ...defaultSettings().alerts, ...options.settings };
  const raised: AlertView[] = [];
  const changed: Insight[] = [];
  const logged: string[] = [];
  let life: 'running' | 'paused' | 'asleep' | 'stopping' = 'running';
  let refuse: Error | null = null;
  let away = false;
  const log = { debug() {}, info() {}, warn: (event: string) => void logged.push(event), error() {} };
  const make = (): AlertDesk =>
    createAlertDesk({
      store: { ...store, setState: (key, value) => (refuse ? Promise.reject(refuse) : store.setState(key, value)) },
      clock,
      log,
      life: { life: () => life },
      nextId: idMaker(clock, seededRandom(3)),
      settings: () => settings,
      isAway: () => away,
      raise: (alert) => void raised.push(alert),
      changed: (each) => void changed.push(each),
    });
  let made = make();
  await made.load();
  onTestFinished(() => made.stop());
  let formed = 0;
  const see = observer(atNoon());
  return {
    clock,
    store,
    settings,
    raised,
    changed,
    logged,
    see,
    desk: () => made,
    told: () => raised.map(({ body }) => body),
    live: (next: typeof life) => void (life = next),
    leave: () => void (away = true),
    comeBack() {
      away = false;
      made.ownerIsBack();
    },
    refuseWrites: (why: Error | null) => void (refuse = why),
    /** An insight is formed, kept, and shown to the desk. */
    async form(text: string, importance = 0.8, over: Partial<Insight> = {}): Promise<Insight> {
      const one = insight(`i${String(formed++).padStart(3, '0')}`, {
        text,
        importance,
        formedAt: clock.now(),
        ...over,
      });
      await store.commitCycle(cycleRecord({ insights: [one] }));
      made.formed(one);
      await clock.pass(0);
      return one;
    },
    async restart(): Promise<void> {
      await made.stop();
      made = make();
      await made.load();
    },
    /** Until it is that time of day, minute by minute. */
    async until(hours: number, minutes = 0): Promise<void> {
      const day = new Date(clock.now());
      const then = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime();
      const end =
        then > clock.now()
          ? then
          : new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, hours, minutes).getTime();
      while (clock.now() < end) await clock.pass(Math.min(minuteMs, end - clock.now()));
    },
    kept: async () => (await store.state('alerts')) as { waiting: Json[]; told: Json[] } | null,
  };
}

describe('the alert desk', () => {
  it('[ME7.71] an insight that was told keeps when, one that is only listed does not', async () => {
    const { clock, store, form, changed, restart } = await desk();
    await clock.pass(minuteMs);
    const one = await form('It failed again.', 0.8);
    const told = { ...one, toldAt: clock.now() };
    const other = await form('A file changed.', 0.2);
    expect(changed).toEqual([told]);
    await restart();
    expect([await store.insight(one.id), await store.insight(other.id)]).toEqual([told, other]);
  });

  it('[DE3.26] raises an alert with the insight’s id, its own id, what it is about and the time', async () => {
    const { clock, see, store, form, raised } = await desk();
    const seen = see({ target: 'npm test', severity: 'error' });
    await store.append({ entries: [{ observation: seen, mergeInto: null }], marks: [] });
    await clock.pass(minuteMs);
    const one = await form('It failed again.', 0.8, { evidenceIds: [seen.id] });
    expect(raised).toEqual([
      {
        id: expect.any(String),
        insightId: one.id,
        title: 'npm test',
        body: 'It failed again.',
        at: clock.now(),
        critical: false,
      },
    ]);
    await form('The disk is full.', 0.95);
    expect(raised.at(-1)).toMatchObject({ body: 'The disk is full.', critical: true });
    expect(new Set(raised.map(({ id }) => id)).size).toBe(2);
  });

  it('[DE3.27] what waits is told at the next good moment: a quiet minute, or the end of a piece of work', async () => {
    const { clock, desk: current, see, form, told } = await desk();
    await form('While typing.');
    for (let n = 0; n < 8; n++) {
      current().heard([see()]);
      await clock.pass(30_000);
    }
    expect(told()).toEqual([]);
    current().heard([see({ type: 'commit-made' })]);
    await clock.pass(15_000);
    expect(told()).toEqual(['While typing.']);
    await clock.pass(10 * minuteMs);
    current().heard([see()]);
    await form('Once more.');
    await clock.pass(50_000);
    expect(told()).toHaveLength(1);
    await clock.pass(25_000);
    expect(told()).toEqual(['While typing.', 'Once more.']);
  });

  it('[DE3.27] while the owner is away nothing but what is critical is told; their coming back is a good moment', async () => {
    const { clock, form, told, leave, comeBack } = await desk();
    await clock.pass(5 * minuteMs);
    leave();
    await form('Later.');
    await form('At once.', 0.97);
    await clock.pass(30 * minuteMs);
    expect(told()).toEqual(['At once.']);
    comeBack();
    await clock.pass(0);
    expect(told()).toEqual(['At once.', 'Later.']);
  });

  it('[DE3.27] what Reverie notes by itself is no work of the owner', async () => {
    const { clock, desk: current, see, form, told } = await desk();
    await form('While typing.');
    await clock.pass(50_000);
    current().heard([see({ type: 'second-look', trust: 'app' })]);
    await clock.pass(25_000);
    expect(told()).toEqual(['While typing.']);
  });

  it('[DE3.28] of several that wait the most important comes first, the newest of equals, one at a time', async () => {
    const { clock, form, told } = await desk();
    await form('first.ts broke', 0.8);
    await form('second.ts broke', 0.9);
    await clock.pass(1_000);
    await form('third.ts broke', 0.8);
    await clock.pass(80_000);
    expect(told()).toEqual(['second.ts broke']);
    await clock.pass(10 * minuteMs + 15_000);
    expect(told()).toEqual(['second.ts broke', 'third.ts broke']);
    await clock.pass(10 * minuteMs + 15_000);
    expect(told()).toHaveLength(3);
    expect(clock.waiting(), 'nothing waits, nothing ticks').toBe(0);
  });

  it('[DE3.29] what waits and what was told outlives a restart; no text is kept for it', async () => {
    const { clock, form, restart, until, told, kept } = await desk({ startAt: atNoon() + 11 * hourMs });
    await form('secret_night.ts broke');
    await form('secret_disk is full', 0.95);
    expect(told()).toEqual(['secret_disk is full']);
    expect(JSON.stringify(await kept())).not.toContain('secret');
    await restart();
    await form('secret_disk is full', 0.95);
    expect(told(), 'told already').toHaveLength(1);
    await until(8, 1);
    expect(told()).toEqual(['secret_disk is full', 'secret_night.ts broke']);
    expect(await kept()).toMatchObject({ waiting: [], told: [{ critical: true }, { critical: false }] });
    expect(clock.waiting()).toBe(0);
  });

  it('[DE3.29] the budget of 24 hours outlives a restart', async () => {
    const { clock, form, restart, told } = await desk();
    await clock.pass(minuteMs);
    for (let n = 0; n < 6; n++) {
      await form(`file${n}.ts broke`);
      await restart();
      await clock.pass(11 * minuteMs);
    }
    expect(told()).toHaveLength(5);
    await clock.pass(24 * hourMs - 60 * minuteMs);
    await form('file9.ts broke');
    expect(told()).toHaveLength(6);
  });

  it('[DE3.30] what is judged, deleted or stale while it waits is not told', async () => {
    const { clock, store, form, told, settings, kept } = await desk();
    settings.quiet = { enabled: true, from: '11:00', until: '13:00' };
    const judged = await form('judged.ts broke');
    const gone = await form('gone.ts broke');
    await form('left.ts broke');
    await store.setVerdict(judged.id, 'useful');
    await store.setVerdict(gone.id, 'less');
    await clock.pass(hourMs + 30_000);
    expect(told()).toEqual(['left.ts broke']);
    expect((await kept())?.waiting).toEqual([]);
    settings.quiet = { enabled: true, from: '12:01', until: '12:00' };
    await form('stale.ts broke');
    for (let n = 0; n < 12 * 60 - 1; n++) await clock.pass(minuteMs);
    expect((await kept())?.waiting).toHaveLength(1);
    await clock.pass(2 * minuteMs);
    expect([(await kept())?.waiting, told().length, clock.waiting()]).toEqual([[], 1, 0]);
  });

  it('[DE3.30] after everything was deleted nothing waits and nothing was told', async () => {
    const { clock, desk: current, store, form, told } = await desk();
    await form('file.ts broke');
    await store.deleteAll();
    await current().load();
    await clock.pass(2 * minuteMs);
    expect([told(), clock.waiting()]).toEqual([[], 0]);
  });

  it('[DE3.31] fifty wait at most; the least important are only listed', async () => {
    const { settings, form, kept } = await desk();
    settings.quiet = { enabled: true, from: '11:00', until: '13:00' };
    for (let n = 0; n < 60; n++) await form(`file${n}.ts broke`, n === 0 ? 0.76 : 0.8 + n / 1_000);
    const waiting = ((await kept())?.waiting ?? []) as { id: string }[];
    expect([waiting.length, waiting.some(({ id }) => id === 'i009'), waiting.some(({ id }) => id === 'i010')]).toEqual([
      50,
      false,
      true,
    ]);
  });

  it('[DE3.32] paused, nothing is told until it is resumed; asleep, only what is critical', async () => {
    const { clock, live, form, told } = await desk();
    live('paused');
    await clock.pass(minuteMs);
    await form('disk_a is full', 0.95);
    await form('file.ts broke');
    await clock.pass(hourMs);
    expect(told()).toEqual([]);
    live('asleep');
    await clock.pass(minuteMs);
    await form('disk_b is full', 0.95);
    expect(told()).toEqual(['disk_a is full', 'disk_b is full']);
    live('running');
    await clock.pass(minuteMs);
    expect(told().slice(2)).toEqual(['file.ts broke']);
  });

  it('[DE3.41] what is critical and waited over a pause or a restart asks for no good moment and breaks quiet hours', async () => {
    const {
      clock,
      desk: current,
      see,
      live,
      form,
      restart,
      told,
    } = await desk({ startAt: atNoon() + 11 * hourMs, settings: { criticalFrom: 0.9 } });
    live('paused');
    await form('disk_a is full', 0.95);
    await form('file.ts broke', 0.8);
    await clock.pass(10 * minuteMs);
    expect(told()).toEqual([]);
    live('running');
    current().heard([see()]);
    await clock.pass(15_000);
    expect(told()).toEqual(['disk_a is full']);
    live('paused');
    await form('disk_b is full', 0.95);
    await restart();
    live('running');
    await clock.pass(15_000);
    expect(told()).toEqual(['disk_a is full', 'disk_b is full']);
  });

  it('[DE3.42] a store that fails while something is weighed only makes it wait', async () => {
    const store = memoryStore();
    let failing = false;
    const lessOf = () => (failing ? Promise.reject(new Error('locked')) : store.lessOf());
    const { clock, form, told, logged } = await desk({ store: { ...store, lessOf } });
    await clock.pass(minuteMs);
    failing = true;
    await form('file.ts broke');
    expect([told(), logged]).toEqual([[], ['alerts-failed']]);
    failing = false;
    await clock.pass(15_000);
    expect(told()).toEqual(['file.ts broke']);
  });

  it('[DE3.33] changed settings hold for what waits already', async () => {
    const { clock, settings, form, told } = await desk({ startAt: atNoon() + 11 * hourMs });
    await form('file.ts broke');
    await clock.pass(hourMs);
    expect(told()).toEqual([]);
    settings.quiet = { ...settings.quiet, enabled: false };
    await clock.pass(minuteMs);
    expect(told()).toEqual(['file.ts broke']);
    await form('other.ts broke');
    settings.notify = 'critical';
    await clock.pass(hourMs);
    expect(told()).toHaveLength(1);
  });

  it('[DE3.34] what cannot be written is told all the same, and what was kept odd is as if it were not', async () => {
    const { clock, store, refuseWrites, form, told, logged, restart } = await desk();
    await clock.pass(minuteMs);
    refuseWrites(new Error('disk full'));
    await form('disk_a is full', 0.95);
    expect([told(), logged]).toEqual([['disk_a is full'], ['alerts-unsaved']]);
    refuseWrites(null);
    for (const odd of [null, 7, [], { waiting: 3 }, { waiting: [null, { id: 3 }], told: [{ id: 'x', at: 'y' }] }]) {
      await store.setState('alerts', odd);
      await restart();
    }
    await form('disk_b is full', 0.95);
    expect(told()).toHaveLength(2);
  });

  it('[DE3.34] however many critical things are told, a hundred are remembered, and every other one of the day', async () => {
    const { clock, form, kept, told } = await desk();
    await clock.pass(minuteMs);
    await form('file.ts broke');
    for (let n = 0; n < 130; n++) await form(`disk_${n} is full`, 0.95);
    expect([told().length, (await kept())?.told.length]).toEqual([131, 101]);
  });
});

describe('clocks', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    process.env.TZ = zone;
    if (zone === undefined) delete process.env.TZ;
  });

  it('[DE3.35] quiet hours are those of the local clock, on the days on which it changes, too', async () => {
    process.env.TZ = 'Europe/Berlin';
    for (const [month, day, hours] of [
      [2, 28, 9],
      [9, 24, 11],
    ] as const) {
      const { clock, form, told, until } = await desk({ startAt: new Date(2026, month, day, 22, 0).getTime() });
      await form('file.ts broke');
      const startedAt = clock.now();
      await until(7, 59);
      expect(told()).toEqual([]);
      await until(8, 1);
      expect(told()).toEqual(['file.ts broke']);
      expect(Math.floor((clock.now() - startedAt) / hourMs)).toBe(hours);
    }
  });

  it('[DE3.36] a clock that is set back makes nothing wait for longer, and locks nothing out', async () => {
    const { clock, form, told, settings, kept } = await desk();
    await clock.pass(minuteMs);
    for (let n = 0; n < 5; n++) {
      await form(`file${n}.ts broke`);
      await clock.pass(11 * minuteMs);
    }
    settings.quiet = { enabled: true, from: '12:01', until: '12:00' };
    await form('late.ts broke');
    clock.jump(-365 * 24 * hourMs);
    for (let n = 0; n < 12 * 60; n++) await clock.pass(minuteMs);
    await clock.pass(minuteMs);
    expect((await kept())?.waiting).toEqual([]);
    settings.quiet = { ...settings.quiet, enabled: false };
    await form('file9.ts broke');
    expect(told()).toHaveLength(6);
  });
});

describe('a day in simulated time', () => {
  /** A whole engine that is told of things that fail. */
  async function day(store: Store = { ...memoryStore(), close: async () => undefined }, startAt?: number) {
    const made = await simulatedDays({
      store,
      ...(startAt !== undefined && { startAt }),
      settings(settings) {
        settings.sleep.enabled = false;
      },
    });
    const alerts: AlertView[] = [];
    made.engine.subscribe((event) => {
      if (event.kind === 'alert-raised') alerts.push(event.alert);
    });
    onTestFinished(made.end);
    const fail = (target: string, severity: 'error' | 'critical' = 'error') =>
      made.see({
        type: 'deploy-refused',
        target,
        severity,
        details: { place: '/shop', message: `${target} is broken` },
      });
    return { ...made, store, alerts, fail, about: () => alerts.map(({ title }) => title) };
  }

  it('[DE3.37] an important insight in the evening waits for the morning, a critical one is told at once', async () => {
    const { until, at, fail, about, alerts, store } = await day();
    await until(at(0, 22, 30));
    await fail('deploy/shop.yml');
    await until(at(0, 23, 30));
    expect(about()).toEqual([]);
    await fail('deploy/prices.yml', 'critical');
    expect(alerts).toMatchObject([
      { title: 'deploy/prices.yml', critical: true, body: expect.stringContaining('Critical') },
    ]);
    await until(at(1, 7, 59));
    expect(alerts).toHaveLength(1);
    await until(at(1, 8, 2));
    expect(about()).toEqual(['deploy/prices.yml', 'deploy/shop.yml']);
    expect(alerts[1]).toMatchObject({ critical: false, insightId: (await store.insights({ limit: 9 })).at(-1)?.id });
  });

  it('[DE3.38] the sixth of a day is not told, also not after a restart, and is in the list', async () => {
    const first = await day();
    const { at, store } = first;
    for (let n = 0; n < 3; n++) {
      await first.until(at(0, 9 + n));
      await first.fail(`deploy/service${n}.yml`);
    }
    await first.until(at(0, 11, 30));
    await first.end();
    const second = await day(store, at(0, 12));
    for (let n = 3; n < 6; n++) {
      await second.until(at(0, 10 + n));
      await second.fail(`deploy/service${n}.yml`);
    }
    await second.until(at(0, 20));
    expect([first.about().length, second.about()]).toEqual([3, ['deploy/service3.yml', 'deploy/service4.yml']]);
    expect((await store.insights({ limit: 20, text: 'service5' })).length).toBe(1);
    await second.fail('deploy/prices.yml', 'critical');
    expect(second.about().at(-1), 'what is critical is not counted').toBe('deploy/prices.yml');
  });

  it('[DE3.40] who is at work is not interrupted before they commit', async () => {
    const { until, at, see, offer, clock, fail, about } = await day();
    await until(at(0, 10));
    offer({ target: 'src/cart.ts' });
    await fail('deploy/shop.yml');
    for (let n = 0; n < 10; n++) {
      await until(clock.now() + 30_000);
      await see({ target: 'src/cart.ts', details: { place: '/shop', added: n, removed: 0 } });
    }
    expect(about()).toEqual([]);
    await see({ type: 'commit-made', target: 'shop', details: { place: '/shop', subject: 'Count the cart' } });
    await until(clock.now() + 15_000);
    expect(about()).toEqual(['deploy/shop.yml']);
  });

  it('[DE3.39] paused over the moment it is told when resumed, and the owner’s “less of this” keeps the next of its kind away', async () => {
    const { engine, clock, until, at, fail, about, store } = await day();
    await until(at(0, 23));
    await fail('deploy/shop.yml');
    await engine.send({ kind: 'pause' });
    await until(at(1, 9));
    expect(about()).toEqual([]);
    await engine.send({ kind: 'resume' });
    await until(at(1, 9, 2));
    expect(about()).toEqual(['deploy/shop.yml']);
    const [told] = await store.insights({ limit: 1 });
    await engine.send({ kind: 'judge-insight', id: told!.id, verdict: 'less' });
    await waitFor('a day later', async () => {
      await until(at(2, 12));
      return clock.now() >= at(2, 12);
    });
    await fail('deploy/shop.yml');
    await until(at(2, 12, 30));
    expect(about()).toHaveLength(1);
  });
});
