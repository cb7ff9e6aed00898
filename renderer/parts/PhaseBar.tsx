import { useId } from 'react';
import type { SleepView } from '../../core/protocol-memory.ts';
import { lengthMs } from '../memory-words.ts';
import { sharesOf } from '../phase-shares.ts';

type Phase = SleepView['phases'][number]['phase'];

/**
 * The phases of one sleep in proportion to their time, and the rest at its end, as attributes of SVG, which a strict content policy
 * allows. Decorative.
 */
export function PhaseBar({ sleep, nowAt }: { sleep: SleepView; nowAt: number }) {
  const base = useId();
  const { phases: shares, rest } = sharesOf(
    sleep.phases.map((phase) => lengthMs(phase, nowAt)),
    lengthMs(sleep, nowAt),
  );
  const begins = shares.map((_, index) => shares.slice(0, index).reduce((sum, each) => sum + each, 0));
  return (
    <svg className="phase-bar" aria-hidden="true">
      <Patterns base={base} />
      {sleep.phases.map(({ phase, startedAt }, index) => {
        const x = begins[index]!;
        return (
          <g key={startedAt + phase}>
            {['phase', 'phase-pattern'].map((layer) => (
              <rect
                key={layer}
                className={`${layer} ${layer}-${phase}`}
                fill={layer === 'phase' ? undefined : `url(#${base}-${phase})`}
                x={`${x * 100}%`}
                width={`${shares[index]! * 100}%`}
                height="100%"
              />
            ))}
            {index > 0 && <rect className="phase-gap" x={`${x * 100}%`} width="2" height="100%" />}
          </g>
        );
      })}
      {rest > 0 && <rect className="phase-rest" x={`${(1 - rest) * 100}%`} width={`${rest * 100}%`} height="100%" />}
    </svg>
  );
}

/** A small sample of a phase's colour and pattern, for the legend. */
export function PhaseSample({ phase }: { phase: Phase }) {
  const base = useId();
  return (
    <svg className="phase-sample" aria-hidden="true">
      <Patterns base={base} />
      <rect className={`phase phase-${phase}`} width="100%" height="100%" />
      <rect className="phase-pattern" fill={`url(#${base}-${phase})`} width="100%" height="100%" />
    </svg>
  );
}

/** The same for rest. */
export const RestSample = () => (
  <svg className="phase-sample" aria-hidden="true">
    <rect className="phase-rest" width="100%" height="100%" />
  </svg>
);

/** Lines for deep sleep, dots for dreams: what colour says is never said by colour alone. */
function Patterns({ base }: { base: string }) {
  return (
    <defs>
      <pattern id={`${base}-deep`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="phase-ink" width="1.5" height="5" />
      </pattern>
      <pattern id={`${base}-dream`} width="6" height="6" patternUnits="userSpaceOnUse">
        <circle className="phase-ink" cx="3" cy="3" r="1.25" />
      </pattern>
      <pattern id={`${base}-digest`} width="5" height="5" patternUnits="userSpaceOnUse">
        <rect className="phase-ink" y="2" width="5" height="1.5" />
      </pattern>
    </defs>
  );
}
