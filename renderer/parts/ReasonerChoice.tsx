import { useState } from 'react';
import { useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';

type Choice = 'auto' | 'rules';

/** Who thinks: the server while it answers, or rules only. */
export function ReasonerChoice() {
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
    <fieldset className="choice">
      <legend className="setting-name">{words.reasonerChoice}</legend>
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
      {problem}
    </fieldset>
  );
}
