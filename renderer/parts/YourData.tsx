import { useState } from 'react';
import { memoryWords } from '../memory-words.ts';
import { useActions, useSnapshot } from '../page-context.ts';
import { useTask } from '../use-task.ts';

/** Everything that is remembered: taken along, or deleted. */
export function YourData() {
  const dataDir = useSnapshot((snapshot) => snapshot.settings.dataDir);
  return (
    <div className="stack">
      <p className="soft data-dir">
        {memoryWords.dataDir}{' '}
        <code dir="auto" className="path">
          {dataDir}
        </code>
      </p>
      <Export />
      <Wipe />
    </div>
  );
}

function Export() {
  const actions = useActions();
  const { run, busy, said } = useTask();
  const write = (format: 'json' | 'markdown') => void run(() => actions.send({ kind: 'export-memory', format }));
  return (
    <section className="card" aria-labelledby="export-title">
      <h2 id="export-title" className="card-title">
        {memoryWords.exportTitle}
      </h2>
      <p className="soft">{memoryWords.exportMeans}</p>
      <div className="buttons">
        <button type="button" className="button" aria-disabled={busy} onClick={() => write('json')}>
          {memoryWords.exportJson}
        </button>
        <button type="button" className="button" aria-disabled={busy} onClick={() => write('markdown')}>
          {memoryWords.exportMarkdown}
        </button>
      </div>
      {said}
    </section>
  );
}

/** Needs the words typed out: no click and no slip of a key deletes everything. */
function Wipe() {
  const actions = useActions();
  const { run, busy, said, hush } = useTask();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const confirm = memoryWords.wipePhrase;
  const isTyped = typed.trim().toLowerCase() === confirm;
  const wipe = async () => {
    setWrong(!isTyped);
    if (isTyped && (await run(() => actions.send({ kind: 'delete-everything', confirm })))) setTyped('');
  };
  return (
    <section className="card wipe" aria-labelledby="wipe-title">
      <h2 id="wipe-title" className="card-title">
        {memoryWords.wipeTitle}
      </h2>
      <p className="soft">{memoryWords.wipeMeans}</p>
      <form
        className="setting"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void wipe();
        }}
      >
        <label htmlFor="wipe-words">{memoryWords.wipeLabel(confirm)}</label>
        <div className="setting-line">
          <input
            id="wipe-words"
            className="field"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            aria-invalid={wrong}
            aria-describedby="wipe-wrong"
            onChange={(event) => {
              setTyped(event.target.value);
              setWrong(false);
              hush();
            }}
          />
          <button type="submit" className="button button-bad" aria-disabled={busy || !isTyped}>
            {memoryWords.wipe}
          </button>
        </div>
        <p id="wipe-wrong" className="problem hint" role="alert">
          {wrong && memoryWords.wipeWrong(confirm)}
        </p>
      </form>
      {said}
    </section>
  );
}
