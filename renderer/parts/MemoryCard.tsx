import { ChevronRight, Pin } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import type { MemoryItem } from '../../core/protocol-memory.ts';
import { episodeWords } from '../episode-words.ts';
import { importanceLevel } from '../figures.ts';
import { insightWords } from '../insight-words.ts';
import { memoryWords, strengthWords } from '../memory-words.ts';
import { useStore } from '../page-context.ts';
import { useGo } from '../use-act.ts';
import { useOpened } from '../use-opened.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { Level } from './Level.tsx';
import { Meter } from './Meter.tsx';

/** Longer texts are cut off in the list. */
const longText = 280;

/**
 * One thing in the list: what it says, what it is, about what, how strong it is, and why it was found. A memory opens to its evidence, an
 * insight to its place among the insights; of an episode and a summary the words are all there is. `children`: the name of its day.
 */
export function MemoryCard({ item, children }: { item: MemoryItem; children?: ReactNode }) {
  const { memory } = item;
  const textId = useId();
  const open = useWayTo(item);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.target !== event.currentTarget || !open) return;
    event.preventDefault();
    open();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a second way for what the button in it does
    <li className={children ? 'memory-row memory-row-first' : 'memory-row'} tabIndex={-1} onKeyDown={onKeyDown}>
      {children}
      <div className={open ? 'card memory-card memory-opens' : 'card memory-card'}>
        <Text item={item} id={textId} folds={!open} />
        <Signs item={item} />
        {item.why.length > 0 && (
          <p className="memory-why" dir="auto">
            <span className="faint">{memoryWords.whyFound}</span> {item.why.join(', ')}
          </p>
        )}
        {open && (
          <button
            type="button"
            id={`memory-${item.id}`}
            // Covers its card, so that a click anywhere opens it.
            className="icon-button memory-open"
            aria-label={memory ? memoryWords.open : memoryWords.openInsight}
            aria-describedby={textId}
            onClick={open}
          >
            <ChevronRight aria-hidden="true" />
          </button>
        )}
      </div>
    </li>
  );
}

/** Null where there is nothing to open. */
function useWayTo({ kind, id, memory }: MemoryItem): (() => void) | null {
  const store = useStore();
  const go = useGo();
  const opened = useOpened();
  if (memory) return () => opened.open(id);
  if (kind !== 'insight') return null;
  return () => {
    store.set({ wantedInsight: id });
    go('insights');
  };
}

/** What came of an episode stands quietly under it. `folds`: a long text can be shown whole here. */
function Text({ item, id, folds }: { item: MemoryItem; id: string; folds: boolean }) {
  const [whole, setWhole] = useState(false);
  const { summary, outcome } = item.kind === 'episode' ? episodeWords(item.text) : { summary: item.text, outcome: '' };
  const clamp = whole ? '' : ' memory-clamped';
  return (
    <>
      <p id={id} className={`memory-text${clamp}`} dir="auto">
        {summary}
      </p>
      {outcome && (
        <p className={`memory-outcome${clamp}`} dir="auto">
          {memoryWords.outcome(outcome)}
        </p>
      )}
      {folds && item.text.length > longText && (
        <button type="button" className="text-button hint" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? words.showLess : words.showAll}
        </button>
      )}
    </>
  );
}

/** What it is and how much it matters, how strong it is, and what it is about: in two lines, or one where there is room. */
function Signs({ item }: { item: MemoryItem }) {
  const { kind, target, memory } = item;
  const level = importanceLevel(item.importance);
  return (
    <p className="meta memory-kind">
      <span className={`chip kind-${kind}`}>{memoryWords.oneKind[kind]}</span>
      <span className={`sign importance-${level}`} title={insightWords.importanceTitle(item.importance)}>
        <Level value={level} of={3} />
        {insightWords.importanceSays[level]}
      </span>
      <Age at={item.at} />
      {memory?.pinned && <PinnedMark />}
      {(memory || target !== null) && <span className="memory-break" />}
      {memory && <Strength strength={memory.strength} />}
      {memory && <span>{memoryWords.recalled(memory.recalled)}</span>}
      {target !== null && (
        <span className="memory-about" dir="auto">
          {memoryWords.about(target)}
        </span>
      )}
    </p>
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
