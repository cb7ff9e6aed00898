import { idMaker } from '../../core/ids.ts';
import type {
  Command,
  Door,
  EngineEvent,
  InsightView,
  ObservationView,
  Outcome,
  Snapshot,
} from '../../core/protocol.ts';
import type { Reasoner } from '../../core/types.ts';
import { seededRandom } from './clock.ts';
import { edit, note, type Seen, total } from './fake-days.ts';
import { fakeMemory } from './fake-memory.ts';
import { fakeModel } from './fake-model.ts';
import { fakeServer, type ModelScenario, serverScenario } from './fake-server.ts';
import { patchFor, snapshotFor, standingFor, thoughtText } from './fake-snapshot.ts';
import { deadLettersFor, observationView, populate, proposalsFor, salienceOf, type World } from './fake-world.ts';

/**
 * A fake engine: a `Door` over invented but believable days of work in one small shop repository. It is deterministic (same options, same
 * data), does what commands say to its own state, and tells every change as the real engine does. Nothing in it observes or thinks.
 */
export type Scenario =
  | 'busy'
  | 'empty'
  | 'away'
  | 'paused'
  | 'trouble'
  | 'thinking'
  | 'resting'
  | 'welcome'
  | 'asleep'
  | 'morning'
  | `model-${ModelScenario}`;

export interface FakeEngine extends Door {
  /** Tells one event to every subscriber, as it is. */
  emit(event: EngineEvent): void;
  /** Changes the Now view and tells it. */
  change(patch: Partial<Snapshot>): void;
  /** One whole thought: starts, grows word by word, ends with an insight. */
  think(text?: string): InsightView;
  /** Where the running load, download or start stands, 0..1; null: nobody tells. 1 ends it. Begins a load where nothing runs. */
  workedTo(share: number | null): void;
  /** Goes on to that phase of sleep, or wakes up by itself when it is null. */
  sleepTo(phase: 'light' | 'deep' | 'dream' | 'digest' | null): void;
  /** From now on every note is refused with these words; null accepts again. */
  refuseNotes(words: string | null): void;
  /** What was asked of it, in order. */
  readonly commands: readonly Command[];
  readonly notes: readonly string[];
  /** How many are subscribed now. */
  listeners(): number;
}

/**
 * Makes a fake engine. `now` is its clock at the start (milliseconds since the epoch); everything is dated back from it. Scenarios:
 * `busy` (default) five days of work; `thinking` the same in the middle of a thought; `resting` the same, nothing going on; `away` the
 * model server does not answer, rules think; `paused`; `trouble` everything that can be wrong; `empty` just started; `welcome` empty and
 * never welcomed; `model-…` the same five days with the model server in each of its states; `asleep` in deep sleep; `morning` with the digest of a fresh night.
 */
