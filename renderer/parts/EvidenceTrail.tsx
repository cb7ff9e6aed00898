import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { EvidenceView } from '../../core/protocol-memory.ts';
import { episodeWords, keptEpisodeWords } from '../episode-words.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions } from '../page-context.ts';
import { useOpened } from '../use-opened.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { Observations } from './Evidence.tsx';
import { Told } from './Told.tsx';

const shownAtFirst = 10;

/** Every piece of evidence with what was kept of it, newest first as it comes, and the way to the whole thing while it is there. */
export function EvidenceTrail({ evidence }: { evidence: readonly EvidenceView[] }) {
  const [all, setAll] = useState(false);
  if (evidence.length === 0) return <p className="soft">{memoryWords.noEvidence}</p>;
  const shown = all ? evidence : evidence.slice(0, shownAtFirst);
  return (
    <>
      <ul className="evidence-list">
        {shown.map((each) => (
          <EvidenceRow key={`${each.kind} ${each.id}`} evidence={each} />
        ))}
      </ul>
      {shown.length < evidence.length && (
        <button type="button" className="quiet-button" onClick={() => setAll(true)}>
          {memoryWords.allSleeps(evidence.length)}
        </button>
      )}
    </>
  );
}

function EvidenceRow({ evidence }: { evidence: EvidenceView }) {
  return (
    <li className="evidence-row">
      <p className="evidence-text" dir="auto">
        {evidence.kind === 'episode' ? keptEpisodeWords(evidence.snapshot) : evidence.snapshot}
      </p>
      <p className="meta">
        <span>{memoryWords.evidenceKinds[evidence.kind]}</span>
        <Age at={evidence.at} />
        {!evidence.there && <span>{memoryWords.onlySnapshot}</span>}
      </p>
      {evidence.there && (evidence.kind === 'memory' ? <ToMemory id={evidence.id} /> : <Whole evidence={evidence} />)}
    </li>
  );
}

function ToMemory({ id }: { id: string }) {
  const { open } = useOpened();
  return (
    <button type="button" className="quiet-button disclosure" onClick={() => open(id)}>
      <ChevronRight aria-hidden="true" />
      {memoryWords.showWhole.memory}
    </button>
  );
}

/** The thing itself, fetched when it is opened. */
function Whole({ evidence: { kind, id, at } }: { evidence: EvidenceView }) {
  const [open, setOpen] = useState(false);
  const placeId = useId();
  const actions = useActions();
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
        {memoryWords.showWhole[kind]}
      </button>
      <div id={placeId} className="evidence-whole">
        {open && kind === 'observation' && <Observations ids={[id]} />}
        {open && (kind === 'episode' || kind === 'insight') && (
          <Told
            ask={() => whole(kind, actions.happened(kind, id, at))}
            gone={memoryWords.wholeGone}
            loading={words.loading}
          />
        )}
      </div>
    </>
  );
}

type Whole = ReturnType<ReturnType<typeof useActions>['happened']>;

/** An episode in plain words. */
async function whole(kind: 'episode' | 'insight', asked: Whole): Whole {
  const told = await asked;
  if (kind !== 'episode' || !told.ok || told.value === null) return told;
  const { summary, outcome } = episodeWords(told.value);
  return { ok: true, value: outcome ? `${summary} ${memoryWords.outcome(outcome)}` : summary };
}
