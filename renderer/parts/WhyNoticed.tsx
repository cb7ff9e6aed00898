import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { ObservationView } from '../../core/protocol.ts';
import { useOpened } from '../use-opened.ts';
import { figureWords, words } from '../words.ts';
import { Bar } from './Bar.tsx';

type Salience = ObservationView['salience'];
const names = ['relevance', 'novelty', 'urgency'] as const;

/** The answer to "why did you notice this?": the three terms, the score, and what it came to. */
export function WhyNoticed({ salience }: { salience: Salience }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="quiet-button disclosure"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight aria-hidden="true" />
        {words.whyNoticed}
      </button>
      <div id={id}>
        {open && (salience ? <Terms salience={salience} /> : <p className="faint">{words.notWeighed}</p>)}
      </div>
    </>
  );
}

function Terms({ salience }: { salience: NonNullable<Salience> }) {
  return (
    <div className="terms">
      {names.map((name) => (
        <Bar
          key={name}
          label={words.terms[name].label}
          means={words.terms[name].means}
          value={salience.terms[name]}
          figure={figureWords(salience.terms[name])}
        />
      ))}
      <p className="terms-score" dir="auto">
        <strong>
          {words.score} {figureWords(salience.score)}
        </strong>{' '}
        {salience.ignored === null ? words.attended : words.ignored(salience.ignored)}
      </p>
      {salience.learned && <Learned learned={salience.learned} />}
    </div>
  );
}

/** The learned pattern that made it stand out, and the way to it. */
function Learned({ learned }: { learned: NonNullable<NonNullable<Salience>['learned']> }) {
  const { open } = useOpened();
  return (
    <p className="learned">
      {words.learned(learned.confidence)} <span dir="auto">{learned.text}</span>{' '}
      <button type="button" className="text-button" onClick={() => open(learned.patternId)}>
        {words.toPattern}
      </button>
    </p>
  );
}
