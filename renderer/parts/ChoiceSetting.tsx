import { type ReactNode, useId } from 'react';
import type { Outcome } from '../../core/protocol.ts';
import { useSetting } from '../use-setting.ts';
import { SettingRow } from './SettingRow.tsx';

/** One of a few, saved at once. */
export function ChoiceSetting<T extends string>(props: {
  name: string;
  choices: Readonly<Record<T, string>>;
  hint: (chosen: T) => ReactNode;
  chosen: T;
  send: (chosen: T) => Promise<Outcome>;
}) {
  const id = useId();
  const setting = useSetting(props.chosen, props.send);
  const choices = Object.keys(props.choices) as T[];
  return (
    <SettingRow id={id} name={props.name} hint={props.hint(setting.shown)} setting={setting} labels="group" isWide>
      <div className="segments" role="radiogroup" aria-labelledby={`${id}-name`} aria-describedby={`${id}-hint`}>
        {choices.map((each) => (
          <label key={each} className="segment">
            <input
              type="radio"
              name={id}
              // The one that is chosen takes the focus for all of them.
              id={each === setting.shown ? id : undefined}
              checked={each === setting.shown}
              onChange={() => setting.save(each)}
            />
            <span>{props.choices[each]}</span>
          </label>
        ))}
      </div>
    </SettingRow>
  );
}
