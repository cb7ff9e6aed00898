import type { Measurement } from './measurement.ts';
import { locomo } from './recall-locomo.ts';
import { measurements as sizes } from './recall-size.ts';

export const measurements: readonly Measurement[] = [locomo, ...sizes];
