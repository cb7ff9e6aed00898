import { ArrowUp } from 'lucide-react';
import { useState } from 'react';
import { askWords } from '../ask-words.ts';
import { useActions, useSnapshot } from '../page-context.ts';
import { useTask } from '../use-task.ts';

const priorities = ['normal', 'high'] as const;
const longest = 200;

/** What the owner wants attended to, and what is attended to now. */
export function FocusBox() {
  const actions = useActions();
  const [topic, setTopic] = useState('');
  const [priority, setPriority] = useState<(typeof priorities)[number]>('normal');
  const { run, busy, said, hush } = useTask();
  const text = topic.trim();
  const over = text.length - longest;
  const ready = text !== '' && over <= 0 && !busy;
  const set = async () => {
    if (!ready) return;
    const isSet = await run(() => actions.send({ kind: 'set-focus', topic: text, priority }), askWords.focusIsSet);
    if (isSet) setTopic((held) => (held.trim() === text ? '' : held));
  };
  return (
    <form
      className="note focus-box"
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <Current onLetGo={() => void run(() => actions.send({ kind: 'clear-focus' }))} />
      <div className="note-box">
        <input
          className="focus-topic-field"
          dir="auto"
          autoComplete="off"
          aria-label={askWords.topic}
          aria-describedby="focus-means focus-status"
          placeholder={askWords.topicPlaceholder}
          value={topic}
          onChange={(event) => {
            setTopic(event.target.value);
            hush();
          }}
        />
        <button
          type="submit"
          className="icon-button ask-send"
          aria-label={askWords.setFocus}
          title={askWords.setFocus}
          aria-disabled={!ready}
        >
          <ArrowUp aria-hidden="true" />
        </button>
      </div>
      <fieldset className="focus-priority">
        <legend className="hidden">{askWords.priority}</legend>
        {priorities.map((each) => (
          <label key={each} className="choice-option">
            <input type="radio" name="focus-priority" checked={priority === each} onChange={() => setPriority(each)} />
            {askWords.priorities[each]}
          </label>
        ))}
        <span id="focus-means" className="faint hint">
          {askWords.priorityMeans[priority]}
        </span>
      </fieldset>
      <div id="focus-status" className="ask-status">
        {over > 0 ? <p className="problem">{askWords.topicTooLong(over)}</p> : said}
      </div>
    </form>
  );
}

function Current({ onLetGo }: { onLetGo: () => void }) {
  const topic = useSnapshot((snapshot) => snapshot.focus?.topic);
  return (
    <p className="meta focus-current">
      <span className="focus-current-topic" dir="auto">
        {topic === undefined ? askWords.focusNone : askWords.focusNow(topic)}
      </span>
      {topic !== undefined && (
        <button type="button" className="quiet-button" onClick={onLetGo}>
          {askWords.letGo}
        </button>
      )}
    </p>
  );
}
