import type { Failure, Result } from '../errors.ts';
import type { Clock, Log, Stop } from '../ports.ts';
import type { Outcome, ServerView } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { Breaker } from '../think/gateway/breaker.ts';
import type { Json } from '../types.ts';
import { createBelongings } from './belongings.ts';
import type { Instance, ModelEntry } from './catalogue.ts';
import { changesBetween } from './changes.ts';
import { type Choice, chooseModel } from './choice.ts';
import { type Courtesy, createCourtesy } from './courtesy.ts';
import { createCrashes, isCrash } from './crashes.ts';
import { createFlight } from './flight.ts';
import { catalogueOf, type Known, productOf, standingOf } from './known.ts';
import { createLadder } from './ladder.ts';
import type { LmStudio, Sighting } from './lm-studio.ts';
import { type Target, targetOf } from './target.ts';
import { within } from './waiting.ts';
import { createWatch } from './watch.ts';
import { serverWords } from './words.ts';

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
  known(): Known;
  view(): ServerView;
  /** Ids of instances that Reverie loaded. */
  ours(): ReadonlySet<string>;
  courtesy: Pick<Courtesy, 'atWork' | 'canTell'>;
  /** The owner's clicks. Long work is only begun: its progress and its refusal are part of the view. */
  startServer(): Promise<Outcome>;
  load(key: string): Promise<Outcome>;
  get(name: string): Promise<Outcome>;
  unload(id: string): Promise<Outcome>;
  tryAgain(): Promise<Outcome>;
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
  /** Of the machine. */
  memoryBytes: number;
  onChange: () => void;
}

/** How long a thought waits for the first look or for a load before rules think (LM1). */
const patienceMs = 60_000;
/** An instance that went within this time of its last use was sent away, not expired. */
const inUseMs = 60_000;
const unloadWithinMs = 2_000;
const unseen: Choice = { kind: 'none', why: 'no server has been seen yet' };

