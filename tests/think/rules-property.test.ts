import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThoughtContext } from '../../core/ports.ts';
import { parseAnswer } from '../../core/think/answer.ts';
import type { RuleAnswer } from '../../core/think/rules/answer.ts';
import { type Details, severities } from '../../core/types.ts';
import { contextOf, noonAt, type Seed, streamed } from './rules-context.ts';

const seed = 20_260_603;

const fileTypes = ['file-created', 'file-changed', 'file-deleted', 'file-renamed', 'folder-seen', 'burst'];
const gitTypes = [
  'commit-made',
  'branch-switched',
  'history-rewritten',
  'operation-started',
  'operation-ended',
  'work-uncommitted',
  'burst',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom(
    'src/a.ts',
    'shop',
    '/home/ada/shop',
    'commit',
    'files',
    '\u202Eevil\u0000“”',
    'once 3 files',
    '__proto__',
  ),
);
const figures = fc.oneof(
  fc.integer({ min: -5, max: 400 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e12, 1e300),
);
const known = fc.record(
  {
    root: text,
    place: text,
    path: text,
    added: figures,
    removed: figures,
    bytesDelta: figures,
    against: fc.constantFrom('commit', 'last-seen', 'size'),
    near: fc.array(text, { maxLength: 6 }),
    whitespaceOnly: fc.boolean(),
    whileAway: fc.boolean(),
    from: text,
    to: text,
    how: text,
    subject: text,
    branch: text,
    repo: text,
    files: figures,
    folders: fc.oneof(figures, fc.dictionary(text, figures, { maxKeys: 5 })),
    top: fc.array(fc.record({ path: text, added: figures, removed: figures }, { requiredKeys: [] }), { maxLength: 5 }),
    merge: fc.boolean(),
    count: figures,
    operation: text,
    conflicts: fc.array(text, { maxLength: 12 }),
    oldestAt: figures,
    paths: fc.array(text, { maxLength: 12 }),
    text,
    message: text,
    name: text,
    total: figures,
    byType: fc.dictionary(fc.constantFrom(...fileTypes), figures),
    of: fc.array(fc.record({ type: fc.constantFrom(...fileTypes), target: text }), { maxLength: 9 }),
  },
  { requiredKeys: [] },
);
const wild = fc.dictionary(
  fc.constantFrom('added', 'near', 'top', 'folders', 'byType', 'of', 'text', 'conflicts', 'files'),
  fc.jsonValue(),
);
const kinds = fc.oneof(
  fc.record({ source: fc.constant('files'), type: fc.constantFrom(...fileTypes) }),
  fc.record({ source: fc.constant('git'), type: fc.constantFrom(...gitTypes) }),
  fc.constant({ source: 'notes', type: 'note-written' }),
  fc.record({ source: text, type: text }),
);
const observation: fc.Arbitrary<Seed> = fc
  .tuple(
    kinds,
    text,
    fc.constantFrom(...severities),
    fc.integer({ min: 1, max: 9 }),
    fc.oneof({ arbitrary: known, weight: 5 }, { arbitrary: wild, weight: 1 }),
    fc.integer({ min: -1e9, max: 1e9 }),
  )
  .map(([kind, target, severity, count, details, shift]) => ({
    ...kind,
    target,
    severity,
    count,
    details: details as Details,
    at: noonAt + shift,
  }));
const history = fc.record({
  target: text,
  source: fc.constantFrom('files', 'git', 'ci'),
  type: fc.constantFrom('file-changed', 'commit-made'),
  count: fc.nat(99),
  days: fc.integer({ min: 1, max: 7 }),
  lastAt: fc.integer({ min: noonAt - 1e9, max: noonAt }),
  sizes: fc.array(fc.nat(500), { maxLength: 50 }),
});
const session = fc.record({
  startedAt: fc.option(fc.integer({ min: noonAt - 1e9, max: noonAt + 1e9 })),
  edits: fc.nat(200),
  files: fc.array(fc.record({ target: text, edits: fc.nat(50), added: fc.nat(500), removed: fc.nat(500) }), {
    maxLength: 8,
  }),
});
const recalled = fc.array(
  fc.record({
    kind: fc.constantFrom('insight' as const, 'note' as const),
    id: text,
    text,
    at: fc.integer(),
    score: fc.nat(9),
    trust: fc.constantFrom('derived' as const, 'owner' as const),
    target: fc.option(text),
    importance: fc.double({ min: 0, max: 1, noNaN: true }),
    why: fc.array(text, { maxLength: 2 }),
  }),
  { maxLength: 3 },
);
const patterns = fc.array(
  fc.record({
    patternId: text,
    observationId: fc.constantFrom('id-0', 'id-1', 'elsewhere'),
    text,
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    hits: fc.nat(1e6),
    misses: fc.nat(9),
    expects: text,
    until: fc.integer({ min: noonAt - 1e9, max: noonAt + 1e12 }),
    lift: fc.constantFrom(0, 0.4),
    learnedAt: fc.integer({ min: 0, max: noonAt }),
  }),
  { maxLength: 3 },
);
const context = fc
  .tuple(fc.array(observation, { maxLength: 50 }), fc.array(history, { maxLength: 8 }), session, recalled, patterns)
  .map(
    ([seeds, past, going, memories, fired]): ThoughtContext =>
      contextOf(seeds, { history: past, session: going, recalled: memories, patterns: fired }),
  );

describe('whatever the batch', () => {
  it('[TH1.37] the answer is one valid observation that cites only what it was given', async () => {
    await fc.assert(
      fc.asyncProperty(context, async (given) => {
        const answer = JSON.parse((await streamed(given)).join('')) as RuleAnswer;
        expect(parseAnswer(JSON.stringify(answer)), 'as the mind reads any model').toEqual({ how: 'json', answer });
        const refs = new Set(given.salient.map(({ ref }) => ref));
        expect(answer).toMatchObject({ action_type: 'observe', target_agent: null, command: null });
        expect(['low', 'medium', 'high', 'critical']).toContain(answer.priority);
        expect(answer.reasoning.length).toBeGreaterThanOrEqual(10);
        expect(answer.reasoning.length).toBeLessThanOrEqual(600);
        expect(answer.evidence.every((ref) => refs.has(ref))).toBe(true);
        expect(new Set(answer.evidence).size).toBe(answer.evidence.length);
        expect(answer.metadata.confidence).toBeGreaterThan(0);
        expect(answer.metadata.confidence).toBeLessThanOrEqual(0.9);
        if (answer.insight) expect(answer.evidence).not.toEqual([]);
      }),
      { seed, numRuns: 400 },
    );
  });

  it('[TH1.37] the insight is one line of at most 280 characters without control characters or broken figures', async () => {
    await fc.assert(
      fc.asyncProperty(context, async (given) => {
        const { insight, reasoning } = JSON.parse((await streamed(given)).join('')) as RuleAnswer;
        for (const words of [insight?.text ?? 'none', reasoning]) {
          expect(words.isWellFormed()).toBe(true);
          expect(words).not.toMatch(/undefined|NaN|Infinity|null|\d\.\d{4}|e\+\d/);
          expect(words).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
        }
        expect(insight?.text.length ?? 1).toBeGreaterThan(0);
        expect(insight?.text.length ?? 1).toBeLessThanOrEqual(280);
        expect(insight?.importance ?? 0).toBeLessThanOrEqual(1);
      }),
      { seed, numRuns: 400 },
    );
  });

  it('[TH1.37] an error or a note is never passed over', async () => {
    await fc.assert(
      fc.asyncProperty(context, async (given) => {
        const { evidence } = JSON.parse((await streamed(given)).join('')) as RuleAnswer;
        const must = given.salient.filter(
          ({ observation: { severity, source, type } }) =>
            severity === 'error' || severity === 'critical' || (source === 'notes' && type === 'note-written'),
        );
        expect(evidence).toEqual(expect.arrayContaining(must.map(({ ref }) => ref)));
      }),
      { seed, numRuns: 300 },
    );
  });

  it('[TH1.21] the same context gives the same answer', async () => {
    await fc.assert(
      fc.asyncProperty(context, async (given) => {
        const before = JSON.stringify(given);
        expect((await streamed(given)).join('')).toBe((await streamed(given)).join(''));
        expect(JSON.stringify(given), 'the context stays as it was').toBe(before);
      }),
      { seed, numRuns: 150 },
    );
  });
});
