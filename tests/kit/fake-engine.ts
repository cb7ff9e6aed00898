import { idMaker } from '../../core/ids.ts';
import type {
  Command,
  DeadLetterView,
  Door,
  EngineEvent,
  InsightView,
  ObservationView,
  Outcome,
  ProposalView,
  RecallHitView,
  Snapshot,
} from '../../core/protocol.ts';
import type { Details, Reasoner, Trust } from '../../core/types.ts';
import { seededRandom } from './clock.ts';

/**
 * A fake engine: a `Door` over invented but believable days of work in one small shop repository. It is deterministic (same options, same
 * data), does what commands say to its own state, and tells every change as the real engine does. Nothing in it observes or thinks.
 */
export type Scenario = 'busy' | 'empty' | 'away' | 'paused' | 'trouble' | 'thinking' | 'resting' | 'welcome';

export interface FakeEngine extends Door {
  /** Tells one event to every subscriber, as it is. */
  emit(event: EngineEvent): void;
  /** Changes the Now view and tells it. */
  change(patch: Partial<Snapshot>): void;
  /** One whole thought: starts, grows word by word, ends with an insight. */
  think(text?: string): InsightView;
  /** From now on every note is refused with these words; null accepts again. */
  refuseNotes(words: string | null): void;
  /** What was asked of it, in order. */
  readonly commands: readonly Command[];
  readonly notes: readonly string[];
  /** How many are subscribed now. */
  listeners(): number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const model: Reasoner = { kind: 'server', name: 'qwen2.5-14b-instruct' };
const rules: Reasoner = { kind: 'rules', name: 'rules' };
const root = '/home/ada/shop';

/** One observation before it has an id and a time. */
interface Seen {
  source: string;
  type: string;
  target: string;
  severity: ObservationView['severity'];
  details: Details;
  text: string;
  trust?: Trust;
  count?: number;
}

const signed = (added: number, removed: number) => `+${added} −${removed}`;
const edit = (path: string, added: number, removed: number, ...near: string[]): Seen => ({
  source: 'files',
  type: 'file-changed',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path, bytesDelta: (added - removed) * 31, added, removed, against: 'commit', near },
  text: `${path} changed, ${signed(added, removed)}${near.length ? `, near ${near.join(', ')}` : ''}`,
});
const made = (path: string, bytes: number): Seen => ({
  source: 'files',
  type: 'file-created',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path, bytes },
  text: `${path} appeared, ${bytes.toLocaleString('en')} bytes`,
});
const gone = (path: string): Seen => ({
  source: 'files',
  type: 'file-deleted',
  target: `shop/${path}`,
  severity: 'info',
  details: { root, place: root, path },
  text: `${path} was deleted`,
});
const burst = (total: number, folders: Record<string, number>): Seen => ({
  source: 'files',
  type: 'burst',
  target: 'shop',
  severity: 'info',
  details: { name: 'files', place: root, total, byType: { 'file-changed': total }, folders },
  text: `${total} files changed together, most in ${Object.keys(folders)[0]}`,
});
const commit = (subject: string, files: number, added: number, removed: number, top: string): Seen => ({
  source: 'git',
  type: 'commit-made',
  target: 'shop/shop',
  severity: 'info',
  details: {
    hash: (files * 7919 + added * 104_729 + removed * 1_299_709).toString(16).padStart(10, '4').slice(0, 10),
    subject,
    branch: 'main',
    author: 'Ada',
    files,
    added,
    removed,
    top: [{ path: top, added, removed }],
    merge: false,
    place: root,
    repo: 'shop',
  },
  text: `Commit “${subject}” on main, ${files} files, ${signed(added, removed)}`,
});
const branch = (from: string, to: string): Seen => ({
  source: 'git',
  type: 'branch-switched',
  target: 'shop/shop',
  severity: 'info',
  details: { from, to, place: root, repo: 'shop' },
  text: `Branch switched from ${from} to ${to}`,
});
const conflict = (...conflicts: string[]): Seen => ({
  source: 'git',
  type: 'operation-started',
  target: 'shop/shop',
  severity: 'warning',
  details: { operation: 'merge', conflicts, place: root, repo: 'shop' },
  text: `A merge started with conflicts in ${conflicts.join(' and ')}`,
});
const dirty = (files: number, hours: number, ...paths: string[]): Seen => ({
  source: 'git',
  type: 'work-uncommitted',
  target: 'shop/shop',
  severity: 'warning',
  details: { files, paths, place: root, repo: 'shop' },
  text: `${files} files have been uncommitted for ${hours} hours`,
});
const note = (text: string): Seen => ({
  source: 'notes',
  type: 'note-written',
  target: 'owner',
  severity: 'info',
  details: { text },
  text: `You wrote: ${text}`,
  trust: 'owner',
});

