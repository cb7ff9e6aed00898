import { describe, expect, it } from 'vitest';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import { hashText, stampObservation } from '../../core/observe/stamp.ts';
import type { Details, ObservationDraft } from '../../core/types.ts';
import { draft, noon } from '../kit/nouns.ts';

const stamp = (over: Partial<ObservationDraft> = {}, source = 'files') =>
  stampObservation(draft(over), source, 'id', noon);

describe('priority', () => {
  it.each([
    ['debug', 1],
    ['info', 3],
    ['warning', 6],
    ['error', 8],
    ['critical', 10],
  ] as const)('[OB2.2] %s is %i', (severity, priority) => {
    expect(stamp({ severity }).priority).toBe(priority);
  });

  it.each([
    ['info', 5, 8],
    ['error', 5, 10],
    ['debug', -3, 0],
    ['info', Number.NaN, 3],
    ['info', Number.POSITIVE_INFINITY, 10],
  ] as const)('[OB2.2] %s moved by %d is %d', (severity, priorityShift, priority) => {
    expect(stamp({ severity, priorityShift }).priority).toBe(priority);
  });
});

describe('time', () => {
  it.each([
    [undefined, noon],
    [noon - 5, noon - 5],
    [noon + 5, noon],
    [Number.NaN, noon],
    [Number.NEGATIVE_INFINITY, noon],
    [-5, 0],
  ])('[OB2.3] a source that says %s happened then: %i', (given, occurredAt) => {
    const stamped = stamp(given === undefined ? {} : { occurredAt: given });
    expect(stamped).toMatchObject({ occurredAt, firstAt: occurredAt, lastAt: occurredAt, count: 1 });
  });
});

describe('fingerprint', () => {
  it('[OB2.4] equal facts share it, whenever they happened and however their priority was moved', () => {
    expect(stamp({ occurredAt: 1, priorityShift: 2 }).fingerprint).toBe(stamp().fingerprint);
  });

  it.each<[string, Partial<ObservationDraft>]>([
    ['type', { type: 'file-created' }],
    ['target', { target: 'src/b.ts' }],
    ['severity', { severity: 'warning' }],
    ['details', { details: { added: 4, removed: 1, place: '/shop' } }],
    ['trust', { trust: 'app' }],
    ['cause', { causeId: 'delegation-1' }],
  ])('[OB2.4] another %s is another fact', (_, over) => {
    expect(stamp(over).fingerprint).not.toBe(stamp().fingerprint);
  });

  it('[OB2.4] another source is another fact', () => {
    expect(stamp({}, 'git').fingerprint).not.toBe(stamp().fingerprint);
  });

  it('[OB2.4] 100,000 facts that differ by one character have 100,000 fingerprints', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 100_000; n++) seen.add(hashText(`src/file${n}.ts`));
    expect(seen.size).toBe(100_000);
  });
});

describe('what is kept', () => {
  const details = (given: Details, trust: ObservationDraft['trust'] = 'observed') =>
    stamp({ details: given, trust }).details;

  it('[OB2.7] long texts, long lists, deep nesting and figures that are none are bounded', () => {
    expect(String(details({ text: 'x'.repeat(50_000) }).text)).toHaveLength(2_000);
    expect(details({ list: Array.from({ length: 500 }, () => 1) }).list).toHaveLength(100);
    expect(Object.keys(details(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n]))))).toHaveLength(
      100,
    );
    expect(details({ a: { b: { c: { d: { e: 1 } } } } })).toEqual({ a: { b: { c: { d: '…' } } } });
    expect(details({ nan: Number.NaN, far: Number.POSITIVE_INFINITY, fine: 1, no: null, yes: true })).toEqual({
      nan: null,
      far: null,
      fine: 1,
      no: null,
      yes: true,
    });
    expect(stamp({ target: 'x'.repeat(5_000) }).target).toHaveLength(1_000);
  });

  it('[OB2.7] a cut leaves no half character', () => {
    const text = '😀'.repeat(3_000);
    for (const value of [
      details({ text }).text,
      details({ text: `x${text}` }).text,
      stamp({ target: `x${text}` }).target,
    ])
      expect(String(value).isWellFormed()).toBe(true);
  });

  it('[OB2.8] the owner’s note is the owner’s word: trusted, ahead of activity, kept whole to its last character', () => {
    const text = `${'remember the milk, '.repeat(500)}and the bread`;
    const note = stampObservation(noteDraft(text), 'notes', 'id', noon);
    expect(note).toMatchObject({
      type: 'note-written',
      trust: 'owner',
      priority: 8,
      severity: 'info',
      details: { text },
    });
    expect(note.target).toHaveLength(80);
    expect(String(details({ text }).text)).toHaveLength(2_000);
  });
});
