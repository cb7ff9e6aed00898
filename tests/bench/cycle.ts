import { cycleOverhead } from './cycle-overhead.ts';
import { eventToPrompt } from './event-to-prompt.ts';
import type { Measurement } from './measurement.ts';

export const measurements: readonly Measurement[] = [eventToPrompt, cycleOverhead];