/** Days ago, time of day, text, importance, confidence, who formed it, on what evidence, judged how. */
type Told = [number, string, string, number, number, Reasoner, Seen[], ('useful' | 'less')?];

const total = 'src/cart/total.ts';
const checkout = 'src/checkout/checkout.ts';
// biome-ignore format: a table reads best with one insight on a line
const seeds: Told[] = [
  [0, '15:02', 'src/cart/total.ts was edited 6 times in 22 minutes, +58 −31, always near applyDiscount. Its test file has not changed since Tuesday.', 0.82, 0.86, model, [edit(total, 14, 9, 'applyDiscount'), edit(total, 21, 12, 'applyDiscount'), edit(total, 23, 10, 'applyDiscount', 'roundCents')]],
  [0, '14:41', 'Rounding moved from checkout.ts into roundCents in total.ts; checkout.ts still rounds once more on line 88, so a total can be rounded twice.', 0.91, 0.64, model, [edit(total, 18, 2, 'roundCents'), edit(checkout, 3, 15, 'submitOrder')], 'useful'],
  [0, '14:10', 'Committed “Show the discount in the cart”: 4 files, +96 −22, most of it in src/cart/cart-view.ts (+61 −9). It closes 12 edits over 1 hour.', 0.6, 0.9, rules, [commit('Show the discount in the cart', 4, 96, 22, 'src/cart/cart-view.ts')]],
  [0, '13:20', 'Your note “VAT for books is 7 %, not 19 %” meets src/cart/tax.ts: the table there has one rate for all goods and last changed on Monday.', 0.88, 0.71, model, [note('VAT for books is 7 %, not 19 %'), edit('src/cart/tax.ts', 2, 2, 'vatRate')], 'useful'],
  [0, '12:48', '3 files have been uncommitted since 08:40: src/cart/total.ts, src/cart/tax.ts and README.md.', 0.55, 0.9, rules, [dirty(3, 4, total, 'src/cart/tax.ts', 'README.md')]],
  [0, '11:32', 'Work began in src/cart: cart-view.ts +12 −3, near renderLine and renderTotal.', 0.42, 0.9, rules, [edit('src/cart/cart-view.ts', 12, 3, 'renderLine', 'renderTotal')]],
  [0, '10:55', 'tests/cart.test.ts grew by 44 lines while src/cart stayed as it was: the tests describe a discount that the code does not have yet.', 0.67, 0.72, model, [edit('tests/cart.test.ts', 44, 0, 'discount')]],
  [0, '09:14', 'While Reverie was off: 5 files changed, +112 −40, most in src/checkout.', 0.5, 0.9, rules, [edit(checkout, 61, 22), edit('src/checkout/address.ts', 33, 11), edit('src/checkout/pay.ts', 18, 7)]],
  [1, '18:22', 'The day’s 4 commits touch src/checkout and nothing else; each changed checkout.ts. The file is now 612 lines, the longest in src.', 0.7, 0.8, model, [commit('Split the address step', 3, 140, 98, checkout), commit('Keep the basket when paying fails', 2, 41, 12, checkout)], 'useful'],
  [1, '17:40', 'Committed “Keep the basket when paying fails”: 2 files, +41 −12, most of it in src/checkout/checkout.ts (+33 −10).', 0.56, 0.9, rules, [commit('Keep the basket when paying fails', 2, 41, 12, checkout)]],
  [1, '16:58', 'pay.ts now retries a refused card three times. A refusal is an answer, not a fault: a second try may charge twice.', 0.95, 0.58, model, [edit('src/checkout/pay.ts', 27, 4, 'charge', 'retry')], 'useful'],
  [1, '16:05', 'A merge of feature/address into main stopped with conflicts in src/checkout/checkout.ts and src/checkout/address.ts.', 0.84, 0.9, rules, [conflict(checkout, 'src/checkout/address.ts')]],
  [1, '15:31', '38 files changed together within a second, most in locales (34): this looks like one command, not like 38 edits.', 0.38, 0.85, rules, [burst(38, { locales: 34, src: 4 })], 'less'],
  [1, '14:12', 'src/checkout/checkout.ts: 24 edits in this session, 61 % of all lines changed today.', 0.58, 0.9, rules, [edit(checkout, 19, 6, 'submitOrder'), edit(checkout, 8, 8, 'validate')]],
  [1, '13:03', 'validate and validateAddress check the post code with different patterns; only the second accepts letters.', 0.78, 0.66, model, [edit('src/checkout/address.ts', 22, 5, 'validateAddress'), edit(checkout, 6, 1, 'validate')]],
  [1, '11:47', 'README.md still describes the one-page checkout that “Split the address step” removed.', 0.52, 0.74, model, [commit('Split the address step', 3, 140, 98, checkout)]],
  [1, '10:20', 'Committed “Split the address step”: 3 files, +140 −98, most of it in src/checkout/checkout.ts (+88 −80).', 0.6, 0.9, rules, [commit('Split the address step', 3, 140, 98, checkout)]],
  [1, '09:05', 'Switched from feature/address to main with 2 uncommitted files: they may have come along.', 0.63, 0.7, rules, [branch('feature/address', 'main'), dirty(2, 1, checkout, 'src/checkout/address.ts')]],
  [2, '19:10', 'You wrote “ask Lena about returns” three days ago; nothing about returns has changed since.', 0.61, 0.69, model, [note('ask Lena about returns')]],
  [2, '17:55', 'Committed “Load prices once”: 6 files, +72 −190, most of it in src/prices/load.ts (+40 −122). More was removed than added for the first time this week.', 0.66, 0.88, rules, [commit('Load prices once', 6, 72, 190, 'src/prices/load.ts')], 'useful'],
  [2, '17:02', 'The price cache has no limit and no age: in a shop that runs for weeks it keeps every price it ever saw.', 0.83, 0.62, model, [edit('src/prices/cache.ts', 35, 0, 'priceCache')], 'useful'],
  [2, '16:20', 'src/prices/load.ts: −122 lines, its largest change in 7 days (the next is 31).', 0.57, 0.9, rules, [edit('src/prices/load.ts', 40, 122, 'loadPrices')]],
  [2, '15:15', 'Three files in src/prices were deleted; src/admin/report.ts still imports src/prices/legacy.ts, one of them.', 0.92, 0.77, model, [gone('src/prices/legacy.ts'), gone('src/prices/fallback.ts'), gone('src/prices/round.ts')], 'useful'],
  [2, '13:44', 'tests/prices.test.ts is back to its committed version after 5 edits.', 0.35, 0.9, rules, [edit('tests/prices.test.ts', 0, 0)], 'less'],
  [2, '12:30', 'loadPrices is called in four places within one request: cart, checkout, tax and report.', 0.72, 0.6, model, [edit('src/prices/load.ts', 4, 4, 'loadPrices'), edit('src/cart/tax.ts', 1, 1, 'vatRate')]],
  [2, '10:41', 'A rebase of main began and ended in 40 seconds; 7 commits have new names.', 0.45, 0.86, rules, [{ source: 'git', type: 'history-rewritten', target: 'shop/shop', severity: 'warning', details: { from: '91ac0f23b1', to: '5e77d0a4c9', how: 'rebase', place: root, repo: 'shop' }, text: 'The history of main was rewritten by a rebase' }]],
  [2, '09:20', 'Work began in src/prices: load.ts +4 −4, near loadPrices.', 0.4, 0.9, rules, [edit('src/prices/load.ts', 4, 4, 'loadPrices')]],
  [3, '18:35', '7 files uncommitted since 13:10, the longest stretch in a week; the change spans src/admin and src/prices, two unrelated parts.', 0.68, 0.75, model, [dirty(7, 5, 'src/admin/report.ts', 'src/prices/load.ts', 'src/admin/export.ts')]],
  [3, '16:50', 'export.ts builds the CSV by joining with commas; product names in locales/de.json contain commas.', 0.87, 0.7, model, [made('src/admin/export.ts', 4_312), edit('locales/de.json', 12, 2)], 'useful'],
  [3, '15:22', 'src/admin/export.ts is new: 4,312 bytes, 118 lines.', 0.44, 0.9, rules, [made('src/admin/export.ts', 4_312)]],
  [3, '14:08', 'Your note “the report must open in a spreadsheet” relates to src/admin/report.ts, changed 4 times today.', 0.65, 0.8, rules, [note('the report must open in a spreadsheet'), edit('src/admin/report.ts', 9, 3, 'rows')]],
  [3, '12:17', 'report.ts sorts 20,000 rows on every keystroke in the filter field.', 0.74, 0.55, model, [edit('src/admin/report.ts', 16, 2, 'filterRows', 'sortRows')]],
  [3, '10:30', 'Committed “Admin: first report”: 9 files, +402 −3, most of it in src/admin/report.ts (+210 −0).', 0.62, 0.9, rules, [commit('Admin: first report', 9, 402, 3, 'src/admin/report.ts')]],
  [3, '09:02', 'Switched from main to feature/address.', 0.34, 0.9, rules, [branch('main', 'feature/address')], 'less'],
  [4, '17:48', 'The same vatRate constant was edited for the 3rd time in 2 days: 0.19, 0.16, 0.19.', 0.76, 0.84, rules, [edit('src/cart/tax.ts', 1, 1, 'vatRate'), edit('src/cart/tax.ts', 1, 1, 'vatRate')], 'useful'],
  [4, '16:11', 'A test in tests/cart.test.ts depends on today’s date; it will fail on the first day of each month.', 0.81, 0.63, model, [edit('tests/cart.test.ts', 18, 0, 'first of the month')], 'useful'],
  [4, '14:26', 'Committed “Cart: tax per line”: 5 files, +88 −35, most of it in src/cart/tax.ts (+51 −20).', 0.58, 0.9, rules, [commit('Cart: tax per line', 5, 88, 35, 'src/cart/tax.ts')]],
  [4, '12:03', 'tax.ts and total.ts now both add shipping; before this morning only total.ts did.', 0.89, 0.68, model, [edit('src/cart/tax.ts', 22, 3, 'taxOf'), edit(total, 5, 1, 'total')], 'useful'],
  [4, '10:15', 'Work began in src/cart: tax.ts +22 −3, near taxOf.', 0.41, 0.9, rules, [edit('src/cart/tax.ts', 22, 3, 'taxOf')]],
  [4, '09:00', 'Now watching shop: 2,014 files in 310 folders, 1 repository.', 0.3, 0.95, rules, [{ source: 'files', type: 'folder-seen', target: 'shop', severity: 'info', details: { files: 2_014, folders: 310, root }, text: 'First look at shop: 2,014 files in 310 folders' }]],
];

