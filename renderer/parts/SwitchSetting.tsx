import { useId } from 'react';
import type { Outcome } from '../../core/protocol.ts';
import { useSetting } from '../use-setting.ts';
import { SettingRow } from './SettingRow.tsx';

/** A setting that is on or off, saved at once. `reason`: why it cannot be changed here; then it stands still. */
export function SwitchSetting(props: {
  name: string;
  hint: string;
  isOn: boolean;
  send: (isOn: boolean) => Promise<Outcome>;
  reason?: string;
}) {
  const id = useId();
  const setting = useSetting(props.isOn, props.send);
  return (
    <SettingRow id={id} name={props.name} hint={props.reason || props.hint} setting={setting}>
      <span className="switch">
        <input
          id={id}
          type="checkbox"
          role="switch"
          aria-checked={setting.shown}
          aria-describedby={`${id}-hint`}
          aria-disabled={props.reason ? true : undefined}
          checked={setting.shown}
          onChange={(event) => {
            if (!props.reason) setting.save(event.target.checked);
          }}
        />
      </span>
    </SettingRow>
  );
}
