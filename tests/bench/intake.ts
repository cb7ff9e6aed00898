import { steadyFlow } from './intake-flow.ts';
import { againstBareInserts } from './intake-rate.ts';
import type { Measurement } from './measurement.ts';

export const measurements: readonly Measurement[] = [steadyFlow, againstBareInserts];
