import type { ReactNode } from 'react';
import type { ModelView as Seen } from '../../core/protocol.ts';
import { headlineOf, headWords, modelWords, wantsClick } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { AddressBox } from '../parts/AddressBox.tsx';
import { Budget } from '../parts/Budget.tsx';
import { Calls } from '../parts/Calls.tsx';
import { InstallHelp } from '../parts/InstallHelp.tsx';
import { Instances } from '../parts/Instances.tsx';
import { Ladder } from '../parts/Ladder.tsx';
import { LoadProgress } from '../parts/LoadProgress.tsx';
import { Meter } from '../parts/Meter.tsx';
import { ModelRoles } from '../parts/ModelRoles.tsx';
import { Offers } from '../parts/Offers.tsx';
import { ReasonerChoice } from '../parts/ReasonerChoice.tsx';
import { ServerSwitches } from '../parts/ServerSwitches.tsx';
import { SleepSwitches } from '../parts/SleepSwitches.tsx';
import { TokenBox } from '../parts/TokenBox.tsx';
import { useModel } from '../use-model.ts';
import { words } from '../words.ts';

/** How the model server stands, what would mend it, and what may be chosen. */
export function ModelView() {
  const { seen, problem } = useModel();
  return (
    <div className="model">
      <Head />
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      {seen ? <Body view={seen} /> : !problem && <p className="faint model-wait">{modelWords.fetching}</p>}
    </div>
  );
}

/** The state in one sentence, what Reverie does about it, and what the owner can do. Straight from the snapshot, so never behind. */
function Head() {
  const server = useSnapshot((snapshot) => snapshot.server);
  const urgent = useSnapshot(wantsClick);
  const { headline, more } = headlineOf(server.what);
  return (
    <section className="model-head" aria-labelledby="model-what">
      <p className="label">
        <span className={`state-dot state-${server.state}`} aria-hidden="true" />
        {headWords(server)}
      </p>
      <h2 id="model-what" className="focus-topic" dir="auto">
        {headline}
      </h2>
      {more && (
        <p className="model-more" dir="auto">
          {more}
        </p>
      )}
      <p className="soft" dir="auto">
        {server.does}
      </p>
      {(server.state === 'loading' || server.progress !== null) && <LoadProgress share={server.progress} />}
      {server.offers.length > 0 && <Offers offers={server.offers} urgent={urgent} />}
    </section>
  );
}

/** On one side how it is, on the other what may be chosen. Set-up help stands first where there is nothing to use yet, and last elsewhere. */
function Body({ view }: { view: Seen }) {
  const fresh = useSnapshot(({ server }) => server.state === 'not-installed');
  const listed = view.api !== null;
  // At another server nothing of LM Studio's is of use.
  const isOther = useSnapshot(({ server }) => server.product === 'openai');
  const help = (
    <Section title={modelWords.help} id="model-help">
      <InstallHelp />
    </Section>
  );
  return (
    <div className="model-body">
      <div className="model-column">
        {fresh && help}
        <Section title={modelWords.ladder}>
          <Ladder rungs={view.rungs} />
        </Section>
        {listed && (
          <Section title={modelWords.instances}>
            <Instances view={view} />
          </Section>
        )}
        {(listed || view.calls.answered > 0) && (
          <Section title={modelWords.calls}>
            <Calls view={view} />
          </Section>
        )}
        <Section title={words.budget}>
          <Budget />
          <Purposes purposes={view.purposes} />
        </Section>
      </div>
      <div className="model-column">
        {listed && (
          <Section title={modelWords.rolesTitle}>
            <ModelRoles view={view} />
          </Section>
        )}
        <Section title={modelWords.settings}>
          <div className="settings">
            <ReasonerChoice />
            <AddressBox />
            <TokenBox />
            {!isOther && <ServerSwitches />}
            <SleepSwitches />
          </div>
        </Section>
        {!fresh && !isOther && help}
      </div>
    </div>
  );
}

function Section({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section className="card">
      <h2 id={id} className="label" tabIndex={id ? -1 : undefined}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Who used the tokens; a bar only where a purpose has a limit of its own. */
function Purposes({ purposes }: { purposes: Seen['purposes'] }) {
  if (purposes.length === 0) return null;
  return (
    <>
      <h3 className="label sub-label">{modelWords.purposes}</h3>
      <ul className="terms purposes">
        {purposes.map(({ purpose, calls, tokens, limit }) => (
          <li key={purpose} className="term">
            <span className="purpose" dir="auto">
              {purpose}
            </span>
            <span className="term-figure">{modelWords.purpose(calls, tokens, limit)}</span>
            {limit !== null && (
              <Meter
                className="term-bar"
                value={limit === 0 ? 1 : tokens / limit}
                label={modelWords.purposeLimit(purpose)}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