const noise: Seen[] = [
  { ...edit('package-lock.json', 811, 790), text: 'package-lock.json changed, +811 −790' },
  edit('src/styles/cart.css', 3, 3),
  { ...edit('docs/api.md', 1, 1), count: 4 },
  made('notes/todo.txt', 240),
];

interface World {
  insights: InsightView[];
  observations: ObservationView[];
}

const thoughtText =
  'Six edits to total.ts in a row, all near applyDiscount. The last one takes the rounding out of checkout.ts, but line 88 there still rounds. A cart with a discount would be rounded twice, so a total could be off by one cent.';

/**
 * Makes a fake engine. `now` is its clock at the start (milliseconds since the epoch); everything is dated back from it. Scenarios:
 * `busy` (default) five days of work; `thinking` the same in the middle of a thought; `resting` the same, nothing going on; `away` the
 * model server does not answer, rules think; `paused`; `trouble` everything that can be wrong; `empty` just started; `welcome` empty and
 * never welcomed.
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
  let snapshot = snapshotFor(scenario, startAt, world);
  const proposals = bare ? [] : proposalsFor(world, startAt, nextId);
  let deadLetters = scenario === 'trouble' ? deadLettersFor(world, startAt, nextId, draw) : [];
  snapshot = { ...snapshot, counts: { ...snapshot.counts, proposals: proposals.length, dead: deadLetters.length } };

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
    change(patchFor(command, snapshot));
    return { ok: true };
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
      search: async (query, limit) => hits(world, query).slice(0, limit),
    },
    subscribe(listener) {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((each) => each !== listener);
      };
    },
  };
}

/** What a plain command makes of the Now view. */
function patchFor(command: Command, snapshot: Snapshot): Partial<Snapshot> {
  switch (command.kind) {
    case 'pause':
      return { life: 'paused', stage: 'resting' };
    case 'resume':
      return { life: 'running' };
    case 'clear-focus':
      return { focus: null };
    case 'dismiss-trouble':
      return { troubles: snapshot.troubles.filter((each) => each.key !== command.key) };
    case 'change-settings': {
      const { model: picked, page } = command.patch;
      const { settings } = snapshot;
      return {
        settings: {
          ...settings,
          reasoner: picked?.reasoner ?? settings.reasoner,
          baseUrl: picked?.baseUrl ?? settings.baseUrl,
          model: picked?.name ?? settings.model,
          welcomed: page?.welcomed ?? settings.welcomed,
        },
      };
    }
    default:
      return {};
  }
}

