import type { ReactNode } from 'react';
import { exactWords, spanWords } from '../age.ts';
import { countWords } from '../figures.ts';
import { insightWords } from '../insight-words.ts';
import { usePart, useSnapshot } from '../page-context.ts';
import { Budget } from '../parts/Budget.tsx';
import { CycleBudget } from '../parts/CycleBudget.tsx';
import { DeadLetters } from '../parts/DeadLetters.tsx';
import { Figures } from '../parts/Figures.tsx';
import { Sources } from '../parts/Sources.tsx';
import { Troubles } from '../parts/Troubles.tsx';
import { WhoThinks } from '../parts/WhoThinks.tsx';
import { words } from '../words.ts';

/** How it is: what is wrong, what it watches, what that costs, what was set aside, and its figures. */
export function HealthView() {
  return (
    <div className="health-view">
      <Troubles />
      <div className="health-columns">
        <div className="health-column">
          <Section title={words.sources}>
            <Sources />
          </Section>
          <Section title={words.dead}>
            <DeadLetters />
          </Section>
          <Section title={insightWords.whoThinks}>
            <WhoThinks />
          </Section>
        </div>
        <div className="health-column">
          <Section title={insightWords.health.budget}>
            <Budget />
            <CycleBudget />
            <p className="faint hint health-hint">{insightWords.health.budgetHint}</p>
          </Section>
          <Section title={insightWords.health.identity}>
            <IdentityFigures />
          </Section>
          <Section title={insightWords.health.kept}>
            <KeptFigures />
          </Section>
          <Section title={words.intake}>
            <IntakeFigures />
          </Section>
        </div>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <h2 className="label">{title}</h2>
      {children}
    </section>
  );
}

const { names } = insightWords.health;

function IdentityFigures() {
  const identity = useSnapshot((snapshot) => snapshot.identity);
  const { bornAt, startedAt, uptimeBeforeMs } = identity;
  const power = useSnapshot((snapshot) => snapshot.power);
  const awake = usePart(({ nowAt }) => spanWords(nowAt - startedAt));
  const uptime = usePart(({ nowAt }) => spanWords(uptimeBeforeMs + nowAt - startedAt));
  return (
    <Figures
      figures={[
        [names.born, exactWords(bornAt)],
        [names.awake, awake],
        [names.uptime, uptime],
        [names.sessions, countWords(identity.sessions)],
        ...(power ? [[names.power, insightWords.health.power(power)] as const] : []),
        [names.observations, countWords(identity.observations)],
        [names.decisions, countWords(identity.decisions)],
        [names.insights, countWords(identity.insights)],
        [names.threshold, insightWords.health.threshold(identity)],
      ]}
    />
  );
}

function KeptFigures() {
  const counts = useSnapshot((snapshot) => snapshot.counts);
  return (
    <Figures
      figures={[
        [names.observations, countWords(counts.observations)],
        [names.insights, countWords(counts.insights)],
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
  const intakeNames = words.intakeFigures.names;
  return (
    <Figures
      figures={[
        [intakeNames.received, countWords(intake.received)],
        [intakeNames.written, countWords(intake.written)],
        [intakeNames.merged, countWords(intake.merged)],
        [intakeNames.folded, countWords(intake.folded)],
        [intakeNames.waiting, countWords(intake.waiting)],
        [intakeNames.pending, countWords(pending)],
      ]}
    />
  );
}
