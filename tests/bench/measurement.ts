/** What every measurement of the bench is made of. A group is a file that exports `measurements`, and a line in build/bench.ts. */

/** What a figure is held against. */
export interface Bar {
  unit: string;
  target: number;
  /** On which side of the target the figure has to be; the target itself passes. */
  want: 'at-most' | 'at-least' | 'exactly';
}

export interface Reading {
  value: number;
  /** How it came about, for people: what was left out, how many, what else was seen. */
  note: string;
}

export interface BenchOptions {
  /** Also what takes long and needs much room. */
  large: boolean;
  /** Arguments after the group's name: data a group may want. */
  paths: readonly string[];
  /** A file of the LoCoMo data set, where one was given. */
  locomo?: string;
}

/** One experiment and the rows it fills, so that rows which come from one run are measured once. */
export interface Measurement {
  rows: Readonly<Record<string, Bar>>;
  /** Only with `--large`. */
  large?: true;
  /** Resolves with a reading per row; rejects with words when it cannot be made here. Ends whatever it started either way. */
  take(options: BenchOptions): Promise<Readonly<Record<string, Reading>>>;
}

/** The nearest-rank percentile; NaN of nothing. `share` is 0..1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** A figure with as many digits as it is worth. */
export const figure = (value: number): string => String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));

/** Waits. For pacing a load and letting a process come to rest; nothing is concluded from the wait itself. */
export const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));
