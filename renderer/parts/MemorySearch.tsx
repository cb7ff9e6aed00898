import { X } from 'lucide-react';
import { useRef } from 'react';
import { anyMemory, asksForBest, goesThroughAll, isNarrowed, type MemoryAsk } from '../memory-ask.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { FilterChoice, optionsOf } from './FilterChoice.tsx';
import { PinnedOnly } from './PinnedOnly.tsx';
import { SearchBox } from './SearchBox.tsx';
import { SearchFound } from './SearchFound.tsx';

const kinds = optionsOf<MemoryAsk['kind']>(memoryWords.kinds);
const trusts = optionsOf<MemoryAsk['trust']>(memoryWords.trusts);
const spans = optionsOf<MemoryAsk['span']>(memoryWords.spans);

/** The search box and its filters. Each change asks at once; typing asks when it pauses, or on Enter. `onLeave`: down into the list. */
export function MemorySearch({ onLeave }: { onLeave: () => void }) {
  const store = useStore();
  const actions = useActions();
  const ask = usePart((state) => state.memory.ask);
  const box = useRef<HTMLInputElement>(null);
  const change = (patch: Partial<MemoryAsk>) => void actions.findMemories({ ...store.get().memory.ask, ...patch });
  return (
    <search className="memory-search">
      <SearchBox
        text={ask.text}
        box={box}
        words={{ name: memoryWords.search, placeholder: memoryWords.searchPlaceholder, hint: memoryWords.searchHint }}
        maxLength={500}
        onText={(text) => change({ text })}
        onLeave={onLeave}
      />
      <div className="filters">
        <KindChoice ask={ask} onChoose={(kind) => change({ kind })} />
        <FilterChoice
          name={memoryWords.trust}
          options={trusts}
          value={ask.trust}
          neutral="any"
          onChoose={(trust) => change({ trust })}
        />
        <FilterChoice
          name={memoryWords.span}
          options={spans}
          value={ask.span}
          neutral="any"
          onChoose={(span) => change({ span })}
        />
        <PinnedOnly words={memoryWords.pinnedOnly} on={ask.pinned} onToggle={() => change({ pinned: !ask.pinned })} />
      </div>
      {ask.target && <Target target={ask.target} onClear={() => change({ target: '' })} />}
      {isNarrowed(ask) && (
        <Found
          onClear={() => {
            change(anyMemory);
            // The button goes with the filters.
            box.current?.focus();
          }}
        />
      )}
    </search>
  );
}

/** Where the question goes through everything anyway, “everything” is what stands there. */
function KindChoice({ ask, onChoose }: { ask: MemoryAsk; onChoose: (kind: MemoryAsk['kind']) => void }) {
  const all = goesThroughAll(ask);
  return (
    <FilterChoice
      name={memoryWords.kind}
      options={all ? kinds.filter(([kind]) => kind !== 'any') : kinds}
      value={all && ask.kind === 'any' ? 'all' : ask.kind}
      neutral={all ? 'all' : 'any'}
      onChoose={(kind) => onChoose(all && kind === 'all' ? 'any' : kind)}
    />
  );
}

/** How many there are, and the way back to the memories. */
function Found({ onClear }: { onClear: () => void }) {
  const { ask, items, more, loaded } = usePart((state) => state.memory);
  const best = asksForBest(ask) && items.length > 1;
  return (
    <SearchFound
      found={loaded && items.length > 0 ? memoryWords.found(items.length, more, best) : ''}
      clear={memoryWords.clear}
      onClear={onClear}
    />
  );
}

/** The one thing the list is about, with the way back to all. */
function Target({ target, onClear }: { target: string; onClear: () => void }) {
  return (
    <p className="filter-target">
      <span dir="auto">{memoryWords.about(target)}</span>
      <button
        type="button"
        className="icon-button"
        aria-label={memoryWords.clearTarget(target)}
        title={memoryWords.clear}
        onClick={onClear}
      >
        <X aria-hidden="true" />
      </button>
    </p>
  );
}
