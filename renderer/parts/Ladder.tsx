import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import type { Rung } from '../../core/protocol.ts';
import { modelWords } from '../model-words.ts';

const icons = { good: CircleCheck, bad: CircleAlert, warning: TriangleAlert, unknown: CircleDashed };

/** Rung by rung, what is there and what is missing; a remedy only where there is something to mend. */
export function Ladder({ rungs }: { rungs: readonly Rung[] }) {
  return (
    <ul className="rungs">
      {rungs.map(({ name, state, says, remedy }) => {
        const Icon = icons[state];
        return (
          <li key={name} className={`rung rung-${state}`}>
            <Icon aria-hidden="true" />
            <span className="hidden">{modelWords.rungStates[state]}:</span>
            <span className="rung-says" dir="auto">
              {says}
            </span>
            {remedy && (
              <p className="remedy rung-remedy" dir="auto">
                {remedy}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
