import type { Failure } from '../errors.ts';
import type { Clock, Log, Stop } from '../ports.ts';
import type { ServerView } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { Breaker } from '../think/gateway/breaker.ts';
import type { Json } from '../types.ts';
import { createBelongings } from './belongings.ts';
import type { Instance } from './catalogue.ts';
import { changesBetween } from './changes.ts';
import { type Choice, chooseModel } from './choice.ts';
import { type Clicks, createClicks } from './clicks.ts';
import { type Courtesy, createCourtesy } from './courtesy.ts';
import { createCrashes } from './crashes.ts';
import { createFlight } from './flight.ts';
import { catalogueOf, type Known, productOf, standingOf, type Underway } from './known.ts';
import { createLadder } from './ladder.ts';
import type { LmStudio, Sighting } from './lm-studio.ts';
import { createLoads } from './loads.ts';
import { createRecovery, patienceMs } from './recovery.ts';
import { type Target, targetOf } from './target.ts';
import { within } from './waiting.ts';
import { createWatch } from './watch.ts';
import { serverWords, underwayWords } from './words.ts';

/** Keeps the model server in view and in shape: looks, waits, loads, reloads once, and says how it stands (LM1, LM2). */
export interface Keeper {
  /** Takes the first look and goes on looking until stopped. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What a thought could use at this moment; null: rules. */
  now(): Target | null;
  /** A thought is due: waits for a look or a load under way, begins what the settings allow; null when rules should think. */
  wanted(signal: AbortSignal): Promise<Target | null>;
  /** A call failed: finds out why and mends what may be mended; what to ask instead, or null when rules should think. */
  failed(failure: Failure, target: Target, signal: AbortSignal): Promise<Target | null>;
  /** Another model answered than was asked (an old fault of the server): what is loaded is looked at anew. */
  mistaken(answeredBy: string): void;
  /** Waits while LM Studio works for somebody else (Courtesy). */
  quiet: Courtesy['quiet'];
  /** Whether a model of that key is loaded, by a look taken now: a server loads what it is asked for, and not every question may cause that. */
  stillThere(key: string, signal: AbortSignal): Promise<boolean>;
  known(): Known;
  view(): ServerView;
  /** Ids of instances that Reverie loaded. */
  ours(): ReadonlySet<string>;
  courtesy: Pick<Courtesy, 'atWork' | 'canTell'>;
  clicks: Clicks;
  settingsChanged(): void;
}

export interface KeeperParts {
  lmStudio: LmStudio;
  settings: () => Settings;
  breaker: Breaker;
  clock: Clock;
  log: Log;
  /** Durable memory of what is ours. */
  kept: { read(): Promise<Json>; write(value: Json): Promise<void> };
  /** Calls to the server at this moment. */
  callsRunning: () => number;
  /** Of the machine. */
  memoryBytes: number;
  onChange: () => void;
}

const unloadWithinMs = 2_000;
const unseen: Choice = { kind: 'none', why: 'no server has been seen yet' };

