import { describe, expect, it } from 'vitest';
import { admit, insightDraft, verdictOn } from '../../core/remember/admission.ts';
import type { Draft } from '../../core/remember/draft.ts';
import { roughTokens } from '../../core/remember/extract.ts';
import { noTerms } from '../../core/remember/importance.ts';
import { defaultSettings } from '../../core/settings.ts';
import { insight, noon, observer, salience } from '../kit/nouns.ts';
import { dayMs, draft, memory, reinforced, remembered, rule, seen, world } from './keeping-kit.ts';

const admitted = (drafts: Draft[], over: Parameters<typeof world>[0] = {}) => admit(drafts, world(over));
const settings = defaultSettings().memory;

describe('what is taken in', () => {
  it('[ME2.10] only what is at least as important as short-term memory asks; without a figure the terms decide', () => {
    expect(admitted([draft({ importance: 0.29 })])).toEqual([]);
    expect(admitted([draft({ importance: NaN })])).toEqual([]);
    const [kept] = remembered(admitted([draft({ importance: 0.3 })]));
    expect(kept?.memory).toMatchObject({
      importance: 0.3,
      trust: 'derived',
      validation: 'seen',
      strength: 1,
      sleepId: 's1',
    });
    const [judged] = remembered(admitted([draft({ importance: NaN, terms: { severity: 0.8 } })]));
    expect(judged?.memory).toMatchObject({ importance: 0.8, terms: { ...noTerms, severity: 0.8 } });
  });

  it('[ME2.11] what says the same as something known adds its evidence to it: by key, by rule, or by words', () => {
    const byKey = admitted([draft({ key: 'k', text: 'quite other words', evidence: [seen('o2')] })], {
      known: [memory('a', { key: 'k' })],
    });
    expect(byKey).toMatchObject([{ kind: 'reinforce', id: 'a', at: noon, evidence: [{ id: 'o2' }] }]);
    const byWords = admitted([draft({ text: 'src/cart.ts failed 9 times' })], {
      known: [memory('a', { text: 'src/cart.ts failed 4 times' }), memory('b', { text: 'src/card.ts failed 4 times' })],
    });
    expect(byWords).toMatchObject([{ kind: 'reinforce', id: 'a' }]);
    const byRule = admitted([draft({ kind: 'pattern', key: 'x', rule: rule('a', 'b'), hits: 4 })], {
      known: [memory('a', { kind: 'pattern', key: 'y', rule: { ...rule('a', 'b'), withinMs: 5 }, hits: 3 })],
    });
    expect(byRule).toMatchObject([{ kind: 'reinforce', id: 'a', hits: 4 }]);
  });

  it('[ME2.11] and the same of another key and kind, another target or another rule is something else', () => {
    const text = 'the checks fail after lunch';
    expect(
      remembered(admitted([draft({ text, target: 'x' })], { known: [memory('a', { text, target: 'y' })] })),
    ).toHaveLength(1);
    const other = memory('a', { text, kind: 'pattern', rule: rule('a', 'b') });
    expect(
      remembered(admitted([draft({ text, kind: 'pattern', rule: rule('a', 'c') })], { known: [other] })),
    ).toHaveLength(1);
    expect(reinforced(admitted([draft({ text })], { known: [other] }))).toHaveLength(1);
  });

  it('[ME2.12] fresher words and figures are taken when they rest on as much; importance may only rise', () => {
    const known = memory('a', { key: 'k', text: 'src/cart.ts failed 4 times', support: 2, importance: 0.5 });
    const fresh = (n: number, importance: number) =>
      reinforced(
        admitted(
          [
            draft({
              key: 'k',
              text: 'src/cart.ts failed 9 times',
              importance,
              evidence: [seen('o1'), seen('o2')].slice(0, n),
            }),
          ],
          { known: [known] },
        ),
      )[0];
    expect(fresh(2, 0.8)).toMatchObject({ text: 'src/cart.ts failed 9 times', importance: 0.8 });
    expect(fresh(1, 0.4)).toMatchObject({ text: 'src/cart.ts failed 4 times', importance: 0.5 });
    const old = { ...known, support: 900 };
    const ten = Array.from({ length: 10 }, (_, n) => seen(`o${n}`));
    expect(
      reinforced(
        admitted([draft({ key: 'k', text: 'src/cart.ts failed 9 times', evidence: ten })], { known: [old] }),
      )[0]?.text,
    ).toContain('9');
    const scored = memory('p', { kind: 'pattern', key: 'k', rule: rule('a', 'b'), hits: 8, misses: 2 });
    const rescored = (hits: number) =>
      reinforced(
        admitted([draft({ kind: 'pattern', key: 'k', rule: rule('a', 'b'), hits, misses: 1 })], { known: [scored] }),
      )[0];
    expect(rescored(9)).toMatchObject({ hits: 9, misses: 1 });
    expect(rescored(3)).toMatchObject({ hits: 8, misses: 2 });
  });

  it('[ME2.12] the words of the owner are never replaced, and no words that another memory has are taken', () => {
    const mine = memory('n', { kind: 'note', trust: 'owner', text: 'cart.ts is slow on Mondays', support: 0 });
    expect(reinforced(admitted([draft({ text: 'cart.ts was slow on Mondays' })], { known: [mine] }))[0]?.text).toBe(
      mine.text,
    );
    const known = [memory('a', { key: 'k', text: 'cart.ts is old' }), memory('b', { text: 'cart.ts is slow' })];
    expect(reinforced(admitted([draft({ key: 'k', text: 'cart.ts is slow' })], { known }))[0]).toMatchObject({
      id: 'a',
      text: 'cart.ts is old',
    });
  });

  it('[ME2.13] what contradicts something known is remembered beside it, and both are linked', () => {
    const known = [memory('a', { text: 'src/cart.ts passes its tests', target: 'src/cart.ts' })];
    const changes = admitted([draft({ text: 'src/cart.ts fails its tests', target: 'src/cart.ts' })], { known });
    expect(changes).toMatchObject([
      { kind: 'remember', memory: { id: 'm1' } },
      { kind: 'contradict', id: 'm1', otherId: 'a' },
    ]);
    const both = admitted([draft({ text: 'the port is 8080' }), draft({ text: 'the port is 3000' })]);
    expect(both.map((each) => each.kind)).toEqual(['remember', 'remember', 'contradict']);
    const dreamt = draft({ kind: 'dream', text: 'src/cart.ts fails its tests', rule: rule('a', 'b') });
    expect(admitted([dreamt], { known }).map((each) => each.kind)).toEqual(['remember']);
  });

  it('[ME2.14] relative dates are those of the newest evidence, not of the night', () => {
    const at = new Date(2026, 4, 20, 10).getTime();
    const [kept] = remembered(
      admitted([draft({ text: 'cart.ts broke yesterday', evidence: [seen('o1', at - 9 * dayMs), seen('o2', at)] })]),
    );
    expect(kept?.memory.text).toBe('cart.ts broke on 2026-05-19');
  });

  it('[ME2.15] nothing rests on a dream, on what Reverie did itself, on what does not exist, or on its own words alone', () => {
    const resting = (...evidence: Draft['evidence']) =>
      remembered(admitted([draft({ evidence })]))[0]?.evidence.map((each) => each.id);
    const of = (kind: Draft['evidence'][number]['kind'], id: string) => ({ ...seen(id), kind });
    expect(resting()).toBeUndefined();
    expect(resting(seen('app1'))).toBeUndefined();
    expect(resting(seen('derived1'), seen('none1'))).toBeUndefined();
    expect(resting(of('memory', 'dream1'))).toBeUndefined();
    expect(resting(of('insight', 'i1'))).toBeUndefined();
    expect(resting(of('episode', 'derived1'))).toEqual(['derived1']);
    expect(resting(of('insight', 'i1'), seen('o1'), seen('app1'), of('memory', 'dream1'), seen('none1'))).toEqual([
      'i1',
      'o1',
    ]);
    expect(resting({ ...seen('o1'), at: NaN })).toBeUndefined();
  });

  it('[ME2.16] a dream is kept until it expires, when it can be tested, cites no dream, and is no pattern yet', () => {
    const dream = draft({
      kind: 'dream',
      importance: 0.3,
      rule: rule('a', 'b'),
      evidence: [{ ...seen('p1'), kind: 'memory' }],
      expiresInDays: 5,
    });
    const [kept] = remembered(admitted([dream]));
    expect(kept?.memory).toMatchObject({ validation: 'needs-validation', expiresAt: noon + 5 * dayMs });
    expect(admitted([{ ...dream, rule: null }])).toEqual([]);
    expect(admitted([{ ...dream, evidence: [seen('o1'), { ...seen('dream1'), kind: 'memory' }] }])).toEqual([]);
    expect(admitted([dream], { known: [memory('p', { kind: 'pattern', rule: rule('a', 'b') })] })).toEqual([]);
    expect(remembered(admitted([{ ...dream, expiresInDays: NaN }]))[0]?.memory.expiresAt).toBe(noon + 14 * dayMs);
  });

  it('[ME2.17] a text of more than 100 tokens is summed up; the beginning of the original stays as evidence', () => {
    const text = Array.from({ length: 40 }, (_, n) => `Step ${n}: src/file${n}.ts of the cart was rewritten.`).join(
      ' ',
    );
    const [kept] = remembered(admitted([draft({ text })]));
    expect(roughTokens.count(kept?.memory.text ?? '')).toBeLessThanOrEqual(100);
    expect(kept?.memory.text).toMatch(/src\/file\d+\.ts of the cart was rewritten\./);
    const original = kept?.evidence.find((each) => each.id === `${kept.memory.id}-original`);
    expect(original).toMatchObject({ kind: 'memory', at: noon });
    expect(original?.snapshot.startsWith('Step 0: src/file0.ts')).toBe(true);
    expect(Buffer.byteLength(original?.snapshot ?? '')).toBeLessThanOrEqual(500);
  });

  it('[ME2.18] a dream that was settled stays settled', () => {
    const dream = draft({ kind: 'dream', key: 'd', rule: rule('a', 'b') });
    for (const validation of ['refuted', 'confirmed', 'expired'] as const)
      expect(
        admitted([dream], { known: [memory('a', { kind: 'dream', key: 'd', validation, rule: rule('a', 'b') })] }),
      ).toEqual([]);
    const waiting = memory('a', { kind: 'dream', key: 'd', validation: 'needs-validation', rule: rule('a', 'b') });
    expect(admitted([dream], { known: [waiting] })).toMatchObject([{ kind: 'reinforce', id: 'a' }]);
  });

  it('[ME2.19] what was known as a sentence becomes a pattern under the same id when it is found to predict', () => {
    const known = memory('a', { text: 'cart.test.ts fails after edits of cart.ts', recalled: 4 });
    const found = draft({
      kind: 'pattern',
      key: 'k',
      text: 'cart.test.ts fails after 7 edits of cart.ts',
      rule: rule('a', 'b'),
      hits: 7,
    });
    expect(admitted([found], { known: [known] })).toMatchObject([
      { kind: 'remember', memory: { id: 'a', kind: 'pattern', key: 'k', recalled: 4, hits: 7, rule: rule('a', 'b') } },
    ]);
  });

  it('[SL2.69] a text of sentences that are all too long is its beginning, cut between words, not a tail that was cut off', () => {
    const long = (word: string) => `The ${`${word} of the shop `.repeat(40)}is slow.`;
    const [kept] = remembered(admit([draft({ text: `${long('importer')} ${long('mailer')} B…` })], world()));
    expect(kept?.memory.text).toMatch(/^The importer of the shop .* (?:importer|of|the|shop)…$/);
    expect(roughTokens.count(kept?.memory.text ?? '')).toBeLessThanOrEqual(100);
    expect(roughTokens.count(kept?.memory.text ?? '')).toBeGreaterThan(60);
    const [whole] = remembered(
      admit(
        [
          draft({
            text: `${long('importer')} ${'The cache of src/cart.ts is written by two callers at once. '.repeat(2)}`,
          }),
        ],
        world(),
      ),
    );
    expect(whole?.memory.text).toContain('The importer');
  });

  it('[ME2.24] whatever comes is bounded and plain', () => {
    const texts = [
      'x'.repeat(1_000_000),
      'wort '.repeat(200_000),
      '漢字。'.repeat(300_000),
      'a\u0000\u202eb',
      '🎉'.repeat(5_000),
      '',
      ' \n',
      '\u200b',
    ];
    const huge = draft({
      key: 'k'.repeat(10_000),
      target: 't'.repeat(10_000),
      hits: NaN,
      misses: -4,
      rule: rule('a', 'b'),
    });
    const drafts = texts.map((text, n) => ({
      ...huge,
      rule: null,
      text,
      evidence: [{ ...seen(`o${n}`), snapshot: text }],
    }));
    const kept = remembered(admitted([...drafts, huge]));
    expect(kept).toHaveLength(5);
    for (const { memory: each, evidence } of kept) {
      expect(each.text.length).toBeLessThanOrEqual(600);
      expect(each.text).not.toMatch(/[\u0000\u202e]/);
      expect([each.key, each.target, each.hits, each.misses]).toEqual([null, null, 0, 0]);
      for (const { snapshot } of evidence) expect(Buffer.byteLength(snapshot)).toBeLessThanOrEqual(500);
    }
    const many = draft({ evidence: Array.from({ length: 1_000 }, (_, n) => seen(`o${n}`, noon + n)) });
    const [crowded] = remembered(admitted([many]));
    expect(crowded?.evidence).toHaveLength(50);
    expect(crowded?.evidence[0]?.id).toBe('o999');
  });
});

