import { useEffect, useId, useRef, useState } from 'react';
import type { Command } from '../../core/protocol.ts';
import type { MemoryView } from '../../core/protocol-memory.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions } from '../page-context.ts';
import { useTask } from '../use-task.ts';
import { CorrectBox } from './CorrectBox.tsx';
import type { Parting } from './Parted.tsx';

type Doing = 'nothing' | 'correcting' | 'deleting';

/** Pin, correct, forget, delete. What needs a second step opens it in place of the buttons and gives the focus back after. */
export function MemoryActions({ memory, onPart }: { memory: MemoryView; onPart: (parting: Parting) => void }) {
  const [doing, setDoing] = useState<Doing>('nothing');
  const [from, setFrom] = useState<Doing>('nothing');
  const end = () => {
    setFrom(doing);
    setDoing('nothing');
  };
  const [said, setSaid] = useState('');
  return (
    <div className="memory-actions">
      {doing === 'nothing' && (
        <Buttons
          memory={memory}
          focusFirst={from}
          onDo={(next) => {
            setSaid('');
            setDoing(next);
          }}
          onPart={onPart}
        />
      )}
      {doing === 'correcting' && (
        <CorrectBox
          memory={memory}
          onEnd={(words) => {
            setSaid(words);
            end();
          }}
        />
      )}
      {doing === 'deleting' && <DeleteStep id={memory.id} onKeep={end} onPart={onPart} />}
      <output className="said" dir="auto">
        {said}
      </output>
    </div>
  );
}

function Buttons(props: {
  memory: MemoryView;
  focusFirst: Doing;
  onDo: (doing: Doing) => void;
  onPart: (parting: Parting) => void;
}) {
  const { id, pinned } = props.memory;
  const actions = useActions();
  const { run, busy, said } = useTask();
  const send = (command: Command, done?: string) => run(() => actions.send(command), done);
  const correct = useRef<HTMLButtonElement>(null);
  const remove = useRef<HTMLButtonElement>(null);
  const { focusFirst } = props;
  useEffect(() => {
    if (focusFirst === 'correcting') correct.current?.focus();
    if (focusFirst === 'deleting') remove.current?.focus();
  }, [focusFirst]);
  const forget = async () => {
    if (!pinned && (await send({ kind: 'forget-memory', id }))) props.onPart('forgotten');
  };
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a toolbar of buttons is no fieldset */}
      <div className="buttons" role="group" aria-label={memoryWords.actions}>
        <button
          type="button"
          className="button"
          aria-pressed={pinned}
          aria-disabled={busy}
          onClick={() =>
            void send({ kind: 'pin-memory', id, pinned: !pinned }, pinned ? memoryWords.unpinDone : memoryWords.pinDone)
          }
        >
          {pinned ? memoryWords.unpin : memoryWords.pin}
        </button>
        <button ref={correct} type="button" className="button" onClick={() => props.onDo('correcting')}>
          {memoryWords.correct}
        </button>
        <button
          type="button"
          className="button"
          aria-disabled={busy || pinned}
          title={pinned ? memoryWords.pinnedHint : undefined}
          onClick={() => void forget()}
        >
          {memoryWords.forget}
        </button>
        <button ref={remove} type="button" className="button button-bad" onClick={() => props.onDo('deleting')}>
          {memoryWords.remove}
        </button>
      </div>
      {pinned && <p className="faint hint">{memoryWords.pinnedHint}</p>}
      {said}
    </>
  );
}

/** Says what deleting means before it is done; the harmless answer has the focus. */
function DeleteStep({ id, onKeep, onPart }: { id: string; onKeep: () => void; onPart: (parting: Parting) => void }) {
  const actions = useActions();
  const { run, busy, said } = useTask();
  const keep = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const meansId = useId();
  useEffect(() => keep.current?.focus(), []);
  const remove = async () => {
    if (await run(() => actions.send({ kind: 'delete-memory', id }))) onPart('deleted');
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in it keeps the memory
    <div
      role="alertdialog"
      className="sure"
      aria-labelledby={titleId}
      aria-describedby={meansId}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onKeep();
      }}
    >
      <h3 id={titleId}>{memoryWords.removeTitle}</h3>
      <p id={meansId} className="soft">
        {memoryWords.removeMeans}
      </p>
      <div className="buttons">
        <button ref={keep} type="button" className="button" onClick={onKeep}>
          {memoryWords.keep}
        </button>
        <button type="button" className="button button-bad" aria-disabled={busy} onClick={() => void remove()}>
          {memoryWords.removeSure}
        </button>
      </div>
      {said}
    </div>
  );
}