export function createKeeper(parts: KeeperParts): Keeper {
  const { lmStudio, clock, log, breaker } = parts;
  const settings = () => parts.settings();
  const hasServer = () => settings().model.reasoner !== 'rules';
  const life = new AbortController();
  const { signal: alive } = life;
  const ladder = createLadder();
  const crashes = createCrashes(clock);
  const belongings = createBelongings({ kept: parts.kept, log });
  const watch = createWatch({
    lmStudio,
    clock,
    log,
    signal: alive,
    pollMs: () => settings().lmStudio.pollMs,
    applies: hasServer,
    onSighting: saw,
  });
  const flight = createFlight({
    clock,
    log,
    signal: alive,
    onStart: () => move('load-started'),
    onProgress: tell,
    async onEnd() {
      await watch.lookAfresh();
      // Only now, so that nobody reads of looking in between.
      move('load-ended');
      stand();
    },
  });
  const downloads = createFlight({
    clock,
    log,
    signal: alive,
    onStart: tell,
    onProgress: tell,
    onEnd: watch.lookAfresh,
  });
  const courtesy = createCourtesy({
    lmStudio,
    clock,
    signal: alive,
    canAsk: () => hasServer() && hasLms() && catalogue() !== null,
    yields: () => settings().lmStudio.yield,
    onBusy: (state) => (ladder.state() === 'ready' || ladder.state() === 'busy') && move(state),
  });
  const catalogue = () => catalogueOf(watch.sighting());
  const loads = createLoads({
    lmStudio,
    flight,
    downloads,
    belongings,
    settings: () => settings().lmStudio,
    catalogue,
  });
  const recover = createRecovery({
    clock,
    watch,
    flight,
    loads,
    belongings,
    crashes,
    breaker,
    settings,
    catalogue,
    now,
    use,
    wanted,
    onCrash: () => move('model-crashed'),
  });
  const clicks = createClicks({
    lmStudio,
    signal: alive,
    watch,
    flight,
    downloads,
    loads,
    belongings,
    settings: () => settings().model,
    catalogue,
    says: {
      server: () => view().what,
      underway: () => saying(flight.underway()),
      download: () => saying(downloads.underway()),
    },
    startAfresh: byTheOwner,
  });
  const ends: Stop[] = [];
  let choice = unseen;
  let stateAt = clock.now();
  let told = '';
  let meant = meaning(settings());

  const hasLms = () => watch.sighting()?.lms.kind === 'found';

  // --- what was seen ------------------------------------------------------------------------------------------------------------------

  function saw(before: Sighting | null, next: Sighting): void {
    const isOurs = ({ id, key }: Instance) => belongings.ours().has(id) || flight.underway()?.key === key;
    const { cameBack, appeared, gone } = changesBetween(before, next, isOurs);
    if (cameBack) belongings.doubtUnmarked();
    if (cameBack) belongings.forgive();
    if (cameBack || appeared) startAfresh();
    // What we are about to own is listed before we know its id.
    if (!flight.underway()) {
      const busyId = parts.callsRunning() > 0 && choice.kind === 'use' ? choice.instance.id : null;
      belongings.lost(gone, busyId);
      const listed = catalogueOf(next);
      if (listed?.tellsLoaded) belongings.keepOnly(listed.instances.map(({ id }) => id));
    }
    if (next.server.kind === 'open') breaker.greeted();
    stand();
  }

  /** Somebody changed something: what failed before may go well now. */
  function startAfresh(): void {
    flight.forget();
    downloads.forget();
    crashes.forget();
    if (breaker.until() === 'owner') breaker.reset();
  }

  /** Chooses the model, and tells the ladder how things stand. */
  function stand(): void {
    const { baseUrl } = settings().model;
    const sighting = watch.sighting();
    choice = choose();
    // A server that is being started is away until it is there: that is no news.
    const starting = flight.underway()?.kind === 'start' && ladder.state() === 'loading';
    if (sighting && !starting) {
      const standing = standingOf(sighting, choice, baseUrl);
      // Who is busy is told by `lms ps` alone, not by a list.
      move(standing === 'ready' && ladder.state() === 'busy' ? 'busy' : standing);
    }
    if (breaker.state() === 'open') move('circuit-opened');
    tell();
  }

  /** The named model; while its owner has sent it away, whatever they have loaded instead. */
  function choose(): Choice {
    const listed = catalogue();
    if (!listed) return unseen;
    const { name, windowTokens: contextTokens } = settings().model;
    const chosen = chooseModel(listed, { name, type: 'llm', contextTokens });
    if (chosen.kind !== 'load' || !belongings.isEjected(chosen.entry.key)) return chosen;
    const other = chooseModel(listed, { name: '', type: 'llm', contextTokens });
    return other.kind === 'use' ? { ...other, why: `you unloaded “${name}”, and this one is loaded` } : chosen;
  }

  function move(event: Parameters<typeof ladder.send>[0]): void {
    const before = ladder.state();
    ladder.send(event);
    if (before === ladder.state()) return;
    stateAt = clock.now();
    log.info('server-state', { state: ladder.state() });
    tell();
  }

  function tell(): void {
    const news = JSON.stringify({ ...view(), since: 0 });
    if (news === told) return;
    told = news;
    parts.onChange();
  }

  function heedBreaker(): void {
    if (breaker.state() !== 'open' && ladder.state() === 'circuit-open') move('circuit-closed');
    stand();
  }

  // --- thoughts -----------------------------------------------------------------------------------------------------------------------

  function now(): Target | null {
    const usable = hasServer() && breaker.state() !== 'open';
    return usable ? targetOf(choice, watch.sighting(), settings().model) : null;
  }

  function use(): Target | null {
    const target = now();
    if (target) watch.used();
    return target;
  }

  async function wanted(signal: AbortSignal): Promise<Target | null> {
    if (!hasServer()) return null;
    if (!watch.sighting()) await within(clock, patienceMs, watch.look(), signal);
    watch.hasten();
    // A start may be followed by a load.
    for (let step = 0; step < 2 && !now() && breaker.state() !== 'open'; step++) {
      if (!flight.underway()) beginWhatIsAllowed();
      if (!flight.underway()) break;
      await within(clock, patienceMs - flight.ageMs(), flight.landed(), signal);
    }
    return use();
  }

  /** A thought that waits is the only reason to load or to start anything unasked: a quiet night does neither. */
  function beginWhatIsAllowed(): void {
    if (flight.refused()) return;
    if (choice.kind === 'load') {
      if (settings().lmStudio.load === 'when-needed' && !belongings.isEjected(choice.entry.key))
        begin(loads.load(choice.entry, settings().model.windowTokens));
      return;
    }
    const off = ladder.state() === 'not-running' || ladder.state() === 'server-off';
    if (off && hasLms() && settings().model.baseUrl === '' && settings().lmStudio.start === 'always')
      begin(loads.start());
  }

  /** What came of it is told by the view. */
  const begin = (work: Promise<unknown>): void => void work.catch(() => undefined);

  function byTheOwner(): void {
    belongings.forgive();
    startAfresh();
    breaker.reset();
    stand();
  }

  // --- seen from outside --------------------------------------------------------------------------------------------------------------

  const known = (): Known => ({
    state: ladder.state(),
    sighting: watch.sighting(),
    choice,
    underway: flight.underway(),
    download: downloads.underway(),
    ejected: choice.kind === 'load' && belongings.isEjected(choice.entry.key),
    refused: flight.refused() ?? downloads.refused(),
    breaker: { state: breaker.state(), why: breaker.why(), until: breaker.until() },
    settings: settings(),
    memoryBytes: parts.memoryBytes,
  });

  function view(): ServerView {
    const sighting = watch.sighting();
    return {
      state: ladder.state(),
      since: stateAt,
      product: productOf(known()),
      address: sighting?.address ?? null,
      model: choice.kind === 'use' ? choice.instance.id : null,
      progress: (flight.underway() ?? downloads.underway())?.share ?? null,
      ...serverWords(known()),
    };
  }

  /** What is ours, if the settings say so, within two seconds. */
  async function unloadOurs(): Promise<void> {
    if (settings().lmStudio.onQuit !== 'unload' || !catalogue()) return;
    const late = new AbortController();
    const cancel = clock.after(unloadWithinMs, () => late.abort(new Stopped()));
    const unloadOne = async (id: string) => ((await lmStudio.unload(id, late.signal)).ok ? [id] : []);
    const unloaded = await Promise.all([...belongings.ours()].map((id) => unloadOne(id).catch(() => [])));
    cancel();
    await belongings.remove(unloaded.flat());
  }

  /** Another server, or another token: what was seen says nothing about it. */
  function startOver(): void {
    watch.forget();
    move('forgotten');
  }

  return {
    async start() {
      ends.push(breaker.onChange(heedBreaker));
      await belongings.read();
      if (hasServer()) await watch.look();
      watch.start();
    },
    async stop() {
      for (const end of ends) end();
      life.abort(new Stopped());
      await Promise.allSettled([watch.stop(), flight.landed(), downloads.landed()]);
      await unloadOurs();
    },
    now,
    wanted,
    failed: recover,
    mistaken() {
      log.warn('other-model-answered');
      begin(watch.lookAfresh());
    },
    quiet: courtesy.quiet,
    async stillThere(key, signal) {
      await within(clock, patienceMs, watch.lookAfresh(), signal);
      const listed = catalogue();
      return listed?.tellsLoaded !== true || listed.instances.some((each) => each.key === key || each.id === key);
    },
    known,
    view,
    ours: belongings.ours,
    courtesy,
    clicks,
    settingsChanged() {
      const before = meant;
      meant = meaning(settings());
      if (before.server !== meant.server) startOver();
      if (before.all === meant.all) return;
      byTheOwner();
      if (hasServer()) begin(watch.lookAfresh());
    },
  };
}

const saying = (work: Underway | null): string => (work ? underwayWords(work) : 'Something is under way.');

/** What of the settings is about which server, and about the server at all; anything else changes nothing here. */
function meaning({ model, lmStudio }: Settings): { server: string; all: string } {
  const { gpu, load, start, ttlHours, lmsPath } = lmStudio;
  return {
    server: JSON.stringify([model.baseUrl, model.apiKey, model.reasoner]),
    all: JSON.stringify([model, gpu, load, start, ttlHours, lmsPath]),
  };
}

/** An abort reason that every library takes for a cancellation. */
class Stopped extends Error {
  override readonly name = 'AbortError';
}
