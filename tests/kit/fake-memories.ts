import type { EvidenceView, MemoryDetail, MemoryView, TombstoneView } from '../../core/protocol-memory.ts';
import type { Reasoner } from '../../core/types.ts';
import { dayMs, minuteMs, model, rules, total } from './fake-days.ts';

/** Invented but believable memories of a developer's fortnight: what was learned, what it rests on, what it predicted. */

const hourMs = 60 * minuteMs;
const tax = 'src/cart/tax.ts';
const checkout = 'src/checkout/checkout.ts';

/** One memory before it has its times. `days`: how long ago it was formed. */
interface Seed {
  id: string;
  kind: MemoryView['kind'];
  days: number;
  text: string;
  target?: string;
  importance: number;
  strength: number;
  recalled: number;
  by?: Reasoner;
  trust?: MemoryView['trust'];
  because: string[];
  /** How long ago, what was seen. */
  seen: [days: number, kind: EvidenceView['kind'], snapshot: string][];
  rule?: string;
  score?: [hits: number, misses: number];
  validation?: MemoryView['validation'];
  /** In how many days a dream is let go. */
  expires?: number;
  contradicts?: string[];
  pinned?: true;
}

const failed = (detail: string) => `npm test failed in shop: ${detail}`;
const editedTotal = 'src/cart/total.ts changed, +14 −9, near applyDiscount';

