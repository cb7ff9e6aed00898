import { createEngine, type Engine, type EnginePorts } from '../../core/host/engine.ts';
import type { LmStudio } from '../../core/lmstudio/lm-studio.ts';
import type { Model, Power, Sink, Source, Store } from '../../core/ports.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { fakeClock, seededRandom } from './clock.ts';
import { bareShell, hostParts } from './host-parts.ts';
import { lmStudioDouble } from './lm-studio-double.ts';
import { memoryStore } from './memory-store.ts';
import { noCare, noEmbedder } from './no-care.ts';
import { settingsPort } from './settings-port.ts';
import { waitFor } from './wait-for.ts';

/**
 * A whole engine in simulated time: what a source of the test's own says is observed, thought about, slept on. Time passes only when the
 * test lets it.
 */
export interface SimulatedDays {
  engine: Engine;
  store: Store;
  settings: Settings;
  clock: ReturnType<typeof fakeClock>;
  logged: string[];
  /** Local time of a day of the simulated fortnight: day 0 is Monday, 2026-06-01. */
  at(day: number, hours: number, minutes?: number): number;
  /** Lets time pass until then; sleeps and everything else that falls due happen meanwhile. */
  until(at: number): Promise<void>;
  /** How often the source was told to look again. */
  rescans(): number;
  /** Says that something happened now. */
  offer(draft: Partial<ObservationDraft>): void;
  /** Says it, and waits until it was thought about. */
  see(draft: Partial<ObservationDraft>): Promise<void>;
  end(): Promise<void>;
}

export async function simulatedDays(
  options: {
    seed?: number;
    settings?: (settings: Settings) => void;
    store?: Store;
    server?: Model | null;
    /** Makes a model for whatever `lmStudio` shows. */
    servers?: EnginePorts['models']['server'];
    lmStudio?: LmStudio;
    /** Resolves when nothing goes on in real time: until then the clock stands. */
    still?: () => Promise<void>;
    startAt?: number;
    power?: Power;
  } = {},
): Promise<SimulatedDays> {
  const monday = new Date(2026, 5, 1).getTime();
  const clock = fakeClock(options.startAt ?? monday + 8.5 * 3_600_000);
  const store = options.store ?? memoryStore();
  const settings = defaultSettings();
  if (!options.server && !options.lmStudio) settings.model.reasoner = 'rules';
  options.settings?.(settings);
  const logged: string[] = [];
  const keep = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  let sink: Sink | null = null;
  let rescans = 0;
  const source: Source = {
    id: 'files:/shop',
    kind: 'ci',
    async start(given) {
      sink = given;
      given.health({ state: 'watching', message: 'says what the test wants seen' });
    },
    async rescan() {
      rescans += 1;
    },
    stop: async () => undefined,
  };
  const rules = createRuleReasoner();
  const engine = createEngine({
    store,
    care: noCare,
    clock,
    random: seededRandom(options.seed ?? 11),
    log: { debug() {}, info() {}, warn: keep, error: keep },
    settings: settingsPort(settings),
    models: { rules, server: options.servers ?? (() => options.server ?? rules), embedder: noEmbedder },
    lmStudio: options.lmStudio ?? lmStudioDouble(),
    ...hostParts(source),
    shell: { ...bareShell, power: options.power ?? null },
  });
  await engine.start();

  async function pass(ms: number): Promise<void> {
    await clock.pass(ms);
    await options.still?.();
  }

  /** Small steps, with a turn of the event loop between them: the store answers in promises. */
  async function until(at: number): Promise<void> {
    while (clock.now() < at) {
      await pass(Math.min(60_000, at - clock.now()));
      if (engine.snapshot().life === 'asleep') await slept();
    }
  }

  /** A sleep runs in promises and in seconds of the clock; both go on until it is over. */
  async function slept(): Promise<void> {
    await waitFor('the sleep to end', async () => {
      await pass(500);
      return engine.snapshot().life !== 'asleep';
    });
  }

  const offer = (draft: Partial<ObservationDraft>) =>
    sink?.offer({
      type: 'file-changed',
      target: 'src/cart.ts',
      severity: 'info',
      trust: 'observed',
      details: { place: '/shop', added: 4, removed: 1 },
      ...draft,
    });

  return {
    engine,
    store,
    settings,
    clock,
    logged,
    at: (day, hours, minutes = 0) => monday + day * 86_400_000 + hours * 3_600_000 + minutes * 60_000,
    until,
    rescans: () => rescans,
    offer,
    async see(draft) {
      offer(draft);
      await waitFor('what was seen to be thought about', async () => {
        await pass(100);
        const { counts, intake, stage } = engine.snapshot();
        return intake.waiting === 0 && counts.pending === 0 && stage === 'resting';
      });
    },
    async end() {
      const ended = engine.stop();
      await waitFor('the end', async () => {
        await clock.pass(100);
        return engine.snapshot().life === 'stopped';
      });
      await ended;
    },
  };
}
