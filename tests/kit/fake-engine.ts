import { idMaker } from '../../core/ids.ts';
import type {
  Command,
  Door,
  EngineEvent,
  InsightQuery,
  InsightView,
  ObservationView,
  Outcome,
  Snapshot,
} from '../../core/protocol.ts';
import type { AlertView, AnswerView } from '../../core/protocol-owner.ts';
import type { Reasoner } from '../../core/types.ts';
import { seededRandom } from './clock.ts';
import { edit, note, type Seen, total } from './fake-days.ts';
import { fakeMemory } from './fake-memory.ts';
import { fakeModel } from './fake-model.ts';
import { fakeAnswers, patchProblem, previewOf, settingsViewOf } from './fake-owner.ts';
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
  | 'asked'
  | 'answering'
  | 'tray'
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
  /** The newest running answer, that far: 0 has found its evidence, 1 is done; null when none runs. `text`: the whole answer. */
  growAnswer(share: number, text?: string): AnswerView | null;
  /** Ends the newest running answer as failed, with these words. */
  failAnswer(problem: string): void;
  /** Something worth an interruption, about the newest insight. */
  alert(critical: boolean): AlertView;
  /** From now on every change of settings is refused with these words; null accepts again. */
  refuseSettings(words: string | null): void;
  /** What the picker comes back with from now on. */
  pick(folder: string | null): void;
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
 * never welcomed; `model-…` the same five days with the model server in each of its states; `asleep` in deep sleep; `morning` with the digest of a fresh night;
 * `asked` with two answered questions; `answering` with a third that grows; `tray` in a host that picks folders and starts at login.
 * `answers`: `at-once` (default) answers a question before `ask` resolves; `by-hand` leaves it to `growAnswer`.
 */
export function fakeEngine(
  options: { scenario?: Scenario; now?: number; seed?: number; answers?: 'at-once' | 'by-hand' } = {},
): FakeEngine {
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
  let settingsRefusal: string | null = null;
  let picked: string | null = '/home/ada/notes';
  const answers = fakeAnswers({
    find: (text) => {
      const best = memory.find({ text, limit: 6 });
      return best.length > 0 ? best : memory.find({ limit: 4 });
    },
    reasoner: () => snapshot.reasoner,
    nextId,
  });

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
  const judge = (id: string, patch: Partial<Pick<InsightView, 'verdict' | 'pinned'>>): Outcome => {
    const found = world.insights.find((each) => each.id === id);
    if (!found) return { ok: false, message: 'There is no such insight any more. Reload the list.' };
    Object.assign(found, patch);
    emit({ kind: 'insight-changed', insight: { ...found } });
    return { ok: true };
  };
  const replay = (id: string): Outcome => {
    if (!deadLetters.some((each) => each.observation.id === id))
      return { ok: false, message: 'It was already tried again.' };
    deadLetters = deadLetters.filter((each) => each.observation.id !== id);
    change({ counts: { ...snapshot.counts, dead: deadLetters.length, pending: snapshot.counts.pending + 1 } });
    return { ok: true };
  };
  const tell = (answer: AnswerView | null): AnswerView | null => {
    if (answer) emit({ kind: 'answer-grew', answer });
    return answer;
  };
  const begin = (text: string): AnswerView => {
    nowAt += 1_000;
    const begun = answers.begin(text, nowAt);
    tell(begun);
    return begun;
  };
  const answerAtOnce = () => {
    for (let step = 0; step <= 8; step++) tell(answers.grow(step / 8));
  };
  const stopAnswer = (id: string): Outcome =>
    tell(answers.end(id, 'stopped', null)) ? { ok: true } : { ok: false, message: 'That answer is finished already.' };
  const changeSettings = (command: Extract<Command, { kind: 'change-settings' }>): Outcome => {
    const problem = settingsRefusal ?? patchProblem(model.settings(), command.patch);
    if (problem !== null) return { ok: false, message: problem };
    const outcome = model.obey(command, nowAt);
    const { tokensPerHour: hourLimit, tokensPerDay: dayLimit } = model.settings().budget;
    change({ ...standingFor(model, snapshot.troubles), budget: { ...snapshot.budget, hourLimit, dayLimit } });
    emit({ kind: 'settings-changed' });
    return outcome ?? { ok: true };
  };
  const obey = (command: Command): Outcome => {
    if (command.kind === 'judge-insight') return judge(command.id, { verdict: command.verdict });
    if (command.kind === 'pin-insight') return judge(command.id, { pinned: command.pinned });
    if (command.kind === 'stop-answer') return stopAnswer(command.id);
    if (command.kind === 'change-settings') return changeSettings(command);
    if (command.kind === 'set-login' && snapshot.host.login === 'cannot')
      return { ok: false, message: 'This program cannot start at login. Start it from your own login items.' };
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
      toldAt: null,
      reasoner,
      verdict: null,
      pinned: false,
    };
    world.insights.unshift(insight);
    emit({ kind: 'insight-formed', insight });
    const counts = { ...snapshot.counts, insights: world.insights.length };
    change({ stage: 'resting', thought: { ...thought, text, done: true }, counts });
    return insight;
  };

  if (scenario === 'asked' || scenario === 'answering') {
    for (const question of ['What keeps failing?', 'What changed in checkout yesterday?']) {
      begin(question);
      answerAtOnce();
    }
    if (scenario === 'answering') begin('Why is the total off by one cent?');
    answers.grow(0.6);
    snapshot = { ...snapshot, at: nowAt };
  }

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
    refuseSettings: (words) => {
      settingsRefusal = words;
    },
    pick: (folder) => {
      picked = folder;
    },
    growAnswer: (share, text) => tell(answers.grow(share, text)),
    failAnswer: (problem) => {
      const held = answers.running();
      if (held) tell(answers.end(held.id, 'failed', problem));
    },
    alert(critical) {
      const about = world.insights[0];
      const alert: AlertView = {
        id: nextId(nowAt),
        insightId: about?.id ?? 'gone',
        title: critical ? 'This cannot wait' : 'Worth a look',
        body: about?.text ?? 'Something was noticed.',
        at: nowAt,
        critical,
      };
      emit({ kind: 'alert-raised', alert });
      return alert;
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
    async ask(text) {
      const { id } = begin(text);
      if (options.answers !== 'by-hand') answerAtOnce();
      return { id };
    },
    pickFolder: async () => (snapshot.host.picksFolders ? picked : null),
    query: {
      insights: async ({ limit, ...query }) => world.insights.filter((each) => fits(each, query)).slice(0, limit),
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
      answers: async () => answers.all(),
      settings: async () => settingsViewOf(model.settings(), null),
      previewIgnore: async (rules) => previewOf(rules),
    },
    subscribe(listener) {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((each) => each !== listener);
      };
    },
  };
}

/** Whether an insight is among those that were asked for. */
function fits(insight: InsightView, query: Omit<InsightQuery, 'limit'>): boolean {
  const { before = Number.POSITIVE_INFINITY, text = '', leastImportance = 0, verdict, pinned } = query;
  const said = insight.text.toLowerCase();
  return (
    insight.formedAt < before &&
    insight.importance >= leastImportance &&
    (verdict === undefined || (insight.verdict ?? 'none') === verdict) &&
    (pinned === undefined || insight.pinned === pinned) &&
    text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => said.includes(word))
  );
}
