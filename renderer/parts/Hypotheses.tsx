import { CircleCheck, CircleDashed, CircleOff, CircleX } from 'lucide-react';
import { useState } from 'react';
import type { DreamsView, MemoryView } from '../../core/protocol-memory.ts';
import { exactWords, untilWords } from '../age.ts';
import { countWords } from '../figures.ts';
import { memoryWords } from '../memory-words.ts';
import { usePart } from '../page-context.ts';
import { useOpened } from '../use-opened.ts';
import { Age } from './Age.tsx';
import { Rule } from './Predictions.tsx';

const shownAtFirst = 6;
const icons = {
  seen: CircleCheck,
  'needs-validation': CircleDashed,
  confirmed: CircleCheck,
  refuted: CircleX,
  expired: CircleOff,
};
const tallies = Object.keys(memoryWords.tally) as (keyof DreamsView['counts'])[];

/** What it dreamt up and whether it came true: those that wait first. */
export function Hypotheses({ dreams, counts }: Pick<DreamsView, 'dreams' | 'counts'>) {
  const [all, setAll] = useState(false);
  const shown = all ? dreams : dreams.slice(0, shownAtFirst);
  if (dreams.length === 0 && tallies.every((each) => counts[each] === 0))
    return (
      <>
        <p className="empty-title">{memoryWords.noDreams}</p>
        <p className="faint">{memoryWords.noDreamsWhy}</p>
      </>
    );
  return (
    <>
      <p className="soft">{memoryWords.dreamsIntro}</p>
      <dl className="tallies">
        {tallies.map((each) => (
          <div key={each} className={`tally tally-${each}`}>
            <dt>{memoryWords.tally[each]}</dt>
            <dd>{countWords(counts[each])}</dd>
          </div>
        ))}
      </dl>
      <ul className="rows">
        {shown.map((dream) => (
          <Hypothesis key={dream.id} dream={dream} />
        ))}
      </ul>
      {shown.length < dreams.length && (
        <button type="button" className="quiet-button" onClick={() => setAll(true)}>
          {memoryWords.allSleeps(dreams.length)}
        </button>
      )}
    </>
  );
}

function Hypothesis({ dream }: { dream: MemoryView }) {
  const { open } = useOpened();
  const Icon = icons[dream.validation];
  return (
    <li className="row hypothesis">
      <p className={`meta hypothesis-state hypothesis-${dream.validation}`}>
        <Icon aria-hidden="true" />
        <span>{memoryWords.dreamStates[dream.validation]}</span>
        <Age at={dream.formedAt} />
        {dream.validation === 'needs-validation' && dream.expiresAt !== null && <Expiry at={dream.expiresAt} />}
      </p>
      <p className="memory-clamped" dir="auto">
        {dream.text}
      </p>
      {dream.rule !== null && <Rule memory={dream} />}
      <button type="button" className="text-button hint" onClick={() => open(dream.id)}>
        {memoryWords.evidenceOf}
        <span className="hidden" dir="auto">
          {`: ${dream.text.slice(0, 120)}`}
        </span>
      </button>
    </li>
  );
}

function Expiry({ at }: { at: number }) {
  const when = usePart((state) => untilWords(at, state.nowAt));
  return <span title={exactWords(at)}>{memoryWords.expires(when)}</span>;
}
