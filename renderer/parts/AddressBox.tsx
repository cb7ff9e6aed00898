import { useState } from 'react';
import { modelWords } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { useCommand } from '../use-command.ts';

/** Where the server is; empty leaves it to LM Studio. An address that cannot be one is not sent. */
export function AddressBox() {
  const stored = useSnapshot((snapshot) => snapshot.settings.baseUrl);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const { run, busy, said } = useCommand();
  const address = (typed ?? stored).trim();
  const save = async () => {
    setWrong(!isAddress(address));
    if (!isAddress(address)) return;
    if (await run({ kind: 'change-settings', patch: { model: { baseUrl: address } } }, modelWords.saved))
      setTyped((held) => (held?.trim() === address ? null : held));
  };
  return (
    <form
      className="setting"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== null) void save();
      }}
    >
      <label htmlFor="model-address">{modelWords.address}</label>
      <div className="setting-line">
        <input
          id="model-address"
          className="field"
          type="url"
          autoComplete="off"
          spellCheck={false}
          value={typed ?? stored}
          aria-invalid={wrong}
          aria-describedby="model-address-hint"
          onChange={(event) => {
            setTyped(event.target.value);
            setWrong(false);
          }}
        />
        <button type="submit" className="button" aria-disabled={busy || typed === null}>
          {modelWords.save}
        </button>
      </div>
      <p id="model-address-hint" className={wrong ? 'problem hint' : 'faint hint'} role={wrong ? 'alert' : undefined}>
        {wrong ? modelWords.addressWrong : modelWords.addressHint}
      </p>
      {said}
    </form>
  );
}

const isAddress = (text: string): boolean => text === '' || (/^https?:\/\//i.test(text) && URL.canParse(text));