export function fakeEngine(options: { scenario?: Scenario; now?: number; seed?: number } = {}): FakeEngine {
  const scenario = options.scenario ?? 'busy';
  const startAt = options.now ?? Date.UTC(2026, 5, 5, 15, 4, 0);
  let nowAt = startAt;
  const random = seededRandom(options.seed ?? 7);
  const idAt = (at: number) => idMaker({ now: () => at, elapsed: () => 0, after: () => () => {} }, random);
  const draw = random.stream('salience');
  const ids = new Map<number, () => string>();
  const nextId = (at: number) => {
    const maker = ids.get(at) ?? idAt(at);
    ids.set(at, maker);
    return maker();
  };
  const world: World = { insights: [], observations: [] };
  const observe = (seen: Seen, at: number, kept: boolean): ObservationView => {
    const view = observationView(seen, nextId(at), at, salienceOf(seen, draw, kept));
    world.observations.push(view);
    return view;
  };
  const bare = scenario === 'empty' || scenario === 'welcome';
  if (!bare) populate(world, startAt, nextId, observe);
  const model = fakeModel(fakeServer(serverScenario(scenario), startAt), startAt);
  if (scenario === 'welcome') model.obey({ kind: 'change-settings', patch: { page: { welcomed: false } } }, startAt);
  const mood = bare ? 'bare' : scenario === 'asleep' || scenario === 'morning' ? scenario : 'awake';
  const memory = fakeMemory(world, startAt, mood);
  let snapshot = snapshotFor(scenario, startAt, world, model);
  const proposals = bare ? [] : proposalsFor(world, startAt, nextId);
  let deadLetters = scenario === 'trouble' ? deadLettersFor(world, startAt, nextId, draw) : [];
  snapshot = {
    ...snapshot,
    ...(scenario !== 'paused' && scenario !== 'thinking' && memory.told()),
    counts: { ...snapshot.counts, ...memory.counts(), proposals: proposals.length, dead: deadLetters.length },
  };

  let listeners: ((event: EngineEvent) => void)[] = [];
  const commands: Command[] = [];
  const notes: string[] = [];
  let refusal: string | null = null;

  const emit = (event: EngineEvent) => {
    for (const listener of listeners) listener(event);
  };
  const change = (patch: Partial<Snapshot>) => {
    nowAt += 1_000;
    snapshot = { ...snapshot, at: nowAt, ...patch };
    emit({ kind: 'snapshot-changed', snapshot });
  };
  const changeMemory = () => {
    change({ ...memory.told(), counts: { ...snapshot.counts, ...memory.counts(), insights: world.insights.length } });
    emit({ kind: 'memory-changed' });
  };
  const judge = (id: string, verdict: 'useful' | 'less' | null): Outcome => {
    const found = world.insights.find((each) => each.id === id);
    if (!found) return { ok: false, message: 'There is no such insight any more. Reload the list.' };
    found.verdict = verdict;
    emit({ kind: 'insight-judged', insight: { ...found } });
    return { ok: true };
  };
  const replay = (id: string): Outcome => {
    if (!deadLetters.some((each) => each.observation.id === id))
      return { ok: false, message: 'It was already tried again.' };
    deadLetters = deadLetters.filter((each) => each.observation.id !== id);
    change({ counts: { ...snapshot.counts, dead: deadLetters.length, pending: snapshot.counts.pending + 1 } });
    return { ok: true };
  };
  const obey = (command: Command): Outcome => {
    if (command.kind === 'judge-insight') return judge(command.id, command.verdict);
    if (command.kind === 'replay-dead-letter') return replay(command.id);
    const remembered = memory.obey(command, nowAt);
    if (remembered) {
      if (remembered.ok) changeMemory();
      return remembered;
    }
    const outcome = model.obey(command, nowAt);
    change(outcome ? standingFor(model, snapshot.troubles) : patchFor(command, snapshot));
    return outcome ?? { ok: true };
  };
  const think = (text = thoughtText): InsightView => {
    const evidence = observe(edit(total, 6, 2, 'applyDiscount'), nowAt, true);
    const reasoner: Reasoner = { kind: snapshot.reasoner.kind, name: snapshot.reasoner.name };
    const thought = {
      id: nextId(nowAt),
      text: '',
      about: total,
      reasoner,
      startedAt: nowAt,
      done: false,
    };
    change({ stage: 'reflect', thought });
    const words = text.split(' ');
    for (let end = 1; end <= words.length; end++) {
      emit({ kind: 'thought-grew', id: thought.id, text: words.slice(0, end).join(' ') });
    }
    const insight: InsightView = {
      id: nextId(nowAt),
      text,
      evidenceIds: [evidence.id],
      confidence: 0.7,
      importance: 0.8,
      formedAt: nowAt,
      reasoner,
      verdict: null,
    };
    world.insights.unshift(insight);
    emit({ kind: 'insight-formed', insight });
    const counts = { ...snapshot.counts, insights: world.insights.length };
    change({ stage: 'resting', thought: { ...thought, text, done: true }, counts });
    return insight;
  };

  return {
    commands,
    notes,
    emit,
    change,
    think,
    workedTo(share) {
      model.workedTo(share, nowAt);
      change(standingFor(model, snapshot.troubles));
    },
    sleepTo(phase) {
      memory.sleepTo(phase, nowAt);
      changeMemory();
    },
    listeners: () => listeners.length,
    refuseNotes: (words) => {
      refusal = words;
    },
    snapshot: () => snapshot,
    async send(command) {
      commands.push(command);
      return obey(command);
    },
    async note(text) {
      if (refusal !== null) throw new Error(refusal);
      notes.push(text);
      const view = observe(note(text), nowAt, true);
      change({ counts: { ...snapshot.counts, observations: world.observations.length } });
      return { id: view.id };
    },
    query: {
      insights: async ({ limit, before = Number.POSITIVE_INFINITY }) =>
        world.insights.filter((each) => each.formedAt < before).slice(0, limit),
      evidence: async (wanted) => world.observations.filter((each) => wanted.includes(each.id)),
      recent: async (limit) => world.observations.toSorted((a, b) => b.occurredAt - a.occurredAt).slice(0, limit),
      proposals: async (limit) => proposals.slice(0, limit),
      deadLetters: async (limit) => deadLetters.slice(0, limit),
      search: async (text, limit) => memory.find({ text, limit }).map(({ memory: _, ...hit }) => hit),
      memories: async (query) => memory.find(query),
      memory: async (id) => memory.detail(id),
      tombstones: async (limit) => memory.tombstones().slice(0, limit),
      dreams: async () => memory.dreams(nowAt),
      model: async () => model.view(nowAt),
    },
    subscribe(listener) {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((each) => each !== listener);
      };
    },
  };
}
