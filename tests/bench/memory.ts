import type { Measurement } from './measurement.ts';
import { year } from './memory-year.ts';
import { sleepKills } from './sleep-kills.ts';

export const measurements: readonly Measurement[] = [year, sleepKills];