export const memorySeeds: Seed[] = [
  {
    id: 'pattern-total-tests',
    kind: 'pattern',
    days: 3.5,
    text: 'When src/cart/total.ts changes without tests/cart.test.ts, npm test fails within 30 minutes: it did on 25, 27 and 28 May, and on 1 and 2 June.',
    target: total,
    importance: 0.86,
    strength: 0.94,
    recalled: 7,
    by: rules,
    because: ['severity 0.8', 'outcome 0.9', 'novelty 0.6'],
    seen: [
      [0.2, 'observation', editedTotal],
      [3, 'observation', failed('cart.test.ts, 2 of 61 tests')],
      [4, 'observation', failed('cart.test.ts, 1 of 61 tests')],
      [8, 'episode', 'Edited total.ts twice, then the cart tests failed; fixed by rounding after the discount.'],
      [9, 'observation', failed('cart.test.ts, 3 of 58 tests')],
      [11, 'observation', failed('cart.test.ts, 2 of 58 tests')],
    ],
    rule: 'If src/cart/total.ts changes, then a test failure of npm test within 30 minutes.',
    score: [9, 2],
  },
  {
    id: 'pattern-friday-commit',
    kind: 'pattern',
    days: 6,
    text: 'On Fridays after 17:00 the day’s work is committed at once, 4 to 9 files together.',
    importance: 0.55,
    strength: 0.71,
    recalled: 1,
    by: rules,
    because: ['outcome 0.5', 'novelty 0.4'],
    seen: [
      [7, 'observation', 'Commit “Load prices once” on main, 6 files, +72 −190'],
      [13.9, 'observation', 'Commit “Admin: first report” on main, 9 files, +402 −3'],
    ],
    rule: 'If it is Friday after 17:00, then a commit within 2 hours.',
    score: [2, 1],
  },
  {
    id: 'learning-rounding',
    kind: 'learning',
    days: 1.4,
    text: 'Totals are rounded in roundCents of total.ts only. Since 3 June checkout.ts rounds a second time on line 88; each time that was there, a test with a discount was off by one cent.',
    target: total,
    importance: 0.91,
    strength: 0.98,
    recalled: 5,
    because: ['owner 1.0', 'severity 0.8', 'thought 0.9'],
    seen: [
      [
        0.02,
        'insight',
        'Rounding moved from checkout.ts into roundCents in total.ts; checkout.ts still rounds once more.',
      ],
      [1.6, 'observation', 'src/checkout/checkout.ts changed, +3 −15, near submitOrder'],
      [9, 'observation', failed('cart.test.ts, 3 of 58 tests')],
      [31, 'observation', 'src/cart/round.ts was deleted'],
    ],
    pinned: true,
  },
  {
    id: 'lesson-retry',
    kind: 'lesson',
    days: 1,
    text: 'A refused card must not be tried again: after the retry of 27 May two test payments were charged twice. What had been expected, fewer lost baskets, did not come.',
    target: 'src/checkout/pay.ts',
    importance: 0.88,
    strength: 0.97,
    recalled: 2,
    because: ['outcome 1.0', 'severity 0.8'],
    seen: [
      [1, 'insight', 'pay.ts now retries a refused card three times.'],
      [1.1, 'observation', 'src/checkout/pay.ts changed, +27 −4, near charge, retry'],
      [9, 'episode', 'Decided to watch pay.ts; expected fewer lost baskets.'],
    ],
    contradicts: ['learning-retry-good'],
  },
  {
    id: 'learning-retry-good',
    kind: 'learning',
    days: 8.8,
    text: 'Trying a payment again makes the checkout more reliable.',
    target: 'src/checkout/pay.ts',
    importance: 0.42,
    strength: 0.34,
    recalled: 1,
    because: ['thought 0.6'],
    seen: [[9, 'insight', 'Since the retry in pay.ts fewer baskets were left.']],
    contradicts: ['lesson-retry'],
  },
  {
    id: 'note-vat',
    kind: 'note',
    days: 0.1,
    text: 'VAT for books is 7 %, not 19 %',
    target: tax,
    importance: 0.9,
    strength: 1,
    recalled: 3,
    trust: 'owner',
    because: ['owner 1.0'],
    seen: [[0.1, 'observation', 'You wrote: VAT for books is 7 %, not 19 %']],
  },
  {
    id: 'learning-vat',
    kind: 'learning',
    days: 4.2,
    text: 'The rate in src/cart/tax.ts goes back and forth: 0.19, 0.16, 0.19 between 30 May and 1 June. One table for all goods does not hold what is wanted.',
    target: tax,
    importance: 0.76,
    strength: 0.82,
    recalled: 4,
    because: ['novelty 0.7', 'owner 1.0'],
    seen: [
      [4, 'observation', 'src/cart/tax.ts changed, +1 −1, near vatRate'],
      [5, 'observation', 'src/cart/tax.ts changed, +1 −1, near vatRate'],
      [0.1, 'memory', 'VAT for books is 7 %, not 19 %'],
    ],
  },
  {
    id: 'principle-tests-first',
    kind: 'principle',
    days: 2.5,
    text: 'Work in this shop goes best in small steps: of 14 stretches with a commit within an hour, 2 ended in failing tests; of 9 longer ones, 6 did.',
    importance: 0.79,
    strength: 0.88,
    recalled: 2,
    because: ['outcome 0.8', 'thought 0.8'],
    seen: [
      [2.5, 'memory', 'When src/cart/total.ts changes without tests/cart.test.ts, npm test fails within 30 minutes.'],
      [6, 'episode', '7 files uncommitted since 13:10; then 6 tests failed.'],
    ],
  },
  {
    id: 'learning-date-test',
    kind: 'learning',
    days: 4.4,
    text: 'The test “first of the month” in tests/cart.test.ts fails on the first day of each month; it did on 1 June at 09:12.',
    target: 'tests/cart.test.ts',
    importance: 0.81,
    strength: 0.86,
    recalled: 2,
    because: ['severity 0.8', 'owner 1.0'],
    seen: [[4.3, 'observation', failed('cart.test.ts, “first of the month”')]],
  },
  {
    id: 'learning-locales',
    kind: 'learning',
    days: 9.3,
    text: 'npm run i18n writes all 34 files of locales at once; these are not edits.',
    target: 'locales',
    importance: 0.38,
    strength: 0.41,
    recalled: 0,
    by: rules,
    because: ['novelty 0.4'],
    seen: [[9.3, 'observation', '38 files changed together, most in locales']],
  },
  {
    id: 'learning-merge',
    kind: 'learning',
    days: 5.1,
    text: 'Merging feature/address conflicts in src/checkout/checkout.ts each time: on 28 May, 31 May and 4 June.',
    target: checkout,
    importance: 0.7,
    strength: 0.79,
    recalled: 1,
    because: ['severity 0.6', 'novelty 0.5'],
    seen: [
      [1, 'observation', 'A merge started with conflicts in src/checkout/checkout.ts and src/checkout/address.ts'],
    ],
  },
  {
    id: 'note-lena',
    kind: 'note',
    days: 5.2,
    text: 'ask Lena about returns',
    importance: 0.6,
    strength: 0.66,
    recalled: 1,
    trust: 'owner',
    because: ['owner 1.0'],
    seen: [[5.2, 'observation', 'You wrote: ask Lena about returns']],
  },
];

