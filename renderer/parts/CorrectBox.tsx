import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { MemoryView } from '../../core/protocol-memory.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions } from '../page-context.ts';
import { useTask } from '../use-task.ts';

const longest = 10_000;

/** The memory in the owner's words. Escape leaves it as it was; a text that cannot stand is not sent, and says why. */
export function CorrectBox({ memory, onEnd }: { memory: MemoryView; onEnd: (said: string) => void }) {
  const actions = useActions();
  const { run, busy, said, hush } = useTask();
  const [text, setText] = useState(memory.text);
  const [wrong, setWrong] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(box.current.value.length, box.current.value.length);
  }, []);

  async function save() {
    const words = text.trim();
    const why = whyNot(words, memory.text);
    setWrong(why);
    if (why) return box.current?.focus();
    const went = await run(() => actions.send({ kind: 'correct-memory', id: memory.id, text: words }));
    if (went) onEnd(memoryWords.correctDone);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onEnd('');
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in the form leaves it
    <form
      className="correct"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={onKeyDown}
    >
      <label htmlFor="correct-text">{memoryWords.correctLabel}</label>
      <textarea
        ref={box}
        id="correct-text"
        className="field"
        dir="auto"
        rows={4}
        value={text}
        aria-invalid={wrong !== ''}
        aria-describedby="correct-hint"
        onChange={(event) => {
          setText(event.target.value);
          setWrong('');
          hush();
        }}
      />
      <p id="correct-hint" className={wrong ? 'problem hint' : 'faint hint'} role={wrong ? 'alert' : undefined}>
        {wrong || memoryWords.correctHint}
      </p>
      <div className="buttons">
        <button type="submit" className="button button-strong" aria-disabled={busy}>
          {memoryWords.save}
        </button>
        <button type="button" className="button" onClick={() => onEnd('')}>
          {memoryWords.cancel}
        </button>
      </div>
      {said}
    </form>
  );
}

/** Why this text cannot take the place of the old one; empty when it can. */
function whyNot(text: string, old: string): string {
  if (text === '') return memoryWords.correctEmpty;
  if (text.length > longest) return memoryWords.tooLong(text.length - longest);
  return text === old.trim() ? memoryWords.correctSame : '';
}
