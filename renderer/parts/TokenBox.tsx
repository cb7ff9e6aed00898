import { useState } from 'react';
import { modelWords } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { useCommand } from '../use-command.ts';

/** Takes a token for the server. What is stored never comes back to the page; the box empties when it was kept. */
export function TokenBox() {
  const [token, setToken] = useState('');
  const stored = useSnapshot((snapshot) => snapshot.settings.hasToken);
  const { run, busy, said } = useCommand();
  const keep = async (apiKey: string, done: string) => {
    if (await run({ kind: 'change-settings', patch: { model: { apiKey } } }, done))
      setToken((held) => (apiKey === '' || held.trim() === apiKey ? '' : held));
  };
  return (
    <form
      className="setting"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== '') void keep(token.trim(), modelWords.tokenSaved);
      }}
    >
      <label htmlFor="model-token">{modelWords.token}</label>
      <div className="setting-line">
        <input
          id="model-token"
          className="field"
          type="password"
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          value={token}
          aria-describedby="model-token-hint"
          onChange={(event) => setToken(event.target.value)}
        />
        <button type="submit" className="button" aria-disabled={busy || token.trim() === ''}>
          {modelWords.save}
        </button>
      </div>
      <p id="model-token-hint" className="faint hint">
        {modelWords.tokenHint}
        {stored && (
          <>
            {' '}
            <button type="button" className="text-button" onClick={() => void keep('', modelWords.forgotten)}>
              {modelWords.forget}
            </button>
          </>
        )}
      </p>
      {said}
    </form>
  );
}
