import { useEffect, useMemo, useRef, useState } from 'react';
import { askWords, isRunning, plainAnswer } from '../ask-words.ts';
import { useActions, usePart } from '../page-context.ts';
import { Answer } from '../parts/Answer.tsx';
import { AskBox } from '../parts/AskBox.tsx';
import { useFollowedEnd } from '../use-followed-end.ts';
import { words } from '../words.ts';

/** The questions of this run, the newest at the bottom, and the box to ask the next one. */
export function AskView() {
  const actions = useActions();
  const open = usePart((state) => state.link.kind === 'open');
  const list = useRef<HTMLDivElement>(null);
  const { toEnd, stay } = useFollowedEnd(list);
  useEffect(() => {
    if (open) void actions.refreshAnswers();
  }, [actions, open]);
  return (
    <div className="ask">
      <div ref={list} className="ask-list">
        <h2 className="hidden">{askWords.title}</h2>
        <Answers stay={stay} toEnd={toEnd} />
      </div>
      <div className="dock ask-dock">
        <AskBox onAsk={toEnd} />
      </div>
      <Heard />
    </div>
  );
}

/** Draws again only for another question, never for another word of an answer. */
function Answers({ stay, toEnd }: { stay: () => void; toEnd: () => void }) {
  const joined = usePart(({ answers }) => answers.items.map(({ id }) => id).join(' '));
  const loaded = usePart((state) => state.answers.loaded);
  const problem = usePart((state) => state.answers.problem);
  const ids = useMemo(() => joined.split(' ').filter(Boolean).reverse(), [joined]);
  return (
    <>
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      {ids.length === 0 && loaded && <Suggestions onAsk={toEnd} />}
      {ids.length > 0 && (
        <ol className="answers" data-list>
          {ids.map((id) => (
            <Answer key={id} id={id} onOpen={stay} onAsk={toEnd} />
          ))}
        </ol>
      )}
    </>
  );
}

/** What may be asked, for who has not asked yet. */
function Suggestions({ onAsk }: { onAsk: () => void }) {
  const actions = useActions();
  const [problem, setProblem] = useState('');
  const ask = async (question: string) => {
    // The focus moves on before its button is gone.
    document.getElementById('ask-question')?.focus();
    onAsk();
    const outcome = await actions.ask(question);
    setProblem(outcome.ok ? '' : outcome.message);
  };
  return (
    <section className="ask-empty" aria-labelledby="ask-empty-title">
      <h3 id="ask-empty-title" className="focus-topic">
        {askWords.nothingYet}
      </h3>
      <p className="soft">{askWords.nothingYetWhy}</p>
      <ul className="suggestions">
        {askWords.suggestions.map((question) => (
          <li key={question}>
            <button type="button" className="button suggestion" onClick={() => void ask(question)}>
              {question}
            </button>
          </li>
        ))}
      </ul>
      <p className="problem ask-empty-problem" role="alert" dir="auto">
        {problem && `${words.commandFailed} ${problem}`}
      </p>
    </section>
  );
}

/** Tells a screen reader the newest answer once, when it is whole; not those that were there before. */
function Heard() {
  const loaded = usePart((state) => state.answers.loaded);
  const newest = usePart(({ answers }) => answers.items[0]?.id ?? '');
  const [known, setKnown] = useState<string | null>(null);
  if (loaded && known === null) setKnown(newest);
  const said = usePart(({ answers }) => {
    const [answer] = answers.items;
    if (!answer || known === null || answer.id === known || isRunning(answer)) return '';
    if (answer.state === 'done') return askWords.heard.done(plainAnswer(answer.text));
    return answer.state === 'stopped' ? askWords.heard.stopped : askWords.heard.failed;
  });
  return (
    <output className="hidden" aria-live="polite">
      {said}
    </output>
  );
}
