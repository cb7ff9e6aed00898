import { describe, expect, it } from 'vitest';
import type { Brief } from '../../core/memory.ts';
import { isOfTheWorld, isSpecific, matcherWords, matches } from '../../core/observe/matching.ts';
import { ruleWords, spanWords } from '../../core/remember/matching.ts';
import { observer } from '../kit/nouns.ts';
import { lockRule } from './learning-kit.ts';

const see = observer();
const cart = see({ target: 'src/cart/total.ts', severity: 'warning', details: { place: '/home/ada/shop' } });
const brief: Brief = {
  seq: 1,
  id: cart.id,
  at: cart.occurredAt,
  source: 'files',
  type: 'file-changed',
  target: 'src/cart/total.ts',
  place: '/home/ada/shop',
  severity: 'warning',
  trust: 'observed',
  causeId: null,
  count: 1,
  attended: false,
};

describe('a matcher', () => {
  it('[ME6.1] fits by every field it has; one that is absent or null fits all', () => {
    for (const seen of [cart, brief]) {
      expect(matches({}, seen)).toBe(true);
      expect(matches({ source: null, type: null, target: null, place: null, severity: null }, seen)).toBe(true);
      expect(matches({ source: 'files', type: 'file-changed', target: 'src/cart/total.ts' }, seen)).toBe(true);
      expect(matches({ place: '/home/ada/shop' }, seen)).toBe(true);
      for (const other of [{ source: 'git' }, { type: 'burst' }, { target: 'src/cart' }, { place: '/home/ada' }])
        expect([other, matches(other, seen)]).toEqual([other, false]);
    }
    expect(matches({ place: '/shop' }, { ...cart, details: {} })).toBe(false);
    expect(isSpecific({ source: null })).toBe(false);
    expect(isSpecific({ severity: 'error' })).toBe(true);
  });

  it('[ME6.2] asks for the least severity', () => {
    const fits = (severity: 'info' | 'warning' | 'error') => matches({ severity }, cart);
    expect([fits('info'), fits('warning'), fits('error')]).toEqual([true, true, false]);
  });

  it('[ME6.3] means by a folder all below it and by a star at the end all that begins so, and nothing else by signs', () => {
    const fits = (target: string, is: string) => matches({ target }, { ...cart, target: is });
    expect(fits('src/cart/', 'src/cart/total.ts')).toBe(true);
    expect(fits('src/cart/', 'src/cart')).toBe(false);
    expect(fits('src/c*', 'src/cart/total.ts')).toBe(true);
    expect(fits('src/*.ts', 'src/a.ts')).toBe(false);
    expect(fits('src/*.ts', 'src/*.ts')).toBe(true);
    expect(fits('*', 'src/a.ts'), 'a file that is called so').toBe(false);
    expect(fits('*', '*')).toBe(true);
    expect(fits('', 'src/a.ts')).toBe(false);
  });

  it('[ME6.4] is said in words, and so is a rule', () => {
    expect(matcherWords(lockRule.then)).toBe('“test failed” on npm test');
    expect(matcherWords({ type: 'commit-made', place: '/home/ada/shop' })).toBe('a commit in shop');
    expect(matcherWords({ type: 'file-changed', target: 'src/a.ts', place: '/home/ada/shop' })).toBe(
      'src/a.ts changed',
    );
    expect(matcherWords({ severity: 'error', target: 'src/cart/' })).toBe('error or worse on src/cart/');
    expect(matcherWords({ source: 'git', place: '/home/ada/shop' })).toBe('anything from git in shop');
    expect(matcherWords({ type: 'deploy', severity: 'critical' })).toBe('“deploy”');
    expect(matcherWords({ severity: 'critical' })).toBe('critical');
    expect(matcherWords({})).toBe('anything');
    expect(matcherWords({ target: 'a\u202eb\n' })).toBe('anything on a b');
    expect(ruleWords(lockRule)).toBe('package-lock.json changed, then “test failed” on npm test within 30 minutes');
    expect([0, 60_000, 5_400_000, 86_400_000, 2 * 86_400_000].map(spanWords)).toEqual([
      '1 minute',
      '1 minute',
      '2 hours',
      '24 hours',
      '2 days',
    ]);
  });

  it('[ME6.5] is held against what happened in the world, never against what Reverie caused or concluded', () => {
    expect(isOfTheWorld(cart)).toBe(true);
    expect(isOfTheWorld({ ...brief, trust: 'owner' })).toBe(true);
    expect(isOfTheWorld({ ...cart, causeId: 'delegation' })).toBe(false);
    expect(isOfTheWorld({ ...cart, trust: 'app' })).toBe(false);
    expect(isOfTheWorld({ ...brief, trust: 'derived' })).toBe(false);
  });
});
