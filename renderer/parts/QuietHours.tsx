import { useId, useState } from 'react';
import { interruptionWords, settingsWords } from '../settings-words.ts';
import { useLater } from '../use-later.ts';
import { useSave, useSetting } from '../use-setting.ts';
import { useInForce } from '../use-settings.ts';
import { SettingRow } from './SettingRow.tsx';
import { SwitchSetting } from './SwitchSetting.tsx';

const pauseMs = 700;
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

/** When not to be interrupted, and what all of it comes to. */
export function QuietHours() {
  const save = useSave();
  const { notify = 'important', perDay = 0, quiet = {} } = useInForce().alerts ?? {};
  const { enabled = true, from = '', until = '' } = quiet;
  return (
    <>
      <SwitchSetting
        name={settingsWords.quiet}
        hint={settingsWords.quietHint}
        isOn={enabled}
        send={(isOn) => save({ alerts: { quiet: { enabled: isOn } } })}
      />
      <div className="set-times">
        <TimeSetting name={settingsWords.quietFrom} field="from" />
        <TimeSetting name={settingsWords.quietUntil} field="until" />
      </div>
      <output className="set-sum">{interruptionWords({ notify, perDay, quiet: { enabled, from, until } })}</output>
    </>
  );
}

function TimeSetting({ name, field }: { name: string; field: 'from' | 'until' }) {
  const id = useId();
  const save = useSave();
  const inForce = useInForce().alerts?.quiet?.[field] ?? '';
  const setting = useSetting(inForce, (value: string) => save({ alerts: { quiet: { [field]: value } } }));
  const [typed, setTyped] = useState<string | null>(null);
  const later = useLater(pauseMs);
  const wrong = typed !== null && !timeOfDay.test(typed) ? settingsWords.quietWrong : '';
  return (
    <SettingRow
      id={id}
      name={name}
      hint=""
      setting={{ ...setting, undo: setting.undo && (() => (setTyped(null), setting.undo?.())) }}
      wrong={wrong}
      back={{
        label: settingsWords.back(inForce),
        go: () => {
          setting.hush();
          setTyped(null);
        },
      }}
    >
      <input
        id={id}
        type="time"
        className="field set-time"
        value={typed ?? setting.shown}
        aria-invalid={wrong !== '' || setting.problem !== ''}
        aria-describedby={`${id}-hint`}
        onChange={({ target: { value } }) => {
          setTyped(value);
          setting.hush();
          if (timeOfDay.test(value)) later.put(() => setting.save(value));
          else later.drop();
        }}
        onBlur={() => {
          later.now();
          if (!wrong && !setting.problem) setTyped(null);
        }}
      />
    </SettingRow>
  );
}
