import { ChevronRight, Copy, RotateCcw, Square } from 'lucide-react';
import { memo, useId, useState } from 'react';
import type { AnswerView } from '../../core/protocol-owner.ts';
import { askWords, isRunning, plainAnswer } from '../ask-words.ts';
import { useActions, usePart } from '../page-context.ts';
import { useTask } from '../use-task.ts';
import { Age } from './Age.tsx';
import { AnswerEvidence } from './AnswerEvidence.tsx';
import { AnswerText } from './AnswerText.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';

interface Moves {
  /** Something is opened in it: the reader wants to stay where it is. */
  onOpen: () => void;
  /** Asked again: the reader wants to be where the next answer comes. */
  onAsk: () => void;
}

/** One question with its answer. Only the one that grows draws again. */
export const Answer = memo(function Answer({ id, ...moves }: { id: string } & Moves) {
  const answer = usePart(({ answers }) => answers.items.find((each) => each.id === id));
  if (!answer) return null;
  return (
    <li className="answer">
      <h3 className="answer-question" dir="auto">
        <span className="hidden">{askWords.asked} </span>
        {answer.question}
      </h3>
      <Who answer={answer} />
      <AnswerText answer={answer} onOpen={moves.onOpen} />
      {answer.state === 'stopped' && <p className="faint hint">{askWords.stopped}</p>}
      {answer.problem !== null && (
        <p className="problem" dir="auto">
          {answer.problem}
        </p>
      )}
      <Foot answer={answer} {...moves} />
    </li>
  );
});

/** Who answers and why this one; one line from the start, so that nothing moves when it is known. */
function Who({ answer: { reasoner, state, why, askedAt } }: { answer: AnswerView }) {
  return (
    <p className="meta answer-who">
      {reasoner ? <ReasonerBadge reasoner={reasoner} /> : state === 'recalling' && <Busy says={askWords.recalling} />}
      {state === 'answering' ? <Busy says={askWords.answering} /> : state !== 'recalling' && <Age at={askedAt} />}
      {why && <span dir="auto">{why}</span>}
    </p>
  );
}

const Busy = ({ says }: { says: string }) => <span className="thinking-words">{says}</span>;

/** What can be done with it. It stands from the start and keeps its height. */
function Foot({ answer, onOpen, onAsk }: { answer: AnswerView } & Moves) {
  const actions = useActions();
  const [open, setOpen] = useState(false);
  const { run, busy, said, hush } = useTask();
  const evidenceId = useId();
  const running = isRunning(answer);
  const again = () => {
    onAsk();
    void run(() => actions.ask(answer.question));
  };
  return (
    <>
      <div className="answer-foot">
        {answer.evidence.length > 0 && (
          <button
            type="button"
            className="quiet-button disclosure"
            aria-expanded={open}
            aria-controls={evidenceId}
            onClick={() => {
              onOpen();
              setOpen(!open);
            }}
          >
            <ChevronRight aria-hidden="true" />
            {askWords.evidence(answer.evidence.length)}
          </button>
        )}
        {running && (
          <button
            type="button"
            className="quiet-button answer-stop"
            aria-disabled={busy}
            onClick={() => void run(() => actions.send({ kind: 'stop-answer', id: answer.id }))}
          >
            <Square aria-hidden="true" />
            {askWords.stop}
          </button>
        )}
        {!running && answer.text !== '' && <CopyButton text={answer.text} onCopy={hush} />}
        {(answer.state === 'failed' || answer.state === 'stopped') && (
          <button type="button" className="quiet-button" aria-disabled={busy} onClick={again}>
            <RotateCcw aria-hidden="true" />
            {askWords.again}
          </button>
        )}
      </div>
      {said}
      <div id={evidenceId} hidden={!open}>
        {open && <AnswerEvidence pieces={answer.evidence} />}
      </div>
    </>
  );
}

/** Says on itself that it was done, so that nothing around it moves. */
function CopyButton({ text, onCopy }: { text: string; onCopy: () => void }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  const copy = async () => {
    onCopy();
    setOutcome(null);
    const done = await navigator.clipboard.writeText(plainAnswer(text)).then(
      () => true,
      () => false,
    );
    setOutcome(done ? 'copied' : 'failed');
  };
  return (
    <>
      <button type="button" className="quiet-button answer-copy" onClick={() => void copy()}>
        <Copy aria-hidden="true" />
        {outcome === 'copied' ? askWords.copied : askWords.copy}
      </button>
      <output className={outcome === 'failed' ? 'problem hint' : 'hidden'}>
        {outcome === 'failed' ? askWords.copyFailed : outcome === 'copied' ? askWords.copied : ''}
      </output>
    </>
  );
}