describe('what is worth how much', () => {
  it('[ME2.25] only just below long-term memory is it uncertain, and worth the opinion of a model', () => {
    const verdicts = [0, 0.29, 0.3, 0.59, 0.61, 0.69, 0.7, 1, NaN].map((each) => verdictOn(each, settings));
    expect(verdicts).toEqual([
      'forgotten',
      'forgotten',
      'short-term',
      'short-term',
      'uncertain',
      'uncertain',
      'long-term',
      'long-term',
      'forgotten',
    ]);
  });

  it('[ME2.26] an insight of long-term importance is remembered at once, resting on the observations it cites', () => {
    const see = observer();
    const [bad, idle, own] = [
      see({ severity: 'critical', target: 'disk' }),
      see({ target: 'x' }),
      see({ severity: 'critical', trust: 'app' }),
    ];
    const salient = [bad, idle, own].map((observation) => ({ observation, salience: salience() }));
    const form = (evidenceIds: string[], importance: number, known = [memory('a')]) => {
      const formed = insight('i1', { text: 'The disk of the build is full', evidenceIds, importance });
      const draft = insightDraft(formed, salient, world().settings);
      const trust = new Map(salient.map(({ observation }) => [observation.id, observation.trust]));
      const trustOf = ({ id }: { id: string }) => trust.get(id) ?? null;
      return draft && (admit([draft], { ...world(), known, sleepId: null, trustOf })[0] ?? null);
    };
    expect(form([bad.id], 0.9)).toMatchObject({
      kind: 'remember',
      memory: { kind: 'learning', target: 'disk', sleepId: null, terms: { severity: 1, thought: 0.9 } },
      evidence: [{ kind: 'observation', id: bad.id }],
    });
    expect(form([bad.id, idle.id], 0.9)).toMatchObject({ memory: { target: null } });
    expect(form([], 0.9)).toBeNull();
    expect(form([own.id], 0.9)).toBeNull();
    expect(form([bad.id], NaN)).toMatchObject({ kind: 'remember' });
    const mild = salient.slice(1, 2);
    const small = insight('i1', { evidenceIds: [idle.id], importance: 0.5 });
    expect(insightDraft(small, mild, world().settings)).toBeNull();
    const known = [memory('a', { text: 'The disk of the build is full', target: 'disk' })];
    expect(form([bad.id], 0.9, known)).toMatchObject({ kind: 'reinforce', id: 'a' });
  });
});
