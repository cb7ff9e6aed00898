import type { Measurement } from './measurement.ts';
import { locomo } from './recall-locomo.ts';

export const measurements: readonly Measurement[] = [locomo];
