import { useRef, useState } from 'react';
import type { TombstoneView } from '../../core/protocol-memory.ts';
import { dateWords } from '../age.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions } from '../page-context.ts';
import { useFetched } from '../use-fetched.ts';
import { useTask } from '../use-task.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { Empty } from './Empty.tsx';

/** What was forgotten: why, when, until when it can be brought back, and the button for it. */
export function Tombstones() {
  const actions = useActions();
  const fetched = useFetched(actions.tombstones);
  const [said, setSaid] = useState('');
  const top = useRef<HTMLParagraphElement>(null);
  if (!fetched) return <p className="faint">{memoryWords.fetching}</p>;
  if (!fetched.ok)
    return (
      <p className="problem" role="alert" dir="auto">
        {words.commandFailed} {fetched.message}
      </p>
    );
  const broughtBack = (text: string) => {
    setSaid(text);
    // The button that had the focus is gone.
    top.current?.focus();
  };
  return (
    <div className="stack">
      <p className="soft" ref={top} tabIndex={-1}>
        {fetched.value.length > 0 && memoryWords.tombstonesIntro}
      </p>
      <output className="said">{said}</output>
      {fetched.value.length === 0 && <Empty title={memoryWords.noTombstones} text={memoryWords.noTombstonesWhy} />}
      <ul className="stack">
        {fetched.value.map((each) => (
          <TombstoneCard key={each.id} tombstone={each} onBack={broughtBack} />
        ))}
      </ul>
    </div>
  );
}

function TombstoneCard({ tombstone, onBack }: { tombstone: TombstoneView; onBack: (said: string) => void }) {
  const actions = useActions();
  const { run, busy, said } = useTask();
  const bringBack = async () => {
    if (await run(() => actions.send({ kind: 'bring-back', id: tombstone.id }))) onBack(memoryWords.broughtBack);
  };
  return (
    <li className="card memory-card tombstone">
      <p className="meta memory-kind">
        <span className={`chip kind-${tombstone.kind}`}>{memoryWords.oneKind[tombstone.kind]}</span>
        <Age at={tombstone.forgottenAt} />
      </p>
      <p className="memory-text memory-clamped soft" dir="auto">
        {tombstone.text}
      </p>
      <p className="tombstone-why" dir="auto">
        {memoryWords.forgotten}: {tombstone.why}
      </p>
      <div className="tombstone-foot">
        <button type="button" className="button" aria-disabled={busy} onClick={() => void bringBack()}>
          {memoryWords.bringBack}
        </button>
        <span className="faint hint">{memoryWords.tombstoneUntil(dateWords(tombstone.goneAt))}</span>
      </div>
      {said}
    </li>
  );
}
