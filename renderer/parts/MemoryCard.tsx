import { ChevronRight, Pin } from 'lucide-react';
import { useId, useState } from 'react';
import type { MemoryItem } from '../../core/protocol-memory.ts';
import { memoryWords, strengthWords } from '../memory-words.ts';
import { useOpened } from '../use-opened.ts';
import { importanceWords, words } from '../words.ts';
import { Age } from './Age.tsx';
import { Meter } from './Meter.tsx';

/** Longer texts are cut off in the list. */
const longText = 280;

/** One thing in the list: what it says, about what, how strong it is, and why it was found. A memory opens to its evidence. */
export function MemoryCard({ item }: { item: MemoryItem }) {
  const [whole, setWhole] = useState(false);
  const textId = useId();
  const { memory } = item;
  return (
    <li className={memory ? 'card memory-card memory-opens' : 'card memory-card'}>
      <p className="meta memory-kind">
        <span className={`chip kind-${item.kind}`}>{memoryWords.oneKind[item.kind]}</span>
        {memory?.pinned && <PinnedMark />}
        <Age at={item.at} />
        <span>{importanceWords(item.importance)}</span>
      </p>
      <p id={textId} className={whole ? 'memory-text' : 'memory-text memory-clamped'} dir="auto">
        {item.text}
      </p>
      {(item.target !== null || memory) && (
        <p className="meta">
          {item.target !== null && (
            <span className="memory-about" dir="auto">
              {memoryWords.about(item.target)}
            </span>
          )}
          {memory && <Strength strength={memory.strength} />}
          {memory && <span>{memoryWords.recalled(memory.recalled)}</span>}
        </p>
      )}
      {item.why.length > 0 && (
        <p className="memory-why" dir="auto">
          <span className="faint">{memoryWords.whyFound}</span> {item.why.join(', ')}
        </p>
      )}
      {memory && <OpenButton id={item.id} textId={textId} />}
      {!memory && item.text.length > longText && (
        <button type="button" className="quiet-button" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? words.showLess : words.showAll}
        </button>
      )}
    </li>
  );
}

/** Covers its card, so that a click anywhere opens it. */
function OpenButton({ id, textId }: { id: string; textId: string }) {
  const { open } = useOpened();
  return (
    <button
      type="button"
      id={`memory-${id}`}
      className="icon-button memory-open"
      aria-label={memoryWords.open}
      aria-describedby={textId}
      onClick={() => open(id)}
    >
      <ChevronRight aria-hidden="true" />
    </button>
  );
}

export function PinnedMark() {
  return (
    <span className="pinned-mark">
      <Pin aria-hidden="true" />
      {memoryWords.pinned}
    </span>
  );
}

function Strength({ strength }: { strength: number }) {
  return (
    <span className="memory-strength">
      <Meter className="strength-meter" value={strength} label={memoryWords.strength} />
      {strengthWords(strength)}
    </span>
  );
}