function atOf(startAt: number, daysAgo: number, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const midnight = Math.floor(startAt / dayMs) * dayMs;
  // Keeps the invented times before `now`, whatever `now` is.
  const shift = Math.min(0, startAt - (midnight + (15 * 60 + 4) * minuteMs));
  return midnight - daysAgo * dayMs + (hours * 60 + minutes) * minuteMs + shift;
}

function populate(
  world: World,
  startAt: number,
  nextId: (at: number) => string,
  observe: (seen: Seen, at: number, kept: boolean) => ObservationView,
) {
  for (const [daysAgo, time, text, importance, confidence, reasoner, evidence, verdict] of seeds) {
    const formedAt = atOf(startAt, daysAgo, time);
    const seen = evidence.map((each, index) => observe(each, formedAt - (evidence.length - index) * 97_000, true));
    const evidenceIds = seen.map((each) => each.id);
    const id = nextId(formedAt);
    world.insights.push({
      id,
      text,
      evidenceIds,
      confidence,
      importance,
      formedAt,
      reasoner,
      verdict: verdict ?? null,
    });
  }
  noise.forEach((each, index) => {
    observe(each, startAt - (index + 1) * 7 * minuteMs, false);
  });
}

function observationView(seen: Seen, id: string, at: number, salience: ObservationView['salience']): ObservationView {
  const { source, type, target, severity, details, text, trust = 'observed', count = 1 } = seen;
  const priority = { debug: 1, info: 3, warning: 6, error: 8, critical: 10 }[severity];
  return {
    id,
    occurredAt: at,
    source,
    type,
    target,
    severity,
    priority,
    details,
    fingerprint: `${source}:${type}:${target}`,
    trust,
    causeId: null,
    count,
    firstAt: at - (count - 1) * 500,
    lastAt: at,
    salience,
    status: 'done',
    text,
  };
}

