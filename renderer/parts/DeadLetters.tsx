import { useEffect, useState } from 'react';
import type { DeadLetterView } from '../../core/protocol.ts';
import { useActions, useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';

/** Observations that failed too often, each with its error and a way to try it again. */
export function DeadLetters() {
  const dead = useSnapshot((snapshot) => snapshot.counts.dead);
  const { letters, problem } = useLetters(dead);
  if (problem) return <p className="problem">{problem}</p>;
  if (dead === 0) return <p className="soft">{words.noDead}</p>;
  return (
    <>
      <p className="soft">{words.deadIntro}</p>
      <ul className="rows">
        {letters.map((letter) => (
          <DeadLetterRow key={letter.observation.id} letter={letter} />
        ))}
      </ul>
    </>
  );
}

/** Fetches the list whenever the count of the snapshot is another one. */
function useLetters(count: number): { letters: DeadLetterView[]; problem: string } {
  const actions = useActions();
  const [answer, setAnswer] = useState<Awaited<ReturnType<typeof actions.deadLetters>> | null>(null);
  useEffect(() => {
    let wanted = count > 0;
    if (wanted) void actions.deadLetters().then((fetched) => wanted && setAnswer(fetched));
    return () => {
      wanted = false;
    };
  }, [actions, count]);
  if (!answer) return { letters: [], problem: '' };
  return answer.ok ? { letters: answer.value, problem: '' } : { letters: [], problem: answer.message };
}

function DeadLetterRow({ letter }: { letter: DeadLetterView }) {
  const { send, problem } = useSend();
  return (
    <li className="row">
      <div className="row-words">
        <p dir="auto">{letter.observation.text}</p>
        <p className="remedy" dir="auto">
          {letter.error}
        </p>
        <p className="meta">
          <Age at={letter.diedAt} />
          <span>{words.attempts(letter.attempts)}</span>
        </p>
        {problem}
      </div>
      <button
        type="button"
        className="button"
        onClick={() => send({ kind: 'replay-dead-letter', id: letter.observation.id })}
      >
        {words.replay}
      </button>
    </li>
  );
}
