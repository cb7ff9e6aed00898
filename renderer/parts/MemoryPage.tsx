import { ArrowLeft } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { MemoryDetail, MemoryView } from '../../core/protocol-memory.ts';
import { memoryFacts, memoryWords } from '../memory-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { useFetched } from '../use-fetched.ts';
import { useOpened } from '../use-opened.ts';
import { figureWords, words } from '../words.ts';
import { Age } from './Age.tsx';
import { Bar } from './Bar.tsx';
import { Empty } from './Empty.tsx';
import { EvidenceTrail } from './EvidenceTrail.tsx';
import { MemoryActions } from './MemoryActions.tsx';
import { PinnedMark } from './MemoryCard.tsx';
import { Parted, type Parting } from './Parted.tsx';
import { Predictions } from './Predictions.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';

/** One memory with all it rests on and all that may be done with it. Escape leads back. */
export function MemoryPage({ id }: { id: string }) {
  const actions = useActions();
  const { back } = useOpened();
  const [parting, setParting] = useState<Parting | null>(null);
  const fetched = useFetched(useCallback(() => actions.memory(id), [actions, id]));
  const place = useRef<HTMLDivElement>(null);
  const detail = fetched?.ok ? fetched.value : null;
  useFocusOnOpen(place, detail !== null && parting === null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) back();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a second way for what the first button in it does
    <div className="memory-page" ref={place} onKeyDown={onKeyDown}>
      <BackButton />
      {parting ? (
        <Parted id={id} parting={parting} onBack={() => setParting(null)} />
      ) : !fetched ? (
        <p className="faint">{memoryWords.fetching}</p>
      ) : !fetched.ok ? (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {fetched.message}
        </p>
      ) : detail ? (
        <Detail detail={detail} onPart={setParting} />
      ) : (
        <Empty title={memoryWords.goneTitle} text={memoryWords.gone} />
      )}
    </div>
  );
}

/** What was opened gets the focus, so that it is read from its beginning. */
function useFocusOnOpen(place: React.RefObject<HTMLElement | null>, ready: boolean) {
  useEffect(() => {
    if (!ready) return;
    place.current?.querySelector<HTMLElement>('[data-begins]')?.focus({ preventScroll: true });
    place.current?.closest('.panel')?.scrollTo(0, 0);
  }, [place, ready]);
}

function BackButton() {
  const { back } = useOpened();
  const label = usePart(({ opened }) => {
    if (opened && opened.trail.length > 1) return memoryWords.back.other;
    if (opened?.from === 'memory' || opened?.from === 'dreams') return memoryWords.back[opened.from];
    return memoryWords.back.other;
  });
  return (
    <button type="button" className="quiet-button back" onClick={back}>
      <ArrowLeft aria-hidden="true" />
      {label}
    </button>
  );
}

/** What it says and predicts; what it rests on after it, or beside it where there is room. */
function Detail({ detail, onPart }: { detail: MemoryDetail; onPart: (parting: Parting) => void }) {
  const { memory, contradicting } = detail;
  return (
    <div className="memory-columns">
      <div className="memory-column">
        <article className="card memory-whole">
          <Head memory={memory} />
          <MemoryActions memory={memory} onPart={onPart} />
        </article>
        {(memory.rule !== null || detail.predictions.length > 0) && (
          <Section title={memory.rule === null ? memoryWords.predictions : memoryWords.ruleTitle}>
            <Predictions memory={memory} predictions={detail.predictions} />
          </Section>
        )}
      </div>
      <div className="memory-column">
        <Section title={memoryWords.evidence(detail.evidence.length)}>
          <EvidenceTrail evidence={detail.evidence} />
        </Section>
        {contradicting.length > 0 && (
          <Section title={memoryWords.contradicting}>
            <Contradicting memories={contradicting} />
          </Section>
        )}
        <Section title={memoryWords.because}>
          <div className="terms">
            <Bar label={memoryWords.importance} value={memory.importance} figure={figureWords(memory.importance)} />
            <Bar label={memoryWords.strength} value={memory.strength} figure={figureWords(memory.strength)} />
          </div>
          <p className="soft memory-because" dir="auto">
            {memory.because.length === 0 ? memoryWords.noBecause : memory.because.join(', ')}
          </p>
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card">
      <h2 className="label">{title}</h2>
      {children}
    </section>
  );
}

function Head({ memory }: { memory: MemoryView }) {
  return (
    <>
      <h2 className="meta memory-kind" tabIndex={-1} data-begins="">
        <span className={`chip kind-${memory.kind}`}>{memoryWords.oneKind[memory.kind]}</span>
        {memory.rule !== null && memory.validation !== 'seen' && (
          <span className={`chip state-chip-${memory.validation}`}>{memoryWords.validations[memory.validation]}</span>
        )}
        {memory.pinned && <PinnedMark />}
        <Age at={memory.formedAt} />
      </h2>
      <p className="memory-text memory-text-whole" dir="auto">
        {memory.text}
      </p>
      {memory.target && <AllAbout target={memory.target} />}
      <p className="meta">
        {memoryFacts(memory).map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {memory.trust === 'owner' ? (
          <span>{memoryWords.trusts.owner}</span>
        ) : (
          <ReasonerBadge reasoner={memory.reasoner} />
        )}
      </p>
    </>
  );
}

/** What it is about, and the way to all else about that. */
function AllAbout({ target }: { target: string }) {
  const store = useStore();
  const show = () =>
    store.set({
      opened: null,
      memory: { ...store.get().memory, ask: { ...store.get().memory.ask, text: '', target }, loaded: false, items: [] },
    });
  return (
    <p className="meta memory-target">
      <span dir="auto">{memoryWords.about(target)}</span>
      <button type="button" className="text-button" onClick={show}>
        {memoryWords.allAbout}
      </button>
    </p>
  );
}

function Contradicting({ memories }: { memories: readonly MemoryView[] }) {
  const { open } = useOpened();
  return (
    <ul className="evidence-list">
      {memories.map((memory) => (
        <li key={memory.id} className="evidence-row">
          <p className="evidence-text" dir="auto">
            {memory.text}
          </p>
          <p className="meta">
            <span>{memoryWords.oneKind[memory.kind]}</span>
            <Age at={memory.changedAt} />
            <button type="button" className="text-button" onClick={() => open(memory.id)}>
              {memoryWords.toMemory}
            </button>
          </p>
        </li>
      ))}
    </ul>
  );
}
