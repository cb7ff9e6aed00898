import { describe, expect, it } from 'vitest';
import {
  binomialTail,
  countedTests,
  discoveries,
  logGamma,
  poissonTail,
  studentTail,
  togetherTail,
} from '../../core/sleep/mine/statistics.ts';

describe('what is more than chance', () => {
  it('[SL2.62] agrees with figures worked out by hand and with printed tables', () => {
    expect(Math.exp(logGamma(6))).toBeCloseTo(120, 6);
    expect(binomialTail(3, 3, 0.1)).toBeCloseTo(0.001, 9);
    expect(binomialTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 9);
    expect(binomialTail(0, 5, 0.5)).toBe(1);
    expect(poissonTail(1, 2)).toBeCloseTo(1, 0);
    expect(poissonTail(3, 1)).toBeCloseTo(1 - 2.5 * Math.exp(-1), 9);
    // The lady tasting tea: four of four.
    expect(togetherTail(4, 4, 4, 8)).toBeCloseTo(1 / 70, 9);
    expect(togetherTail(3, 4, 4, 8)).toBeCloseTo(17 / 70, 9);
    expect(studentTail(2.228, 10)).toBeCloseTo(0.05, 3);
    expect(studentTail(0, 10)).toBeCloseTo(1, 9);
  });

  it('[SL2.62] stays a probability for very large counts', () => {
    for (const value of [binomialTail(9_000, 10_000, 0.5), poissonTail(50_000, 1), togetherTail(400, 500, 600, 9_000)])
      expect(value >= 0 && value < 1e-9).toBe(true);
  });

  it('[SL2.62] corrects for the number of tests, and leaves out those that could show nothing', () => {
    const found = [0.001, 0.02, 0.04].map((chance) => ({ chance }));
    expect(discoveries(found, 3)).toHaveLength(3);
    expect(discoveries(found, 10)).toHaveLength(1);
    expect(discoveries(found, 1_000)).toHaveLength(0);
    expect(
      countedTests([
        { least: 1e-9, times: 4 },
        { least: 0.2, times: 1_000 },
      ]),
    ).toBe(4);
    expect(countedTests([{ least: 1e-9, times: 1_000 }])).toBe(1_000);
    expect(countedTests([])).toBe(1);
  });
});