/** Failures that say nothing about the server. */
const notItsFault = new Set([
  'budget-spent',
  'purpose-budget-spent',
  'larger-than-budget',
  'larger-than-rate',
  'unreadable-answer',
  'window-too-small',
  'circuit-open',
  'busy-elsewhere',
]);
/** Somebody unloaded it, or it expired. */
const notThere = new Set(['model-unloaded', 'no-model', 'model-missing']);

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
      move('load-ended');
      await watch.lookAfresh();
    },
  });
  const courtesy = createCourtesy({
    lmStudio,
    clock,
    signal: alive,
    canAsk: () => hasServer() && hasLms() && catalogueOf(watch.sighting()) !== null,
    yields: () => settings().lmStudio.yield,
    onBusy: (state) => (ladder.state() === 'ready' || ladder.state() === 'busy') && move(state),
  });
  const ends: Stop[] = [];
  let choice = unseen;
  let stateAt = clock.now();
  let told = '';

  const hasLms = () => watch.sighting()?.lms.kind === 'found';

  // --- what was seen ------------------------------------------------------------------------------------------------------------------

  function saw(before: Sighting | null, next: Sighting): void {
    const { afresh, gone } = changesBetween(before, next, belongings.ours());
    const inUse = choice.kind === 'use' && watch.usedAgoMs() < inUseMs ? choice.instance.id : null;
    if (!flight.underway()) belongings.lost(gone, inUse);
    if (afresh) startAfresh();
    if (next.server.kind === 'open') breaker.greeted();
    stand();
  }

  /** Somebody changed something: what failed before may go well now. */
  function startAfresh(): void {
    flight.forget();
    crashes.forget();
    belongings.forgive();
    if (breaker.until() === 'owner') breaker.reset();
  }

  /** Chooses the model, and tells the ladder how things stand. */
  function stand(): void {
    const { model } = settings();
    const sighting = watch.sighting();
    const catalogue = catalogueOf(sighting);
    choice = catalogue
      ? chooseModel(catalogue, { name: model.name, type: 'llm', contextTokens: model.windowTokens })
      : unseen;
    if (sighting) {
      const standing = standingOf(sighting, choice, model.baseUrl);
      // Who is busy is told by `lms ps` alone, not by a list.
      move(standing === 'ready' && ladder.state() === 'busy' ? 'busy' : standing);
    }
    if (breaker.state() === 'open') move('circuit-opened');
    tell();
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

  const now = (): Target | null =>
    hasServer() && breaker.state() !== 'open' ? targetOf(choice, watch.sighting(), settings().model) : null;

  function use(): Target | null {
    const target = now();
    if (target) watch.used();
    return target;
  }

  async function wanted(signal: AbortSignal): Promise<Target | null> {
    if (!hasServer()) return null;
    if (!watch.sighting()) await within(clock, patienceMs, watch.look(), signal);
    watch.hasten();
    if (!flight.underway() && breaker.state() !== 'open') beginWhatIsAllowed();
    if (flight.underway() && !now()) await within(clock, patienceMs - flight.ageMs(), flight.landed(), signal);
    return use();
  }

  /** A thought that waits is the only reason to load or to start anything unasked: a quiet night does neither. */
  function beginWhatIsAllowed(): void {
    if (flight.refused()) return;
    if (choice.kind === 'load') {
      if (settings().lmStudio.load === 'when-needed' && !belongings.isEjected(choice.entry.key))
        begin(loadEntry(choice.entry, settings().model.windowTokens));
      return;
    }
    const off = ladder.state() === 'not-running' || ladder.state() === 'server-off';
    if (off && hasLms() && settings().model.baseUrl === '' && settings().lmStudio.start === 'always') begin(startIt());
  }

  /** What came of it is told by the view. */
  const begin = (work: Promise<unknown>): void => void work.catch(() => undefined);

  const startIt = () => flight.begin({ kind: 'start', name: 'server' }, (_, signal) => lmStudio.startServer(signal));

  function loadEntry(entry: ModelEntry, contextTokens: number): Promise<Result<Instance>> {
    const { gpu, ttlHours } = settings().lmStudio;
    const wish = {
      key: entry.key,
      path: entry.path,
      contextTokens: Math.min(contextTokens, entry.maxContextTokens ?? contextTokens),
      ttlSeconds: ttlHours === 0 ? null : Math.round(ttlHours * 3_600),
      parallel: 1,
      gpu,
    };
    const before = new Set(catalogueOf(watch.sighting())?.instances.map(({ id }) => id));
    return flight.begin({ kind: 'load', name: entry.name }, async (onProgress, signal) => {
      const loaded = await lmStudio.load(wish, onProgress, signal);
      // Its owner may have been quicker: then it is theirs.
      if (loaded.ok && !before.has(loaded.value.id)) await belongings.add(loaded.value.id);
      return loaded;
    });
  }

  async function failed(failure: Failure, target: Target, signal: AbortSignal): Promise<Target | null> {
    if (notItsFault.has(failure.code)) return null;
    watch.hasten();
    await within(clock, patienceMs, watch.lookAfresh(), signal);
    const catalogue = catalogueOf(watch.sighting());
    const gone = catalogue?.tellsLoaded === true && !catalogue.instances.some(({ id }) => id === target.instance.id);
    if (isCrash(failure, { serverAnswers: catalogue !== null, instanceGone: gone }))
      return within(clock, patienceMs, afterCrash(target.instance), signal);
    if (failure.code === 'context-overflow') return withSmallerWindow(target);
    if (!notThere.has(failure.code)) return null;
    const other = await wanted(signal);
    return other?.instance.id === target.instance.id ? null : other;
  }

  /** One reload (LM2); a second crash opens the breaker, and only the owner closes it. */
  async function afterCrash(crashed: Instance): Promise<Target | null> {
    move('model-crashed');
    belongings.forgive(crashed.key);
    if (!crashes.mayReload(crashed.key)) {
      breaker.trip(
        `${crashed.id} crashed again after it had been loaded anew. A smaller context, another runtime or another model may help.`,
        'owner',
      );
      return null;
    }
    const other = now();
    if (other && other.instance.id !== crashed.id) return use();
    const entry = catalogueOf(watch.sighting())?.models.find(({ key }) => key === crashed.key);
    if (flight.underway()) await flight.landed();
    else if (entry && settings().lmStudio.load === 'when-needed')
      await loadEntry(entry, crashed.contextTokens ?? settings().model.windowTokens);
    else return null;
    return use();
  }

  /** The window may be smaller than was believed: with the figure just read a shorter prompt may fit. */
  function withSmallerWindow({ instance }: Target): Target | null {
    const again = now();
    const known = again?.instance.contextTokens ?? null;
    return known !== null && known < (instance.contextTokens ?? Number.POSITIVE_INFINITY) ? again : null;
  }

  // --- the owner's clicks -------------------------------------------------------------------------------------------------------------

  const refuse = (message: string): Outcome => ({ ok: false, message });
  const stillFlying = (): Outcome =>
    refuse(`${serverWords({ ...known(), state: 'loading' }).what} Wait for it to end, then try again.`);

  async function startServer(): Promise<Outcome> {
    if (flight.underway()) return stillFlying();
    if (settings().model.baseUrl !== '')
      return refuse('A base URL is set. Reverie can start only LM Studio’s own server: clear the base URL first.');
    begin(startIt());
    return { ok: true };
  }

  async function load(key: string): Promise<Outcome> {
    await watch.lookAfresh();
    if (flight.underway()) return stillFlying();
    const catalogue = catalogueOf(watch.sighting());
    if (!catalogue) return refuse(`${view().what} A model can be loaded when the server answers.`);
    byTheOwner();
    if (catalogue.instances.some((each) => each.key === key || each.id === key))
      return { ok: true, said: 'It is loaded already.' };
    const entry = catalogue.models.find((each) => each.key === key);
    if (!entry) return refuse(`“${key}” is not among the server’s models. Download it in LM Studio first.`);
    begin(loadEntry(entry, settings().model.windowTokens));
    return { ok: true };
  }

  async function get(name: string): Promise<Outcome> {
    if (flight.underway()) return stillFlying();
    begin(flight.begin({ kind: 'get', name }, (onProgress, signal) => lmStudio.get(name, onProgress, signal)));
    return { ok: true };
  }

  async function unload(id: string): Promise<Outcome> {
    if (!belongings.ours().has(id))
      return refuse(`Reverie did not load “${id}”, so it does not unload it. Do it in LM Studio.`);
    const key = catalogueOf(watch.sighting())?.instances.find((each) => each.id === id)?.key;
    const unloaded = await lmStudio.unload(id, alive);
    if (!unloaded.ok) return refuse(unloaded.failure.message);
    if (key !== undefined) belongings.eject(key);
    await belongings.remove([id]);
    await watch.lookAfresh();
    return { ok: true };
  }

  function byTheOwner(): void {
    startAfresh();
    breaker.reset();
    stand();
  }

  async function tryAgain(): Promise<Outcome> {
    byTheOwner();
    watch.hasten();
    await watch.lookAfresh();
    return { ok: true };
  }

  // --- seen from outside --------------------------------------------------------------------------------------------------------------

  const known = (): Known => ({
    state: ladder.state(),
    sighting: watch.sighting(),
    choice,
    underway: flight.underway(),
    refused: flight.refused(),
    breaker: { state: breaker.state(), why: breaker.why(), until: breaker.until() },
    settings: settings(),
    memoryBytes: parts.memoryBytes,
  });

  function view(): ServerView {
    const sighting = watch.sighting();
    return {
      state: ladder.state(),
      since: stateAt,
      product: productOf(sighting),
      address: sighting?.address ?? null,
      model: choice.kind === 'use' ? choice.instance.id : null,
      progress: flight.underway()?.share ?? null,
      ...serverWords(known()),
    };
  }

  /** What is ours, if the settings say so, within two seconds. */
  async function unloadOurs(): Promise<void> {
    if (settings().lmStudio.onQuit !== 'unload' || !catalogueOf(watch.sighting())) return;
    const late = new AbortController();
    const cancel = clock.after(unloadWithinMs, () => late.abort(new Stopped()));
    await Promise.allSettled([...belongings.ours()].map((id) => lmStudio.unload(id, late.signal)));
    cancel();
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
      await unloadOurs();
      life.abort(new Stopped());
      await Promise.allSettled([watch.stop(), flight.landed()]);
    },
    now,
    wanted,
    failed,
    mistaken() {
      log.warn('other-model-answered');
      begin(watch.lookAfresh());
    },
    quiet: courtesy.quiet,
    known,
    view,
    ours: belongings.ours,
    courtesy,
    startServer,
    load,
    get,
    unload,
    tryAgain,
    settingsChanged() {
      byTheOwner();
      if (hasServer()) begin(watch.lookAfresh());
    },
  };
}

/** An abort reason that every library takes for a cancellation. */
class Stopped extends Error {
  override readonly name = 'AbortError';
}