export const dreamSeeds: Seed[] = [
  {
    id: 'dream-locales',
    kind: 'dream',
    days: 0.5,
    text: 'Perhaps the locales are written each time before a release: then a commit on main follows.',
    importance: 0.5,
    strength: 0.9,
    recalled: 0,
    because: ['novelty 0.8'],
    seen: [[9.3, 'observation', '38 files changed together, most in locales']],
    rule: 'If a burst in locales, then a commit in shop within 2 hours.',
    score: [1, 0],
    validation: 'needs-validation',
    expires: 13.5,
  },
  {
    id: 'dream-lunch',
    kind: 'dream',
    days: 2.5,
    text: 'Perhaps failures of npm test come mostly right after a switch of branches.',
    importance: 0.48,
    strength: 0.8,
    recalled: 0,
    because: ['novelty 0.7'],
    seen: [[6, 'episode', 'Switched to feature/address; 4 tests failed at once.']],
    rule: 'If a branch is switched in shop, then a test failure of npm test within 15 minutes.',
    score: [1, 1],
    validation: 'needs-validation',
    expires: 11.5,
  },
  {
    id: 'dream-tax',
    kind: 'dream',
    days: 6.5,
    text: 'Perhaps whoever edits src/cart/tax.ts must edit src/cart/total.ts too.',
    target: tax,
    importance: 0.6,
    strength: 0.9,
    recalled: 0,
    because: ['outcome 0.9'],
    seen: [[7, 'episode', 'tax.ts and total.ts changed in the same hour, twice.']],
    rule: 'If src/cart/tax.ts changes, then a change of src/cart/total.ts within 1 hour.',
    score: [5, 1],
    validation: 'confirmed',
  },
  {
    id: 'dream-readme',
    kind: 'dream',
    days: 7.5,
    text: 'Perhaps README.md is brought up to date after each commit of more than 100 lines.',
    target: 'README.md',
    importance: 0.4,
    strength: 0.5,
    recalled: 0,
    because: ['novelty 0.5'],
    seen: [[8, 'episode', 'README.md changed after “Admin: first report”.']],
    rule: 'If a commit in shop, then a change of README.md within 4 hours.',
    score: [1, 6],
    validation: 'refuted',
  },
  {
    id: 'dream-export',
    kind: 'dream',
    days: 13,
    text: 'Perhaps a new export is written whenever the report changes.',
    target: 'src/admin/report.ts',
    importance: 0.35,
    strength: 0.3,
    recalled: 0,
    because: ['novelty 0.4'],
    seen: [[13.5, 'episode', 'report.ts changed; export.ts appeared.']],
    rule: 'If src/admin/report.ts changes, then a new file in src/admin within 1 day.',
    score: [0, 0],
    validation: 'expired',
  },
];

export const tombstoneSeeds: [id: string, kind: TombstoneView['kind'], days: number, text: string, why: string][] = [
  [
    'gone-fixtures',
    'learning',
    0.5,
    'fixtures/orders.ndjson grows by about 40 lines a day.',
    'importance 0.14, not recalled for 30 days',
  ],
  ['gone-theme', 'note', 2.5, 'try a darker green for the buttons', 'you said so'],
  ['gone-cache', 'learning', 5.5, 'The price cache has no limit.', 'merged with a newer one that says the same'],
];

const agoFrom = (at: number) => (days: number) => Math.round(at - days * dayMs);

/** A seed as the page is told of it. */
export function memoryOf(seed: Seed, at: number): MemoryView {
  const ago = agoFrom(at);
  const [hits, misses] = seed.score ?? [0, 0];
  return {
    id: seed.id,
    kind: seed.kind,
    text: seed.text,
    target: seed.target ?? null,
    importance: seed.importance,
    because: seed.because,
    strength: seed.strength,
    recalled: seed.recalled,
    recalledAt: seed.recalled > 0 ? ago(seed.days / 3) : null,
    formedAt: ago(seed.days),
    changedAt: ago(seed.days / 2),
    reasoner: seed.by ?? model,
    trust: seed.trust ?? 'derived',
    validation: seed.validation ?? 'seen',
    pinned: seed.pinned === true,
    support: seed.seen.length + (hits > 0 ? hits - 1 : 0),
    hits,
    misses,
    rule: seed.rule ?? null,
    expiresAt: seed.expires === undefined ? null : ago(-seed.expires),
    contradicts: seed.contradicts ?? [],
  };
}

/** What a seed rests on; what is older than 30 days is only a note. `find` gives the id of an observation that says the same. */
export const evidenceOf = (seed: Seed, at: number, find: (said: string) => string | null): EvidenceView[] =>
  seed.seen.map(([days, kind, snapshot], index) => {
    const known = kind === 'observation' ? find(snapshot) : null;
    return {
      kind,
      id: kind === 'memory' ? (index === 0 ? 'pattern-total-tests' : 'note-vat') : (known ?? `${seed.id}-${index}`),
      at: agoFrom(at)(days),
      snapshot,
      there: kind === 'memory' || kind === 'episode' || known !== null,
    };
  });

/** Its predictions: one that waits, then as many as its score says, newest first. */
export function predictionsOf(
  seed: Seed,
  at: number,
  find: (said: string) => string | null,
): MemoryDetail['predictions'] {
  if (!seed.rule) return [];
  const [hits, misses] = seed.score ?? [0, 0];
  const ago = agoFrom(at);
  const settled = Array.from({ length: hits + misses }, (_, index) => {
    const since = ago(0.6 + index);
    const met = index >= misses;
    const by = find(editedTotal);
    return {
      since,
      dueAt: since + hourMs,
      settlement: met ? ('met' as const) : ('not-met' as const),
      at: since + 20 * minuteMs,
      observationIds: met && by ? [by] : [],
    };
  });
  const waits = seed.validation === undefined || seed.validation === 'needs-validation';
  const open = {
    since: ago(0.005),
    dueAt: ago(0.005) + 30 * minuteMs,
    settlement: 'open' as const,
    at: null,
    observationIds: [],
  };
  return waits ? [open, ...settled] : settled;
}

export type { Seed };
