import { CornerDownLeft } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useActions, usePart, useStore } from '../page-context.ts';
import { words } from '../words.ts';

const longest = 10_000;

/** A note from the owner. The text leaves the box only when the host has said that it is durable. */
export function NoteBox() {
  const store = useStore();
  const actions = useActions();
  const draft = usePart((state) => state.draft);
  const [status, setStatus] = useState('');
  const [sending, setSending] = useState(false);
  const text = draft.trim();
  const over = text.length - longest;
  const ready = text !== '' && over <= 0 && !sending;

  async function send() {
    if (!ready) return;
    setSending(true);
    const outcome = await actions.note(text);
    setSending(false);
    if (outcome.ok && store.get().draft === draft) store.set({ draft: '' });
    setStatus(outcome.ok ? words.noteKept : words.noteFailed(outcome.message));
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes, Enter chooses a word and sends nothing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <form
      className="note"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label className="hidden" htmlFor="note-text">
        {words.noteLabel}
      </label>
      <div className="note-box">
        <textarea
          id="note-text"
          dir="auto"
          rows={1}
          value={draft}
          placeholder={words.notePlaceholder}
          aria-describedby="note-hint note-status"
          onKeyDown={onKeyDown}
          onChange={(event) => {
            store.set({ draft: event.target.value });
            setStatus('');
          }}
        />
        <button
          type="submit"
          className="icon-button note-send"
          aria-label={words.noteSend}
          title={words.noteHint}
          disabled={!ready}
        >
          <CornerDownLeft aria-hidden="true" />
        </button>
      </div>
      <p id="note-hint" className="hidden">
        {words.noteHint}
      </p>
      <output id="note-status" className={over > 0 ? 'note-status problem' : 'note-status'} dir="auto">
        {over > 0 ? words.noteTooLong(over) : status}
      </output>
    </form>
  );
}
