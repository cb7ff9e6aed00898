import { Moon } from 'lucide-react';
import { memoryWords } from '../memory-words.ts';
import { useActions, useSnapshot, useStore } from '../page-context.ts';
import { useTask } from '../use-task.ts';
import { Meter } from './Meter.tsx';

/** While it sleeps: the phase, what it does just now, and the way to wake it. */
export function Asleep() {
  const sleep = useSnapshot((snapshot) => snapshot.sleep);
  const actions = useActions();
  const { run, busy, said } = useTask();
  if (!sleep) return null;
  const wake = async () => {
    // This card goes with the sleep, and with it the button that has the focus.
    if (await run(() => actions.send({ kind: 'wake' }), memoryWords.wakeAsked))
      document.getElementById('focus-topic')?.focus({ preventScroll: true });
  };
  return (
    <section className="card asleep" aria-labelledby="asleep-title">
      <header className="card-head">
        <h2 id="asleep-title" className="asleep-title">
          <Moon aria-hidden="true" />
          {memoryWords.sleepsNow(sleep.phase)}
        </h2>
        <button type="button" className="button" aria-disabled={busy} onClick={() => void wake()}>
          {memoryWords.wake}
        </button>
      </header>
      <p className="soft" dir="auto">
        {sleep.says}
      </p>
      {sleep.progress !== null && (
        <Meter className="sleep-progress" value={sleep.progress} label={memoryWords.progress} />
      )}
      {said}
    </section>
  );
}

/** The digest of the last night while it is fresh, quiet: its first line, and the way to the rest. */
export function FreshDigest() {
  const store = useStore();
  const digest = useSnapshot((snapshot) => snapshot.digest);
  const first = digest?.lines[0];
  if (!digest || !first) return null;
  return (
    <section className="card fresh-digest" aria-labelledby="fresh-digest-title">
      <h2 id="fresh-digest-title" className="label">
        {memoryWords.digest}
      </h2>
      <p className="memory-clamped" dir="auto">
        {first.text}
      </p>
      <button type="button" className="text-button hint" onClick={() => store.set({ view: 'dreams' })}>
        {memoryWords.digestMore(digest.lines.length - 1)}
      </button>
    </section>
  );
}
