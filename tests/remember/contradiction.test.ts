import { describe, expect, it } from 'vitest';
import type { Memory } from '../../core/memory.ts';
import { contradictory } from '../../core/remember/contradiction.ts';
import { readingOf } from '../../core/remember/likeness.ts';
import { memory, rule } from './keeping-kit.ts';

const contradict = (a: Partial<Memory>, b: Partial<Memory>) => {
  const [one, other] = [memory('a', a), memory('b', b)];
  const forth = contradictory(one, other, { a: readingOf(one.text), b: readingOf(other.text) });
  const back = contradictory(other, one, { a: readingOf(other.text), b: readingOf(one.text) });
  expect(back).toBe(forth);
  return forth;
};
const texts = (a: string, b: string) => contradict({ text: a }, { text: b });

describe('whether two memories contradict each other', () => {
  it.each([
    ['src/cart.ts passes its tests', 'src/cart.ts fails its tests'],
    ['the retry in gateway.ts was added', 'the retry in gateway.ts was removed'],
    ['memory of the worker is rising every night', 'memory of the worker is falling every night'],
    ['the login of shop is fixed', 'the login of shop is broken'],
    ['the nightly build of shop fails', 'the nightly build of shop no longer fails'],
    ['commits to main always pass the lint', 'commits to main never pass the lint'],
  ])('[ME2.27] opposite sides of one subject: %s', (a, b) => expect(texts(a, b)).toBe(true));

  it.each([
    ['the port is 8080', 'The port is 3000.'],
    ['the default branch is main', 'the default branch is develop'],
    ['The entry point is src/main.ts', 'The entry point is src/index.ts'],
    ['timeout = 30', 'timeout = 60'],
  ])('[ME2.27] one fact with another value: %s', (a, b) => expect(texts(a, b)).toBe(true));

  it('[ME2.27] rules with the same condition and the opposite outcome', () => {
    const rules = (a: string, b: string, target = 'npm test') =>
      contradict({ rule: rule('file-changed', a) }, { rule: rule('file-changed', b, target) });
    expect(rules('test-failed', 'test-passed')).toBe(true);
    expect(rules('test-failed', 'test-passed', 'npm run e2e')).toBe(false);
    expect(rules('test-failed', 'build-passed')).toBe(false);
    expect(rules('test-failed', 'file-changed')).toBe(false);
    expect(
      contradict({ rule: rule('commit-made', 'test-failed') }, { rule: rule('file-changed', 'test-passed') }),
    ).toBe(false);
  });

  it.each([
    ['src/cart.ts passes its tests', 'src/card.ts fails its tests'],
    ['src/cart.ts passes its tests', 'src/cart.ts passes its checks'],
    ['the server is slow', 'the server is old'],
    ['the build takes 12 s', 'the build takes 15 s'],
    ['the cart tests fail', 'the cart tests do not pass'],
    ['cart.ts went from failing to passing', 'cart.ts fails'],
    ['On 2026-11-20 the build of shop failed', 'On 2026-11-21 the build of shop passed'],
    ['lunch was added to the calendar by Ada', 'a dependency was removed from the shop by Ada'],
    ['', ''],
    ['🎉 passes', '🎉 fails'],
  ])('[ME2.28] it rather misses one than finds one that is none: %s', (a, b) => expect(texts(a, b)).toBe(false));

  it('[ME2.28] two that are about different targets never contradict', () => {
    const [a, b] = ['the checks of the shop pass', 'the checks of the shop fail'];
    expect(contradict({ text: a, target: 'x' }, { text: b, target: 'x' })).toBe(true);
    expect(contradict({ text: a, target: 'x' }, { text: b, target: 'y' })).toBe(false);
  });
});
