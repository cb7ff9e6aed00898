import { expect, it } from 'vitest';
import { idMaker } from '../../core/ids.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';

const sorted = (ids: readonly string[]) => ids.toSorted((a, b) => (a < b ? -1 : 1));

it('[OB2.1] ids have 26 characters and sort in the order they were made: in one millisecond, and after the clock was set back', async () => {
  const clock = fakeClock();
  const next = idMaker(clock, seededRandom(1));
  const ids: string[] = [];
  for (let n = 0; n < 200; n++) {
    ids.push(next());
    if (n % 7 === 0) await clock.pass(1);
    if (n === 100) clock.jump(-3_600_000);
  }
  expect(ids).toEqual(sorted(ids));
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
});

it('[OB2.1] ids sort by time over restarts', async () => {
  const clock = fakeClock();
  const ids: string[] = [];
  for (let seed = 0; seed < 20; seed++) {
    ids.push(idMaker(clock, seededRandom(seed))());
    await clock.pass(1);
  }
  expect(ids).toEqual(sorted(ids));
});

it('[OB2.1] ids still sort when chance has used up its highest number', () => {
  const next = idMaker(fakeClock(), { stream: () => () => 1 - Number.EPSILON });
  const ids = [next(), next(), next()];
  expect(ids[0]?.slice(10)).toBe('Z'.repeat(16));
  expect(ids).toEqual(sorted(ids));
  expect(new Set(ids).size).toBe(3);
});
