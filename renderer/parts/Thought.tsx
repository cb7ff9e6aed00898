import { useEffect, useRef } from 'react';
import { usePart, useSnapshot } from '../page-context.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';

/** The running or last thought. The box keeps its height whatever streams, so that nothing below it moves. */
export function Thought() {
  const thought = useSnapshot((snapshot) => snapshot.thought);
  const reasoner = useSnapshot((snapshot) => snapshot.reasoner);
  return (
    <section className="card thought" aria-labelledby="thought-title">
      <header className="card-head">
        <h2 id="thought-title" className="label">
          {thought ? <Progress done={thought.done} startedAt={thought.startedAt} /> : words.thought}
        </h2>
        <ReasonerBadge reasoner={thought?.reasoner ?? reasoner} why={reasoner.why} />
      </header>
      {thought ? (
        <>
          <p className="thought-about" dir="auto" title={thought.about}>
            {thought.about}
          </p>
          <ThoughtText done={thought.done} />
        </>
      ) : (
        <div className="thought-empty">
          <p>{words.noThought}</p>
          <p className="faint">{words.noThoughtWhy}</p>
        </div>
      )}
    </section>
  );
}

function Progress({ done, startedAt }: { done: boolean; startedAt: number }) {
  if (!done) return <span className="thinking-words">{words.thinking}</span>;
  return (
    <>
      {words.lastThought} <Age at={startedAt} />
    </>
  );
}

/** Only this draws again while the text grows. A screen reader hears it once, when it is whole. */
function ThoughtText({ done }: { done: boolean }) {
  const text = usePart((state) => state.thought?.text ?? '');
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (box.current && follows.current && text) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  // A whole thought is read from its beginning.
  useEffect(() => {
    if (box.current && done) box.current.scrollTop = 0;
    follows.current = !done;
  }, [done]);
  return (
    <div
      ref={box}
      className="thought-text"
      dir="auto"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label={words.thought}
      aria-busy={!done}
      onScroll={({ currentTarget: at }) => {
        follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
      }}
    >
      {text}
      {!done && <span className="caret" aria-hidden="true" />}
    </div>
  );
}
