import { Pin, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { anyMemory, isNarrowed, type MemoryAsk } from '../memory-ask.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';

/** Keys pressed within this time are one question. */
const settleMs = 200;

/** The search box and its filters. Each change asks at once; typing asks when it pauses, or on Enter. */
export function MemorySearch() {
  const store = useStore();
  const actions = useActions();
  const ask = usePart((state) => state.memory.ask);
  const change = (patch: Partial<MemoryAsk>) => void actions.findMemories({ ...store.get().memory.ask, ...patch });
  return (
    <search className="memory-search">
      <SearchBox text={ask.text} onText={(text) => change({ text })} />
      <div className="filters">
        <Choice
          name={memoryWords.kind}
          options={memoryWords.kinds}
          value={ask.kind}
          onChoose={(kind) => change({ kind })}
        />
        <Choice
          name={memoryWords.trust}
          options={memoryWords.trusts}
          value={ask.trust}
          onChoose={(trust) => change({ trust })}
        />
        <Choice
          name={memoryWords.span}
          options={memoryWords.spans}
          value={ask.span}
          onChoose={(span) => change({ span })}
        />
        <button
          type="button"
          className="quiet-button filter-pin"
          aria-pressed={ask.pinned}
          onClick={() => change({ pinned: !ask.pinned })}
        >
          <Pin aria-hidden="true" />
          {memoryWords.pinnedOnly}
        </button>
        {isNarrowed(ask) && (
          <button type="button" className="quiet-button" onClick={() => change(anyMemory)}>
            {memoryWords.clear}
          </button>
        )}
      </div>
      {ask.target && <Target target={ask.target} onClear={() => change({ target: '' })} />}
    </search>
  );
}

function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const [told, setTold] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Cleared from outside: the box follows.
  if (told !== text) {
    setTold(text);
    setTyped(text);
  }
  const tell = (next: string) => {
    clearTimeout(timer.current);
    setTold(next);
    if (next !== text) onText(next);
  };
  return (
    <form
      className="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        tell(typed);
      }}
    >
      <Search aria-hidden="true" />
      <input
        type="search"
        dir="auto"
        maxLength={500}
        autoComplete="off"
        value={typed}
        aria-label={memoryWords.search}
        placeholder={memoryWords.searchPlaceholder}
        title={memoryWords.searchHint}
        onChange={(event) => {
          const next = event.target.value;
          setTyped(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(tell, settleMs, next);
        }}
      />
    </form>
  );
}

function Choice<T extends string>(props: {
  name: string;
  options: Readonly<Record<T, string>>;
  value: T;
  onChoose: (value: T) => void;
}) {
  const keys = Object.keys(props.options) as T[];
  return (
    <select
      className={props.value === 'any' ? 'filter' : 'filter filter-on'}
      aria-label={props.name}
      value={props.value}
      onChange={(event) => props.onChoose(keys[event.target.selectedIndex] ?? props.value)}
    >
      {keys.map((key) => (
        <option key={key} value={key}>
          {props.options[key]}
        </option>
      ))}
    </select>
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
