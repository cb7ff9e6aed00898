import { type ReactNode, useState } from 'react';
import { exactWords } from '../age.ts';
import { useSnapshot } from '../page-context.ts';
import { Bar } from '../parts/Bar.tsx';
import { DeadLetters } from '../parts/DeadLetters.tsx';
import { ReasonerBadge } from '../parts/ReasonerBadge.tsx';
import { useSend } from '../use-send.ts';
import { sourceWords, words } from '../words.ts';

type Choice = 'auto' | 'rules';

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
  const reasoner = useSnapshot((snapshot) => snapshot.reasoner);
  const settings = useSnapshot((snapshot) => snapshot.settings);
  const { send, problem } = useSend();
  // The choice shows at once; it falls back to what the host says when the host refuses.
  const [asked, setAsked] = useState<Choice | null>(null);
  const choose = async (choice: Choice) => {
    setAsked(choice);
    await send({ kind: 'change-settings', patch: { model: { reasoner: choice } } });
    setAsked(null);
  };
  return (
    <>
      <p className="reasoner-line">
        <ReasonerBadge reasoner={reasoner} />
      </p>
      <p className="soft reasoner-why" dir="auto">
        {reasoner.why}
      </p>
      <fieldset className="choice">
        <legend className="hidden">{words.reasonerChoice}</legend>
        {(['auto', 'rules'] as const).map((choice) => (
          <label key={choice} className="choice-option">
            <input
              type="radio"
              name="reasoner"
              checked={(asked ?? settings.reasoner) === choice}
              onChange={() => choose(choice)}
            />
            {choice === 'auto' ? words.reasonerAuto : words.reasonerRules}
          </label>
        ))}
      </fieldset>
      <Figures
        figures={[
          [words.serverAt, settings.baseUrl],
          [words.model, settings.model || words.firstModel],
        ]}
      />
      {problem}
    </>
  );
}

function Budget() {
  const budget = useSnapshot((snapshot) => snapshot.budget);
  return (
    <div className="terms">
      <Bar
        label={words.budgetHour}
        value={share(budget.hourUsed, budget.hourLimit)}
        figure={words.budgetOf(budget.hourUsed, budget.hourLimit)}
      />
      <Bar
        label={words.budgetDay}
        value={share(budget.dayUsed, budget.dayLimit)}
        figure={words.budgetOf(budget.dayUsed, budget.dayLimit)}
      />
    </div>
  );
}

const share = (used: number, limit: number): number => (limit === 0 ? 1 : Math.min(1, used / limit));

function MemoryFigures() {
  const { bornAt, sessions, observations, decisions, insights } = useSnapshot((snapshot) => snapshot.identity);
  const counts = useSnapshot((snapshot) => snapshot.counts);
  const { names } = words.memoryFigures;
  return (
    <Figures
      figures={[
        [names.born, exactWords(bornAt)],
        [names.sessions, count(sessions)],
        [names.observations, words.everKept(count(observations), count(counts.observations))],
        [names.decisions, count(decisions)],
        [names.insights, words.everKept(count(insights), count(counts.insights))],
        [names.episodes, count(counts.episodes)],
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
        [names.received, count(intake.received)],
        [names.written, count(intake.written)],
        [names.merged, count(intake.merged)],
        [names.folded, count(intake.folded)],
        [names.waiting, count(intake.waiting)],
        [names.pending, count(pending)],
      ]}
    />
  );
}

const count = (value: number): string => value.toLocaleString('en');

function Figures({ figures }: { figures: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name} className="figure">
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
