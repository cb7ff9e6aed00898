import { useState } from 'react';
import type { Command } from '../../core/protocol.ts';
import { useSend } from '../use-send.ts';

type Patch = Extract<Command, { kind: 'change-settings' }>['patch'];

/** A setting that is on or off. It shows at once what was asked; it falls back to what the host says when the host refuses. */
export function Switch(props: { name: string; hint: string; on: boolean; patch: (on: boolean) => Patch }) {
  const { send, problem } = useSend();
  const [asked, setAsked] = useState<boolean | null>(null);
  const turn = async (on: boolean) => {
    setAsked(on);
    await send({ kind: 'change-settings', patch: props.patch(on) });
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
