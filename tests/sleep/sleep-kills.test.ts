import { describe, expect, it } from 'vitest';
import { killInSleep } from '../bench/sleep-kills.ts';

describe('kill -9 in sleep', () => {
  it('[SL2.20] at twenty moments, on one database: every episode is learned from at most once, none is lost, every record is whole', async () => {
    const { violations, killed, episodes } = await killInSleep(20, 7);
    expect(violations).toEqual([]);
    expect(killed).toBe(20);
    expect(episodes).toBeGreaterThan(100);
  });
});