function salienceOf(seen: Seen, draw: () => number, kept: boolean): ObservationView['salience'] {
  const round = (value: number) => Math.round(value * 100) / 100;
  const urgency = { debug: 0.1, info: 0.3, warning: 0.6, error: 0.8, critical: 1 }[seen.severity];
  const relevance = round(kept ? 0.35 + draw() * 0.6 : draw() * 0.15);
  const novelty = round(kept ? 0.3 + draw() * 0.65 : draw() * 0.2);
  const score = round(0.4 * relevance + 0.4 * novelty + 0.2 * urgency);
  const ignored = kept ? null : 'it looks like what was seen before and has little to do with the focus';
  return { score, terms: { relevance, novelty, urgency }, ignored, nearestId: null };
}

function snapshotFor(scenario: Scenario, at: number, world: World): Snapshot {
  const bare = scenario === 'empty' || scenario === 'welcome';
  const serverGone = scenario === 'away' || scenario === 'trouble';
  const byRules = serverGone || bare;
  const reasoner = byRules ? rules : model;
  const why = byRules ? 'no server answers at 127.0.0.1:1234' : 'the server at 127.0.0.1:1234 answers';
  const thought = { id: 'thought-1', text: thoughtText, about: total, reasoner, startedAt: at - 6_000, done: true };
  const thinking = scenario === 'thinking';
  return {
    at,
    life: scenario === 'paused' ? 'paused' : 'running',
    stage: thinking ? 'reflect' : 'resting',
    focus: bare
      ? null
      : {
          topic: total,
          since: at - 24 * minuteMs,
          why: 'you edited it 6 times in 22 minutes',
          strength: scenario === 'resting' ? 0.31 : 0.86,
        },
    reasoner: { ...reasoner, why },
    thought: bare
      ? null
      : thinking
        ? { ...thought, text: thoughtText.slice(0, thoughtText.indexOf(', but')), done: false }
        : thought,
    sources: sourcesFor(scenario),
    troubles: troublesFor(scenario, at),
    counts: {
      observations: world.observations.length,
      pending: thinking ? 3 : scenario === 'paused' ? 12 : 0,
      dead: 0,
      episodes: bare ? 0 : 61,
      insights: world.insights.length,
      proposals: 0,
    },
    intake: bare
      ? { received: 0, written: 0, merged: 0, folded: 0, waiting: 0 }
      : { received: 1_284, written: 391, merged: 655, folded: 238, waiting: scenario === 'trouble' ? 212 : 0 },
    budget: {
      hourUsed: bare ? 0 : scenario === 'trouble' ? 200_000 : 41_310,
      hourLimit: 200_000,
      dayUsed: bare ? 0 : 268_900,
      dayLimit: 2_000_000,
    },
    identity: bare
      ? { bornAt: at - 4_000, sessions: 1, observations: 0, decisions: 0, insights: 0 }
      : { bornAt: at - 5 * dayMs, sessions: 9, observations: 1_284, decisions: 61, insights: world.insights.length },
    settings: {
      reasoner: 'auto',
      baseUrl: 'http://127.0.0.1:1234/v1',
      model: '',
      folders: [root],
      dataDir: '/home/ada/.local/share/reverie',
      welcomed: scenario !== 'welcome',
    },
  };
}

