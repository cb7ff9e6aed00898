import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../build/bench.ts';
import { processFigures } from '../kit/machine.ts';
import { type Bar, type Measurement, median, percentile } from './measurement.ts';

const bar = (want: Bar['want'], target = 10): Bar => ({ unit: 'ms', target, want });
const options = { large: false, paths: [] };
const passOf = async (want: Bar['want'], value: number) => {
  const measurement: Measurement = { rows: { x: bar(want) }, take: async () => ({ x: { value, note: '' } }) };
  return (await rowsOf('g', measurement, options)).map((row) => row.pass);
};

describe('the rows of the bench', () => {
  it('hold a figure against its target on the right side; the target itself passes', async () => {
    expect([await passOf('at-most', 10), await passOf('at-most', 10.1)]).toEqual([[true], [false]]);
    expect([await passOf('at-least', 10), await passOf('at-least', 9.9)]).toEqual([[true], [false]]);
    expect([await passOf('exactly', 10), await passOf('exactly', 9.9999)]).toEqual([[true], [false]]);
  });

  it('say why there is no value: a measurement that broke, a figure it did not give', async () => {
    const broken: Measurement = { rows: { a: bar('at-most') }, take: () => Promise.reject(new Error('no /proc here')) };
    expect(await rowsOf('g', broken, options)).toEqual([
      { id: 'a', group: 'g', value: null, unit: 'ms', target: 10, pass: false, note: 'no /proc here' },
    ]);
    const silent: Measurement = {
      rows: { a: bar('at-most'), b: bar('at-most') },
      take: async () => ({ a: { value: 3, note: 'three' }, b: { value: Number.NaN, note: '' } }),
    };
    const rows = await rowsOf('g', silent, options);
    expect(rows.map(({ value, pass }) => [value, pass])).toEqual([
      [3, true],
      [null, false],
    ]);
    expect(rows[1]?.note).not.toBe('');
  });

  it('rest on the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect([percentile(hundred, 0.95), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([95, 99, 100]);
    expect([median([3, 1, 2]), percentile([7], 0.95), percentile([], 0.5)]).toEqual([2, 7, Number.NaN]);
  });

  it.runIf(process.platform === 'linux')('read what the system counted for a process', () => {
    const before = processFigures(process.pid);
    for (let spin = 0; processFigures(process.pid).cpuMs <= before.cpuMs; spin++) if (spin > 1e6) break;
    const after = processFigures(process.pid);
    expect(after.cpuMs).toBeGreaterThan(before.cpuMs);
    expect(Math.abs(after.rssMb - process.memoryUsage.rss() / 2 ** 20)).toBeLessThan(40);
    expect(after.peakMb).toBeGreaterThanOrEqual(after.rssMb - 1);
  });
});
