import { type ReactNode, useRef, useState } from 'react';
import type { TombstoneView } from '../../core/protocol-memory.ts';
import { dateWords, dayWords, startOfDay } from '../age.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart } from '../page-context.ts';
import { useFetched } from '../use-fetched.ts';
import { useTask } from '../use-task.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { Empty } from './Empty.tsx';
import { DayName } from './MemoryList.tsx';

/** What was forgotten, by day: why, when, until when it can be brought back, and the button for it. */
export function Tombstones() {
  const actions = useActions();
  const fetched = useFetched(actions.tombstones);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 60_000) * 60_000);
  const [said, setSaid] = useState('');
  const top = useRef<HTMLParagraphElement>(null);
  if (!fetched) return <p className="faint">{memoryWords.fetching}</p>;
  if (!fetched.ok)
    return (
      <p className="problem" role="alert" dir="auto">
        {words.commandFailed} {fetched.message}
      </p>
    );
  const stones = fetched.value;
  const broughtBack = (text: string) => {
    setSaid(text);
    // The button that had the focus is gone.
    top.current?.focus();
  };
  return (
    <div className="memory-list">
      <p className="soft" ref={top} tabIndex={-1}>
        {stones.length > 0 && memoryWords.tombstonesIntro}
      </p>
      <output className="said">{said}</output>
      {stones.length === 0 && <Empty title={memoryWords.noTombstones} text={memoryWords.noTombstonesWhy} />}
      <ul className="memory-rows" data-list>
        {stones.map((stone, index) => {
          const before = stones[index - 1];
          const begins = !before || startOfDay(before.forgottenAt) !== startOfDay(stone.forgottenAt);
          return (
            <TombstoneCard key={stone.id} tombstone={stone} onBack={broughtBack}>
              {begins && <DayName>{dayWords(stone.forgottenAt, nowAt)}</DayName>}
            </TombstoneCard>
          );
        })}
      </ul>
    </div>
  );
}

function TombstoneCard(props: { tombstone: TombstoneView; onBack: (said: string) => void; children: ReactNode }) {
  const { tombstone, onBack, children } = props;
  const actions = useActions();
  const { run, busy, said } = useTask();
  const bringBack = async () => {
    if (await run(() => actions.send({ kind: 'bring-back', id: tombstone.id }))) onBack(memoryWords.broughtBack);
  };
  return (
    <li className={children ? 'memory-row memory-row-first' : 'memory-row'} tabIndex={-1}>
      {children}
      <div className="card memory-card tombstone">
        <p className="memory-text memory-clamped soft" dir="auto">
          {tombstone.text}
        </p>
        <p className="meta memory-kind">
          <span className={`chip kind-${tombstone.kind}`}>{memoryWords.oneKind[tombstone.kind]}</span>
          <Age at={tombstone.forgottenAt} />
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
      </div>
    </li>
  );
}
