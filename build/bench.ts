import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bar, type BenchOptions, figure, type Measurement, type Reading } from '../tests/bench/measurement.ts';
import { thisMachine } from '../tests/kit/machine.ts';
import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';

/**
 * Measures speed and size: `npm run bench -- [group [path …]] [--json FILE] [--large] [--locomo FILE]`. A missed target is reported and is no failure of
 * the bench; a measurement that could not be made is, and its row says why.
 */
const groups: Readonly<Record<string, () => Promise<{ measurements: readonly Measurement[] }>>> = {
  cycle: () => import('../tests/bench/cycle.ts'),
  intake: () => import('../tests/bench/intake.ts'),
  gateway: () => import('../tests/bench/gateway.ts'),
  start: () => import('../tests/bench/start.ts'),
  idle: () => import('../tests/bench/idle.ts'),
  recall: () => import('../tests/bench/recall.ts'),
  memory: () => import('../tests/bench/memory.ts'),
  page: () => import('../tests/bench/page.ts'),
};

/** One line of the table, as it is written to the file. */
export interface Row {
  id: string;
  group: string;
  /** null when it could not be measured; the note says why. */
  value: number | null;
  unit: string;
  target: number;
  pass: boolean;
  note: string;
}

interface Taken {
  readings: Readonly<Record<string, Reading>>;
  /** Why a figure is missing, if one is. */
  why: string;
}

/** Makes one measurement and gives its rows; what goes wrong becomes rows without a value. Never rejects. */
export async function rowsOf(group: string, measurement: Measurement, options: BenchOptions): Promise<Row[]> {
  const { readings, why } = await measurement.take(options).then(
    (readings): Taken => ({ readings, why: 'the measurement gave no such figure' }),
    (thrown: unknown): Taken => ({ readings: {}, why: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
  return Object.entries(measurement.rows).map(([id, bar]) => {
    const reading = readings[id];
    const known = reading !== undefined && Number.isFinite(reading.value);
    const value = known ? Number(reading.value.toPrecision(6)) : null;
    // Judged before it is rounded: one change in 600,000 counted twice is no 100 %.
    const pass = known && passes(reading.value, bar);
    return { id, group, value, unit: bar.unit, target: bar.target, pass, note: known ? reading.note : why };
  });
}

function passes(value: number, { target, want }: Bar): boolean {
  if (want === 'exactly') return value === target;
  return want === 'at-most' ? value <= target : value >= target;
}

const signs = { 'at-most': '≤', 'at-least': '≥', exactly: '=' } as const;

/** The table as text: a head, a line per row, and below each line what has to be known about it. */
function lineOf(row: Row, bar: Bar): string {
  const value = row.value === null ? '–' : bar.want === 'exactly' ? String(row.value) : figure(row.value);
  const cells = [
    row.id.padEnd(28),
    value.padStart(9),
    row.unit.padEnd(12),
    `${signs[bar.want]} ${row.target}`.padEnd(8),
  ];
  const outcome = row.value === null ? 'not measured' : row.pass ? 'pass' : 'MISSED';
  return `${cells.join('  ')}  ${outcome}\n    ${row.note}\n`;
}

const head = `${'id'.padEnd(28)}  ${'value'.padStart(9)}  ${'unit'.padEnd(12)}  ${'target'.padEnd(8)}  pass\n`;

async function measure(names: readonly string[], options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  process.stdout.write(head);
  for (const name of names) {
    const { measurements } = (await groups[name]?.()) ?? { measurements: [] };
    for (const measurement of measurements) {
      if (measurement.large && !options.large) continue;
      process.stderr.write(`measuring ${Object.keys(measurement.rows).join(', ')} …\n`);
      for (const row of await rowsOf(name, measurement, options)) {
        const bar = measurement.rows[row.id];
        if (bar) process.stdout.write(lineOf(row, bar));
        rows.push(row);
      }
    }
  }
  return rows;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' }, large: { type: 'boolean', default: false }, locomo: { type: 'string' } },
    allowPositionals: true,
  });
  const [group, ...paths] = positionals;
  if (group !== undefined && !Object.hasOwn(groups, group)) {
    process.stderr.write(`There is no group “${group}”; there are ${Object.keys(groups).join(', ')}.\n`);
    return 2;
  }
  ensureBuilt('host');
  ensureBuilt('page');
  const machine = thisMachine();
  process.stdout.write(`${Object.values(machine).join(' · ')}\n`);
  const rows = await measure(group === undefined ? Object.keys(groups) : [group], {
    large: values.large,
    paths,
    ...(values.locomo !== undefined && { locomo: resolve(values.locomo) }),
  });
  const missed = rows.filter((row) => row.value !== null && !row.pass).length;
  const unmade = rows.filter((row) => row.value === null).length;
  process.stdout.write(`${rows.length - missed - unmade} passed, ${missed} missed, ${unmade} not measured\n`);
  if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  return unmade === 0 ? 0 : 1;
}

if (import.meta.main) {
  needNode24();
  process.exitCode = await main();
}
