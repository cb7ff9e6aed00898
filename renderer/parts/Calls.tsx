import { TriangleAlert } from 'lucide-react';
import type { ModelView } from '../../core/protocol.ts';
import { countWords, speedWords, waitWords } from '../figures.ts';
import { modelWords } from '../model-words.ts';
import { useCommand } from '../use-command.ts';
import { Figures } from './Figures.tsx';

/** What is asked of the model: the running call, who waits, how fast it answers, and whether it is asked at all. */
export function Calls({ view }: { view: ModelView }) {
  const { calls, breaker } = view;
  const running = calls.running.map(({ purpose, tokens, ms }) =>
    modelWords.runningCall(purpose, tokens, waitWords(ms)),
  );
  const { figures } = modelWords;
  return (
    <>
      {breaker.state !== 'closed' && <Breaker breaker={breaker} />}
      {view.api !== null && !view.canTellBusy && <CannotTell problem={view.lms.problem} />}
      <div className="speeds">
        <Speed name={figures.speed} value={calls.tokensPerSecond === null ? null : speedWords(calls.tokensPerSecond)} />
        <Speed name={figures.first} value={calls.firstTokenMs === null ? null : waitWords(calls.firstTokenMs)} />
      </div>
      <Figures figures={[[figures.running, running.length === 0 ? modelWords.idle : running.join('; ')]]} />
      <Queue waiting={calls.waiting} />
      <h3 className="label sub-label">{modelWords.sinceStart}</h3>
      <Figures
        figures={[
          [figures.answered, countWords(calls.answered)],
          [figures.early, countWords(calls.stoppedEarly)],
          [figures.cached, countWords(calls.cacheHits)],
          [figures.preempted, countWords(calls.preempted)],
          [figures.failed, countWords(calls.failed)],
        ]}
      />
    </>
  );
}

function Speed({ name, value }: { name: string; value: string | null }) {
  return (
    <p className="speed">
      <span className="soft">{name}</span>
      {value === null ? (
        <span className="faint">{modelWords.nothingYet}</span>
      ) : (
        <span className="speed-value">{value}</span>
      )}
    </p>
  );
}

/** How many wait in each lane, the owner's first, as they are served. */
function Queue({ waiting }: { waiting: ModelView['calls']['waiting'] }) {
  const lanes = Object.entries(modelWords.lanes) as [keyof typeof waiting, string][];
  return (
    <div className="queue">
      <span className="soft">{modelWords.queue}</span>
      <ul className="lanes">
        {lanes.map(([lane, name]) => (
          <li key={lane} className={waiting[lane] > 0 ? 'lane lane-full' : 'lane'}>
            {name} <span>{countWords(waiting[lane])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Breaker({ breaker }: { breaker: ModelView['breaker'] }) {
  const { run, busy, said } = useCommand();
  if (breaker.state === 'closed') return null;
  return (
    <div className="caution">
      <TriangleAlert aria-hidden="true" />
      <div>
        <p className="caution-what">{modelWords.breaker[breaker.state]}</p>
        <p dir="auto">{breaker.why}</p>
        {breaker.state === 'open' && (
          <button type="button" className="button" aria-disabled={busy} onClick={() => void run({ kind: 'try-again' })}>
            {modelWords.tryAgain}
          </button>
        )}
        {said}
      </div>
    </div>
  );
}

function CannotTell({ problem }: { problem: string | null }) {
  return (
    <p className="hint-box">
      {modelWords.cannotTell} {problem && <span dir="auto">{problem} </span>}
      {modelWords.cannotTellRemedy}
    </p>
  );
}
