import { backToThought } from './back-to-thought.ts';
import { gatewayLanes } from './gateway-lanes.ts';
import { gatewayOverhead } from './gateway-overhead.ts';
import type { Measurement } from './measurement.ts';
import { prefixReuse } from './prefix-reuse.ts';
import { earlyStop } from './stream-early-stop.ts';
import { processorRate } from './stream-processors.ts';

export const measurements: readonly Measurement[] = [
  prefixReuse,
  earlyStop,
  gatewayOverhead,
  processorRate,
  gatewayLanes,
  backToThought,
];
