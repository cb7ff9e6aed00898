import { ChevronRight, CircleCheck, CircleDashed, CircleHelp, CircleX } from 'lucide-react';
import { useId, useState } from 'react';
import type { MemoryDetail, MemoryView } from '../../core/protocol-memory.ts';
import { exactWords, untilWords } from '../age.ts';
import { memoryWords } from '../memory-words.ts';
import { usePart } from '../page-context.ts';
import { Age } from './Age.tsx';
import { Observations } from './Evidence.tsx';
import { Meter } from './Meter.tsx';

type Prediction = MemoryDetail['predictions'][number];
const icons = { open: CircleDashed, met: CircleCheck, 'not-met': CircleX, unknown: CircleHelp };
const shownAtFirst = 6;

/** The rule in words, how often it held, and each case with what settled it. */
export function Predictions({ memory, predictions }: { memory: MemoryView; predictions: readonly Prediction[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? predictions : predictions.slice(0, shownAtFirst);
  return (
    <>
      {memory.rule !== null && <Rule memory={memory} />}
      {predictions.length === 0 ? (
        <p className="faint">{memoryWords.noPredictions}</p>
      ) : (
        <>
          <h3 className="label sub-label">{memoryWords.predictions}</h3>
          <ul className="predictions">
            {shown.map((each) => (
              <PredictionRow key={`${each.since} ${each.dueAt}`} prediction={each} />
            ))}
          </ul>
        </>
      )}
      {shown.length < predictions.length && (
        <button type="button" className="quiet-button" onClick={() => setAll(true)}>
          {memoryWords.allSleeps(predictions.length)}
        </button>
      )}
    </>
  );
}

/** The rule and its score; also of a dream. */
export function Rule({ memory }: { memory: Pick<MemoryView, 'rule' | 'hits' | 'misses'> }) {
  const { rule, hits, misses } = memory;
  const words = memoryWords.score(hits, misses);
  return (
    <div className="rule">
      <p dir="auto">{rule}</p>
      <p className="meta">
        {hits + misses > 0 && <Meter className="strength-meter" value={hits / (hits + misses)} label={words} />}
        <span>{words}</span>
      </p>
    </div>
  );
}

function PredictionRow({ prediction }: { prediction: Prediction }) {
  const { settlement, since, dueAt, observationIds } = prediction;
  const Icon = icons[settlement];
  const due = usePart((state) => untilWords(dueAt, state.nowAt));
  return (
    <li className={`prediction prediction-${settlement}`}>
      <Icon aria-hidden="true" />
      <div className="prediction-words">
        <p className="meta">
          <span className="prediction-word">{memoryWords.settlements[settlement]}</span>
          <Age at={since} />
          {settlement === 'open' && <span title={exactWords(dueAt)}>{memoryWords.due(due)}</span>}
          {settlement === 'not-met' && observationIds.length === 0 && <span>{memoryWords.settledByNothing}</span>}
        </p>
        {observationIds.length > 0 && <SettledBy ids={observationIds} />}
      </div>
    </li>
  );
}

function SettledBy({ ids }: { ids: string[] }) {
  const [open, setOpen] = useState(false);
  const placeId = useId();
  return (
    <>
      <button
        type="button"
        className="quiet-button disclosure"
        aria-expanded={open}
        aria-controls={placeId}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight aria-hidden="true" />
        {memoryWords.settledBy(ids.length)}
      </button>
      <div id={placeId} className="settled">
        {open && <Observations ids={ids} />}
      </div>
    </>
  );
}
