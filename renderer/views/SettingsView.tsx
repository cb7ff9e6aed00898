import type { ReactNode } from 'react';
import { useActions, useSnapshot } from '../page-context.ts';
import { ChoiceSetting } from '../parts/ChoiceSetting.tsx';
import { FolderList } from '../parts/FolderList.tsx';
import { IgnoreRules } from '../parts/IgnoreRules.tsx';
import { NumberSetting } from '../parts/NumberSetting.tsx';
import { QuietHours } from '../parts/QuietHours.tsx';
import { SwitchSetting } from '../parts/SwitchSetting.tsx';
import { YourData } from '../parts/YourData.tsx';
import { loginReason, settingsWords } from '../settings-words.ts';
import { useGo } from '../use-act.ts';
import { useSave } from '../use-setting.ts';
import { SettingsContext, useInForce, useSettings } from '../use-settings.ts';
import { words } from '../words.ts';

type Section = keyof typeof settingsWords.sections;
const sections = Object.keys(settingsWords.sections) as Section[];

/** Everything the owner may set. What is changed holds at once; what cannot stand says so at its place. */
export function SettingsView() {
  const { seen, problem } = useSettings();
  return (
    <div className="set">
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      {seen ? (
        <SettingsContext value={seen.inForce}>
          <div className="set-columns">
            <Index />
            <div className="set-body">
              {seen.problem !== null && <FileProblem problem={seen.problem} />}
              <Part name="watching">
                <FolderList />
                <IgnoreRules />
                <NumberSetting at="watch.uncommittedHours" />
              </Part>
              <Part name="thinking">
                <Thinking />
              </Part>
              <Part name="interruptions">
                <Interruptions />
              </Part>
              <Part name="sleep">
                <Sleep />
              </Part>
              <Part name="starting">
                <Starting />
              </Part>
              <Part name="appearance">
                <Appearance />
              </Part>
              <Part name="data" below={<YourData />}>
                <NumberSetting at="store.observationDays" />
                <NumberSetting at="store.backupHours" />
                <p className="soft data-dir">
                  {settingsWords.settingsFile}{' '}
                  <code dir="auto" className="path">
                    {seen.file}
                  </code>
                </p>
              </Part>
            </div>
          </div>
        </SettingsContext>
      ) : (
        !problem && <p className="faint">{settingsWords.loading}</p>
      )}
    </div>
  );
}

const headingId = (name: Section) => `settings-${name}`;

function Index() {
  return (
    <nav className="set-index" aria-label={settingsWords.index}>
      <ul>
        {sections.map((name) => (
          <li key={name}>
            <button
              type="button"
              className="quiet-button"
              onClick={() => {
                const heading = document.getElementById(headingId(name));
                heading?.scrollIntoView({ block: 'start' });
                heading?.focus({ preventScroll: true });
              }}
            >
              {settingsWords.sections[name]}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** `below`: what has cards of its own. */
function Part({ name, below, children }: { name: Section; below?: ReactNode; children: ReactNode }) {
  return (
    <section className="set-part" aria-labelledby={headingId(name)}>
      <h2 id={headingId(name)} className="set-title" tabIndex={-1}>
        {settingsWords.sections[name]}
      </h2>
      <div className="set-rows">{children}</div>
      {below && <div className="set-below">{below}</div>}
    </section>
  );
}

function FileProblem({ problem }: { problem: string }) {
  return (
    <div className="trouble trouble-warning set-problem" role="alert">
      <div className="trouble-words">
        <p className="trouble-what">{settingsWords.fileProblem}</p>
        <p dir="auto">{problem}</p>
      </div>
    </div>
  );
}

function Thinking() {
  const go = useGo();
  const save = useSave();
  const chosen = useInForce().model?.reasoner ?? 'auto';
  return (
    <>
      <ChoiceSetting
        name={settingsWords.reasoner}
        choices={settingsWords.reasoners}
        hint={(each) => settingsWords.reasonerHint[each]}
        chosen={chosen}
        send={(reasoner) => save({ model: { reasoner } })}
      />
      <button type="button" className="button set-way" onClick={() => go('model')}>
        {settingsWords.toModel}
      </button>
      <NumberSetting at="budget.tokensPerHour" />
      <NumberSetting at="budget.tokensPerDay" />
      <NumberSetting at="budget.cyclesPerDay" />
    </>
  );
}

function Interruptions() {
  const save = useSave();
  return (
    <>
      <ChoiceSetting
        name={settingsWords.notify}
        choices={settingsWords.notifies}
        hint={(each) => settingsWords.notifyHint[each]}
        chosen={useInForce().alerts?.notify ?? 'important'}
        send={(notify) => save({ alerts: { notify } })}
      />
      <NumberSetting at="alerts.perDay" />
      <QuietHours />
    </>
  );
}

function Sleep() {
  const save = useSave();
  const { enabled = true, model = true } = useInForce().sleep ?? {};
  return (
    <>
      <SwitchSetting
        name={settingsWords.sleep}
        hint={settingsWords.sleepHint}
        isOn={enabled}
        send={(isOn) => save({ sleep: { enabled: isOn } })}
      />
      <SwitchSetting
        name={settingsWords.sleepModel}
        hint={settingsWords.sleepModelHint}
        isOn={model}
        send={(isOn) => save({ sleep: { model: isOn } })}
      />
      <NumberSetting at="sleep.idleMinutes" />
    </>
  );
}

function Starting() {
  const actions = useActions();
  const save = useSave();
  const host = useSnapshot((snapshot) => snapshot.host);
  const knowsPower = useSnapshot((snapshot) => snapshot.power !== null);
  const onBattery = useInForce().power?.onBattery ?? 'spare';
  return (
    <>
      <SwitchSetting
        name={settingsWords.login}
        hint={settingsWords.loginHint}
        reason={loginReason(host)}
        isOn={host.login === 'on'}
        send={(on) => actions.send({ kind: 'set-login', on })}
      />
      {knowsPower && (
        <ChoiceSetting
          name={settingsWords.battery}
          choices={settingsWords.batteries}
          hint={(each) => settingsWords.batteryHint[each]}
          chosen={onBattery}
          send={(chosen) => save({ power: { onBattery: chosen } })}
        />
      )}
    </>
  );
}

function Appearance() {
  const save = useSave();
  return (
    <ChoiceSetting
      name={settingsWords.theme}
      choices={settingsWords.themes}
      hint={() => settingsWords.themeHint}
      chosen={useInForce().page?.theme ?? 'system'}
      send={(theme) => save({ page: { theme } })}
    />
  );
}
