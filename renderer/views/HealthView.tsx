import type { ReactNode } from 'react';
import { exactWords } from '../age.ts';
import { countWords } from '../figures.ts';
import { useSnapshot, useStore } from '../page-context.ts';
import { Budget } from '../parts/Budget.tsx';
import { DeadLetters } from '../parts/DeadLetters.tsx';
import { Figures } from '../parts/Figures.tsx';
import { ReasonerBadge } from '../parts/ReasonerBadge.tsx';
import { sourceWords, words } from '../words.ts';

/** How it is: what it watches, who thinks, what that costs, what was set aside. */
export function HealthView() {
  return (
    <div className="health">
      <Section title={words.sources}>
        <Sources />
      </Section>
      <Section title={words.dead}>
        <DeadLetters />
      </Section>
      <Section title={words.reasoner}>
        <ReasonerHealth />
      </Section>
      <Section title={words.budget}>
        <Budget />
      </Section>
      <Section title={words.memory}>
        <MemoryFigures />
      </Section>
      <Section title={words.intake}>
        <IntakeFigures />
      </Section>
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

function Sources() {
  const sources = useSnapshot((snapshot) => snapshot.sources);
  if (sources.length === 0) return <p className="soft">{words.noSources}</p>;
  return (
    <ul className="rows">
      {sources.map((source) => {
        const { kind, place } = sourceWords(source.id);
        return (
          <li key={source.id} className="row row-source">
            <span className={`dot dot-${source.state}`} aria-hidden="true" />
            <div className="row-words">
              <p>
                <span className="row-title">{kind}</span> <span className="faint path">{place}</span>
              </p>
              <p className="soft" dir="auto">
                {source.message}
              </p>
              {source.remedy && (
                <p className="remedy" dir="auto">
                  {source.remedy}
                </p>
              )}
            </div>
            <p className="row-end">
              {words.sourceStates[source.state]}
              {source.watched !== undefined && <span className="faint">{words.watched(source.watched)}</span>}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function ReasonerHealth() {
  const store = useStore();
  const reasoner = useSnapshot((snapshot) => snapshot.reasoner);
  const what = useSnapshot(({ server, settings }) => (settings.reasoner === 'rules' ? null : server.what));
  return (
    <>
      <p className="reasoner-line">
        <ReasonerBadge reasoner={reasoner} />
      </p>
      <p className="soft" dir="auto">
        {what ?? reasoner.why}
      </p>
      <button type="button" className="text-button" onClick={() => store.set({ view: 'model' })}>
        {words.toModel}
      </button>
    </>
  );
}

function MemoryFigures() {
  const { bornAt, sessions, observations, decisions, insights } = useSnapshot((snapshot) => snapshot.identity);
  const counts = useSnapshot((snapshot) => snapshot.counts);
  const { names } = words.memoryFigures;
  return (
    <Figures
      figures={[
        [names.born, exactWords(bornAt)],
        [names.sessions, countWords(sessions)],
        [names.observations, words.everKept(countWords(observations), countWords(counts.observations))],
        [names.decisions, countWords(decisions)],
        [names.insights, words.everKept(countWords(insights), countWords(counts.insights))],
        [names.episodes, countWords(counts.episodes)],
        [names.memories, countWords(counts.memories)],
        [names.dreams, countWords(counts.dreams)],
      ]}
    />
  );
}

function IntakeFigures() {
  const intake = useSnapshot((snapshot) => snapshot.intake);
  const pending = useSnapshot((snapshot) => snapshot.counts.pending);
  const { names } = words.intakeFigures;
  return (
    <Figures
      figures={[
        [names.received, countWords(intake.received)],
        [names.written, countWords(intake.written)],
        [names.merged, countWords(intake.merged)],
        [names.folded, countWords(intake.folded)],
        [names.waiting, countWords(intake.waiting)],
        [names.pending, countWords(pending)],
      ]}
    />
  );
}
