import { useState } from 'react';
import type { SleepView } from '../../core/protocol-memory.ts';
import { dateTimeWords, exactWords } from '../age.ts';
import { waitWords } from '../figures.ts';
import { lengthMs, madeOf, memoryWords, phaseOrder, phasesWords, restMs, sleepWords } from '../memory-words.ts';
import { usePart } from '../page-context.ts';
import { PhaseBar, PhaseSample, RestSample } from './PhaseBar.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';

const shownAtFirst = 10;

/** Each sleep one bar with its phases in proportion; the chosen one tells what each phase brought, who thought and what it cost. */
export function SleepHistory({ sleeps }: { sleeps: readonly SleepView[] }) {
  const [all, setAll] = useState(false);
  const [chosenId, setChosen] = useState<string | null>(null);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 5_000) * 5_000);
  if (sleeps.length === 0) return <NoSleeps />;
  const shown = all ? sleeps : sleeps.slice(0, shownAtFirst);
  const chosen = shown.find(({ id }) => id === chosenId) ?? shown[0]!;
  return (
    <div className="nights">
      <Legend rest={shown.some((sleep) => restMs(sleep, nowAt) > 0)} />
      <fieldset className="night-list">
        <legend className="hidden">
          {memoryWords.history}. {memoryWords.historyHint}
        </legend>
        {shown.map((sleep) => (
          <Night
            key={sleep.id}
            sleep={sleep}
            nowAt={nowAt}
            chosen={sleep === chosen}
            onChoose={() => setChosen(sleep.id)}
          />
        ))}
      </fieldset>
      {shown.length < sleeps.length && (
        <button type="button" className="quiet-button" onClick={() => setAll(true)}>
          {memoryWords.allSleeps(sleeps.length)}
        </button>
      )}
      <ChosenNight sleep={chosen} nowAt={nowAt} />
      <SleepTable sleeps={shown} nowAt={nowAt} />
    </div>
  );
}

function NoSleeps() {
  return (
    <>
      <p className="empty-title">{memoryWords.noSleeps}</p>
      <p className="faint">{memoryWords.noSleepsWhy}</p>
    </>
  );
}

/** `rest`: some night here rested. */
function Legend({ rest }: { rest: boolean }) {
  return (
    <ul className="legend" aria-hidden="true">
      {phaseOrder.map((phase) => (
        <li key={phase} title={memoryWords.phaseMeans[phase]}>
          <PhaseSample phase={phase} />
          {memoryWords.phases[phase]}
        </li>
      ))}
      {rest && (
        <li title={memoryWords.restMeans}>
          <RestSample />
          {memoryWords.rest}
        </li>
      )}
    </ul>
  );
}

/** A radio button of its own kind: one stop for Tab, and the arrow keys go from night to night. */
function Night(props: { sleep: SleepView; nowAt: number; chosen: boolean; onChoose: () => void }) {
  const { sleep, nowAt, chosen, onChoose } = props;
  return (
    <label className="night" title={phasesWords(sleep, nowAt)}>
      <input type="radio" name="night" checked={chosen} onChange={onChoose} />
      <span className="night-when">{dateTimeWords(sleep.startedAt)}</span>
      <PhaseBar sleep={sleep} nowAt={nowAt} />
      <span className="night-took">{waitWords(lengthMs(sleep, nowAt))}</span>
    </label>
  );
}

function ChosenNight({ sleep, nowAt }: { sleep: SleepView; nowAt: number }) {
  const rest = restMs(sleep, nowAt);
  return (
    <section className="night-detail" aria-live="polite" aria-label={dateTimeWords(sleep.startedAt)}>
      <h3 title={exactWords(sleep.startedAt)}>
        {dateTimeWords(sleep.startedAt)} <span className="faint">{sleepWords(sleep)}</span>
      </h3>
      <ul className="rows">
        {sleep.phases.map((each) => (
          <li key={each.phase + each.startedAt} className="row phase-row">
            <p className="phase-head">
              <PhaseSample phase={each.phase} />
              <span className="phase-name">{memoryWords.phases[each.phase]}</span>
              <span className="faint">{memoryWords.phaseMeans[each.phase]}</span>
              <span className="phase-took">{waitWords(lengthMs(each, nowAt))}</span>
            </p>
            <p dir="auto">{madeOf(each.made)}</p>
            <p className="meta">
              <ReasonerBadge reasoner={each.reasoner} />
              {each.reasoner.kind === 'server' && <span>{memoryWords.cost(each.modelCalls, each.tokens)}</span>}
            </p>
            {each.note && (
              <p className="remedy" dir="auto">
                {each.note}
              </p>
            )}
          </li>
        ))}
        {rest > 0 && (
          <li className="row phase-row">
            <p className="phase-head">
              <RestSample />
              <span className="phase-name">{memoryWords.rest}</span>
              <span className="faint">{memoryWords.restMeans}</span>
              <span className="phase-took">{waitWords(rest)}</span>
            </p>
          </li>
        )}
      </ul>
    </section>
  );
}

/** The chart as a table, for people who hear it. */
function SleepTable({ sleeps, nowAt }: { sleeps: readonly SleepView[]; nowAt: number }) {
  return (
    <div className="hidden">
      <table>
        <caption>{memoryWords.sleepTable}</caption>
        <thead>
          <tr>
            <th scope="col">{memoryWords.when}</th>
            {phaseOrder.map((phase) => (
              <th key={phase} scope="col">
                {memoryWords.phases[phase]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sleeps.map((sleep) => (
            <tr key={sleep.id}>
              <th scope="row">
                {dateTimeWords(sleep.startedAt)}, {sleepWords(sleep)}
              </th>
              {phaseOrder.map((phase) => {
                const found = sleep.phases.find((each) => each.phase === phase);
                return (
                  <td key={phase}>
                    {found ? `${waitWords(lengthMs(found, nowAt))}, ${madeOf(found.made)}` : memoryWords.skipped}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
