import { ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { askWords } from '../ask-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { FocusBox } from './FocusBox.tsx';

const modes = ['ask', 'focus'] as const;
const longest = 2_000;

/** Where the owner asks, or says what to attend to. */
export function AskBox({ onAsk }: { onAsk: () => void }) {
  const [mode, setMode] = useState<(typeof modes)[number]>('ask');
  return (
    <>
      <fieldset className="segments ask-modes">
        <legend className="hidden">{askWords.mode}</legend>
        {modes.map((each) => (
          <label key={each} className="segment">
            <input type="radio" name="ask-mode" checked={mode === each} onChange={() => setMode(each)} />
            <span>{askWords.modes[each]}</span>
          </label>
        ))}
      </fieldset>
      {mode === 'ask' ? <QuestionBox onAsk={onAsk} /> : <FocusBox />}
    </>
  );
}

function QuestionBox({ onAsk }: { onAsk: () => void }) {
  const store = useStore();
  const actions = useActions();
  const question = usePart((state) => state.question);
  const [problem, setProblem] = useState('');
  const [sending, setSending] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const recall = usePast(box);
  const text = question.trim();
  const over = text.length - longest;
  const ready = text !== '' && over <= 0 && !sending;

  async function ask() {
    if (!ready) return;
    setSending(true);
    onAsk();
    const outcome = await actions.ask(text);
    setSending(false);
    setProblem(outcome.ok ? '' : askWords.notAsked(outcome.message));
    if (!outcome.ok) return;
    if (store.get().question === question) store.set({ question: '' });
    recall.forget();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an input method composes, its keys choose a word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void ask();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && recall.step(event.key === 'ArrowUp' ? 1 : -1))
      event.preventDefault();
  }

  return (
    <form
      className="note"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
        box.current?.focus();
      }}
    >
      <label className="hidden" htmlFor="ask-question">
        {askWords.question}
      </label>
      <div className="note-box">
        <textarea
          ref={box}
          id="ask-question"
          dir="auto"
          rows={1}
          value={question}
          placeholder={askWords.placeholder}
          aria-describedby="ask-hint ask-status"
          onKeyDown={onKeyDown}
          onChange={(event) => {
            store.set({ question: event.target.value });
            setProblem('');
          }}
        />
        <button
          type="submit"
          className="icon-button ask-send"
          aria-label={askWords.send}
          title={askWords.hint}
          aria-disabled={!ready}
        >
          <ArrowUp aria-hidden="true" />
        </button>
      </div>
      <p id="ask-hint" className="hidden">
        {askWords.hint}
      </p>
      <output id="ask-status" className={over > 0 || problem ? 'ask-status problem' : 'ask-status'} dir="auto">
        {over > 0 ? askWords.tooLong(over) : problem}
      </output>
    </form>
  );
}

/** Brings questions back as a shell does: only from an empty box, or from one that shows such a question unchanged. */
function usePast(box: { current: HTMLTextAreaElement | null }) {
  const store = useStore();
  /** The question that is shown: 0 the newest; -1 none. */
  const shown = useRef(-1);
  return {
    forget() {
      shown.current = -1;
    },
    /** Whether there was one to show. */
    step(by: 1 | -1): boolean {
      const { answers, question } = store.get();
      const past = [...new Set(answers.items.map((each) => each.question))];
      if (question !== '' && question !== past[shown.current]) return false;
      const wanted = (question === '' ? -1 : shown.current) + by;
      if (wanted < -1 || wanted >= past.length) return false;
      shown.current = wanted;
      store.set({ question: past[wanted] ?? '' });
      // The caret stands at the end, as after typing it.
      requestAnimationFrame(() => box.current?.setSelectionRange(box.current.value.length, box.current.value.length));
      return true;
    },
  };
}