function sourcesFor(scenario: Scenario): Snapshot['sources'] {
  const fine: Snapshot['sources'] = [
    { id: `files:${root}`, state: 'watching', message: 'Watches 2,014 files in 310 folders', watched: 2_014 },
    { id: `git:${root}`, state: 'watching', message: 'Watches 1 repository, on main', watched: 1 },
    { id: 'notes', state: 'watching', message: 'Takes your notes' },
  ];
  if (scenario === 'empty' || scenario === 'welcome') {
    return fine.map((each) =>
      each.id.startsWith('files') ? { ...each, state: 'starting', message: 'Takes a first look' } : each,
    );
  }
  if (scenario !== 'trouble') return fine;
  return [
    {
      id: `files:${root}`,
      state: 'degraded',
      message: 'Watches the first 200,000 of 412,377 files',
      remedy: 'Add the large folders to .gitignore or to watch.ignore in the settings.',
      watched: 200_000,
    },
    {
      id: 'files:/mnt/archive',
      state: 'failed',
      message: 'The folder /mnt/archive may not be read',
      remedy:
        'Give your user the right to read it, or take it out of the watched folders. Reverie looks again by itself.',
    },
    ...fine.slice(1),
  ];
}

function troublesFor(scenario: Scenario, at: number): Snapshot['troubles'] {
  const away: Snapshot['troubles'][number] = {
    key: 'model-away',
    at: at - 3 * minuteMs,
    what: 'The model server at 127.0.0.1:1234 stopped answering.',
    means: 'Reverie goes on with its rules: it counts and compares, but does not interpret.',
    remedy: 'Start the server again. Reverie notices by itself within 15 seconds.',
    severity: 'info',
  };
  if (scenario === 'away') return [away];
  if (scenario !== 'trouble') return [];
  return [
    {
      key: 'disk-full',
      at: at - minuteMs,
      what: 'The disk with the data folder is full.',
      means: '212 observations wait in memory and are lost if Reverie ends now.',
      remedy: 'Free some space on the disk of /home/ada/.local/share/reverie. Writing resumes by itself.',
      severity: 'error',
    },
    {
      key: 'dead-letters',
      at: at - 9 * minuteMs,
      what: '2 observations failed three times and were set aside.',
      means: 'They are kept, but nothing was concluded from them.',
      remedy: 'Look at them under Health and try them again.',
      severity: 'warning',
    },
    away,
  ];
}

