import { useState } from 'react';
import type { Command } from '../../core/protocol.ts';
import { modelWords } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';

type Patch = NonNullable<Extract<Command, { kind: 'change-settings' }>['patch']['lmStudio']>;

/** What Reverie may do by itself. */
export function ServerSwitches() {
  const lmStudio = useSnapshot((snapshot) => snapshot.settings.lmStudio);
  return (
    <>
      <Switch
        name={modelWords.start}
        hint={modelWords.startHint}
        on={lmStudio.start === 'always'}
        patch={(on) => ({ start: on ? 'always' : 'ask' })}
      />
      <Switch
        name={modelWords.loadWhenNeeded}
        hint={modelWords.loadHint}
        on={lmStudio.load === 'when-needed'}
        patch={(on) => ({ load: on ? 'when-needed' : 'ask' })}
      />
      <Switch name={modelWords.yield} hint={modelWords.yieldHint} on={lmStudio.yield} patch={(on) => ({ yield: on })} />
    </>
  );
}

function Switch(props: { name: string; hint: string; on: boolean; patch: (on: boolean) => Patch }) {
  const { send, problem } = useSend();
  const [asked, setAsked] = useState<boolean | null>(null);
  const turn = async (on: boolean) => {
    setAsked(on);
    await send({ kind: 'change-settings', patch: { lmStudio: props.patch(on) } });
    setAsked(null);
  };
  return (
    <label className="switch">
      <span>
        {props.name}
        <span className="faint hint">{props.hint}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={asked ?? props.on}
        checked={asked ?? props.on}
        onChange={(event) => void turn(event.target.checked)}
      />
      {problem}
    </label>
  );
}
