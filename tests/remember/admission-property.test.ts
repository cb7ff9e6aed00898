import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../core/memory.ts';
import { admit } from '../../core/remember/admission.ts';
import type { Draft } from '../../core/remember/draft.ts';
import { alike, readingOf } from '../../core/remember/likeness.ts';
import { noon } from '../kit/nouns.ts';
import { applied, type Kept, rule, world } from './keeping-kit.ts';

const evidence: fc.Arbitrary<Evidence> = fc.record({
  kind: fc.constantFrom('observation', 'episode', 'insight', 'memory'),
  id: fc.constantFrom('o1', 'o2', 'o3', 'o4', 'dream1', 'app1', 'derived1', 'none1'),
  at: fc.integer({ min: noon - 9e8, max: noon }),
  snapshot: fc.string({ unit: 'binary', maxLength: 20 }),
});

const subject = fc.constantFrom('src/cart.ts', 'src/card.ts', 'Redis', 'the port', '支付服务', '');
const said = fc.constantFrom(
  'fails its tests',
  'passes its tests',
  'is 8080',
  'is 3000',
  'changed 3 times yesterday',
  'changed 9 times',
  '每天失败3次',
  'is slow 🎉',
  '\u0000',
);
const text = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(subject, said).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

const drafts: fc.Arbitrary<Draft[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom('learning', 'principle', 'lesson', 'pattern', 'dream'),
      text,
      key: fc.constantFrom(null, null, 'k1', 'k2'),
      target: fc.constantFrom(null, 'src/cart.ts', 'src/card.ts'),
      importance: fc.constantFrom(0.1, 0.3, 0.5, 0.9, NaN),
      rule: fc.constantFrom(null, rule('a', 'test-failed'), rule('a', 'test-passed'), rule('b', 'c')),
      hits: fc.nat(9),
      misses: fc.nat(3),
      evidence: fc.array(evidence, { maxLength: 4 }),
      expiresInDays: fc.constantFrom(null, 3),
    })
    // Sentences have no rules, rules have.
    .map((each) => ({
      ...each,
      rule: each.kind === 'pattern' ? (each.rule ?? rule('z', 'y')) : each.kind === 'dream' ? each.rule : null,
    })),
  { maxLength: 12 },
);

const check = (...args: Parameters<typeof property>) =>
  fc.assert(property(...args), { numRuns: 200, seed: 20_260_601 });
const property = (hold: (batch: Draft[], next: Draft[]) => void) => fc.property(drafts, drafts, hold);

const night = (batch: Draft[], before: Kept[] = [], prefix = 'a') => {
  let n = 0;
  return admit(batch, world({ known: before.map((each) => each.memory), nextId: () => `${prefix}${(n += 1)}` }));
};

describe('whatever is drafted', () => {
  it('[ME2.20] no two memories say the same: no key, rule or sentence stands twice', () => {
    check((batch, next) => {
      const first = applied(night(batch));
      const kept = applied(night(next, first, 'b'), first).map((each) => each.memory);
      const keys = kept.flatMap((each) => (each.key === null ? [] : [`${each.kind} ${each.key}`]));
      expect(new Set(keys).size).toBe(keys.length);
      for (const [at, one] of kept.entries())
        for (const other of kept.slice(at + 1)) {
          if ((one.kind === 'dream') !== (other.kind === 'dream')) continue;
          if (one.rule && other.rule) {
            expect([one.rule.when, one.rule.then]).not.toEqual([other.rule.when, other.rule.then]);
          } else if (one.target === other.target) expect(alike(readingOf(one.text), readingOf(other.text))).toBe(false);
        }
    });
  });

  it('[ME2.21] the order of the drafts and of their evidence does not matter', () => {
    check((batch, known) => {
      const before = applied(night(known));
      const turned = batch.toReversed().map((each) => ({ ...each, evidence: each.evidence.toReversed() }));
      expect(night(turned, before, 'b')).toEqual(night(batch, before, 'b'));
    });
  });

  it('[ME2.22] what is admitted again adds no memory and changes none', () => {
    check((batch) => {
      const once = applied(night(batch));
      const again = night(batch, once, 'b');
      expect(again.filter((each) => each.kind === 'contradict')).toEqual([]);
      const twice = applied(again, once);
      expect(twice.map((each) => each.memory.id)).toEqual(once.map((each) => each.memory.id));
      expect(twice.map((each) => each.memory.importance)).toEqual(once.map((each) => each.memory.importance));
      expect(twice.map((each) => each.evidence.length)).toEqual(once.map((each) => each.evidence.length));
    });
  });

  it('[ME2.23] evidence only grows, all of it counts, and importance never sinks', () => {
    check((batch, next) => {
      const first = applied(night(batch));
      const after = new Map(applied(night(next, first, 'b'), first).map((each) => [each.memory.id, each]));
      for (const { memory, evidence: before } of first) {
        const later = after.get(memory.id);
        expect(later?.evidence).toEqual(expect.arrayContaining(before));
        expect(later?.memory.importance).toBeGreaterThanOrEqual(memory.importance);
      }
      for (const { evidence: all } of after.values()) {
        expect(
          all.filter(
            ({ id, kind }) => /^(?:dream|app|none)/.test(id) || (id.startsWith('derived') && kind === 'observation'),
          ),
        ).toEqual([]);
        expect(all.some(({ kind }) => kind !== 'insight')).toBe(true);
      }
    });
  });
});
