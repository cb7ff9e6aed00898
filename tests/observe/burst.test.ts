import { describe, expect, it } from 'vitest';
import { burstDraft, foldInto, openBurst } from '../../core/observe/burst.ts';
import type { ObservationDraft } from '../../core/types.ts';
import { draft, noon } from '../kit/nouns.ts';

const burstOf = (...drafts: Partial<ObservationDraft>[]) => {
  const burst = openBurst('files', 'files', noon);
  for (const each of drafts) foldInto(burst, draft(each), noon);
  return burstDraft(burst);
};

describe('a burst', () => {
  it('[OB4.8] is as severe as its worst member and weighs as its heaviest', () => {
    expect(
      burstOf({ severity: 'info' }, { severity: 'error', priorityShift: 1 }, { severity: 'warning' }),
    ).toMatchObject({
      severity: 'error',
      priorityShift: 1,
    });
  });

  it.each([
    [['owner', 'owner'], 'owner'],
    [['owner', 'app'], 'app'],
    [['observed', 'app', 'owner'], 'observed'],
    [['observed', 'derived'], 'observed'],
    [['derived', 'app'], 'derived'],
  ] as const)('[OB4.9] of %j is trusted as %s: as little as its least trusted member', (trusts, trust) => {
    expect(burstOf(...trusts.map((each) => ({ trust: each }))).trust).toBe(trust);
  });

  it('[OB4.10] names a hundred members one by one and counts all, by type and by folder', () => {
    const burst = burstOf(
      ...Array.from({ length: 250 }, (_, n) => ({
        type: n % 2 ? 'file-changed' : 'file-created',
        target: `shop/src/d${n % 10}/f${n}.ts`,
      })),
    );
    expect(burst.details.of).toHaveLength(100);
    expect(burst.details).toMatchObject({
      total: 250,
      byType: { 'file-changed': 125, 'file-created': 125 },
      added: 750,
      removed: 250,
      place: '/shop',
    });
    expect(Object.keys(burst.details.folders as object)).toHaveLength(8);
  });

  it.each([
    [['src/cart/a.ts', 'src/cart/b.ts'], 'src/cart/'],
    [['src/cart/a.ts', 'src/carton/b.ts'], 'src/'],
    [['src/cart/x/a.ts', 'src/cart/b.ts'], 'src/cart/'],
    [['src/a.ts', 'docs/b.md'], 'files'],
    [['src/a.ts', 'README.md'], 'files'],
  ])('[OB4.11] of %j is about %s', (targets, target) => {
    expect(burstOf(...targets.map((each) => ({ target: each }))).target).toBe(target);
  });

  it('[OB4.12] of nothing but whitespace is whitespace; with one real change it is not', () => {
    const blank = { details: { whitespaceOnly: true } };
    expect(burstOf(blank, blank).details.whitespaceOnly).toBe(true);
    expect(burstOf(blank, {}, blank).details.whitespaceOnly).toBeUndefined();
  });

  it('[OB7.2] that Reverie caused as a whole has a cause, also when the causes differ; with one other member it has none', () => {
    expect(burstOf({ causeId: 'a' }, { causeId: 'a' }).causeId).toBe('a');
    expect(burstOf({ causeId: 'a' }, { causeId: 'b' }).causeId).toBeTruthy();
    expect(burstOf({ causeId: 'a' }, {}).causeId).toBeUndefined();
    expect(burstOf({}, {}).causeId).toBeUndefined();
  });
});