function proposalsFor(world: World, at: number, nextId: (at: number) => string): ProposalView[] {
  const propose = (insight: InsightView | undefined, command: string, rest: Partial<ProposalView>): ProposalView => ({
    id: nextId(at),
    episodeId: nextId(at),
    proposedAt: insight?.formedAt ?? at,
    target: 'claude-code',
    command,
    reasoning: insight?.text ?? '',
    priority: 'medium',
    confidence: insight?.confidence ?? 0.5,
    tainted: true,
    evidenceIds: insight?.evidenceIds ?? [],
    status: 'proposed',
    ...rest,
  });
  return [
    propose(
      world.insights[1],
      'Remove the second rounding in src/checkout/checkout.ts line 88 and add a test for a discounted cart.',
      { priority: 'high' },
    ),
    propose(world.insights[22], 'Replace the import of src/prices/legacy.ts in src/admin/report.ts.', {
      priority: 'critical',
    }),
    propose(world.insights[18], 'Remember: ask Lena about returns.', {
      target: 'memory',
      tainted: false,
      priority: 'low',
    }),
  ];
}

function deadLettersFor(
  world: World,
  at: number,
  nextId: (at: number) => string,
  draw: () => number,
): DeadLetterView[] {
  return [edit('data/prices-2026.json', 90_412, 90_377), made('fixtures/orders.ndjson', 8_211_934)].map(
    (seen, index) => {
      const seenAt = at - (index + 2) * 11 * minuteMs;
      const observation = {
        ...observationView(seen, nextId(seenAt), seenAt, salienceOf(seen, draw, true)),
        status: 'dead' as const,
      };
      world.observations.push(observation);
      return {
        observation,
        attempts: 3,
        error: 'The answer of the model was not valid three times.',
        diedAt: seenAt + 4 * minuteMs,
      };
    },
  );
}

function hits(world: World, query: string): RecallHitView[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const scoreOf = (text: string) => words.filter((word) => text.toLowerCase().includes(word)).length;
  const notes = world.observations.filter((each) => each.type === 'note-written');
  return [
    ...world.insights.map((each) => ({
      kind: 'insight' as const,
      id: each.id,
      text: each.text,
      at: each.formedAt,
      score: scoreOf(each.text),
    })),
    ...notes.map((each) => ({
      kind: 'note' as const,
      id: each.id,
      text: each.text,
      at: each.occurredAt,
      score: scoreOf(each.text),
    })),
  ]
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || b.at - a.at);
}
