import { useEffect, useState } from 'react';
import type { InsightView, ObservationView } from '../../core/protocol.ts';
import { insightWords } from '../insight-words.ts';
import { useActions } from '../page-context.ts';
import { originWords, words } from '../words.ts';
import { Age } from './Age.tsx';
import { WhyNoticed } from './WhyNoticed.tsx';

type Fetched = Awaited<ReturnType<ReturnType<typeof useActions>['evidence']>> | null;

/** The observations behind an insight, fetched when it is opened. */
export function Evidence({ insight }: { insight: Pick<InsightView, 'evidenceIds' | 'confidence' | 'importance'> }) {
  return (
    <div className="evidence">
      <Observations ids={insight.evidenceIds} figures={words.figures(insight.confidence, insight.importance)} />
    </div>
  );
}

/** The rest of a long list is one click away. */
const shownFirst = 8;

/** The observations of these ids, fetched when they are first drawn, and how many of them are gone. */
export function Observations({ ids, figures = '' }: { ids: string[]; figures?: string }) {
  const fetched = useEvidence(ids);
  const [all, setAll] = useState(false);
  if (!fetched) return <p className="faint evidence-note">{words.loading}</p>;
  if (!fetched.ok)
    return (
      <p className="problem" role="alert">
        {fetched.message}
      </p>
    );
  const missing = ids.length - fetched.value.length;
  return (
    <>
      {fetched.value.length === 0 && <p className="faint evidence-note">{words.noEvidence}</p>}
      <ul className="evidence-list">
        {(all ? fetched.value : fetched.value.slice(0, shownFirst)).map((observation) => (
          <EvidenceRow key={observation.id} observation={observation} />
        ))}
      </ul>
      {fetched.value.length > shownFirst && (
        <button type="button" className="text-button hint" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? insightWords.less : insightWords.allEvidence(fetched.value.length)}
        </button>
      )}
      {(figures || (missing > 0 && fetched.value.length > 0)) && (
        <p className="faint evidence-note">
          {missing > 0 && fetched.value.length > 0 && `${words.missingEvidence(missing)} `}
          {figures}
        </p>
      )}
    </>
  );
}

/** Fetches the observations of `ids`; null until there is an answer. An answer that comes after the owner left is dropped. */
function useEvidence(ids: string[]): Fetched {
  const actions = useActions();
  const [fetched, setFetched] = useState<Fetched>(null);
  const key = ids.join(' ');
  useEffect(() => {
    let wanted = true;
    void actions.evidence(key.split(' ')).then((answer) => wanted && setFetched(answer));
    return () => {
      wanted = false;
    };
  }, [actions, key]);
  return fetched;
}

function EvidenceRow({ observation }: { observation: ObservationView }) {
  const isNote = observation.status === 'snapshot';
  return (
    <li className="evidence-row">
      <p className="evidence-text" dir="auto">
        {observation.text}
      </p>
      <p className="meta">
        <span dir="auto">{originWords(observation)}</span>
        <Age at={observation.lastAt} />
        {observation.count > 1 && <span>{words.times(observation.count)}</span>}
      </p>
      {isNote ? (
        <p className="faint evidence-note">{words.keptNote}</p>
      ) : (
        <WhyNoticed salience={observation.salience} />
      )}
    </li>
  );
}
