import { useEffect, useRef, useState } from 'react';
import { groupByDay } from '../age.ts';
import { asksForBest, isNarrowed } from '../memory-ask.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { words } from '../words.ts';
import { Empty } from './Empty.tsx';
import { MemoryCard } from './MemoryCard.tsx';
import { MemorySearch } from './MemorySearch.tsx';

/** What is remembered: newest first by day, or what a search finds, best first. */
export function MemoryList() {
  const { ask, items, loaded, more, headless, problem } = useMemories();
  const top = useRef<HTMLDivElement>(null);
  useReturn(loaded);
  const ranked = asksForBest(ask);
  return (
    <div className="stack memory-list" ref={top}>
      <MemorySearch />
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      <output className="faint memory-found">
        {loaded && isNarrowed(ask) && items.length > 0 && memoryWords.found(items.length, more)}
        {loaded && ranked && items.length > 1 && `. ${memoryWords.best}.`}
      </output>
      {!loaded && !problem && <p className="faint">{memoryWords.fetching}</p>}
      {loaded && items.length === 0 && <NothingHere narrowed={isNarrowed(ask)} />}
      {headless && <ToNewest onDone={() => top.current?.querySelector('input')?.focus()} />}
      {ranked ? <Ranked /> : <Timeline />}
      {more && <Older />}
    </div>
  );
}

/** Asks on opening, and again when memory changed; not while the list reaches far back, where that would move it. */
function useMemories() {
  const store = useStore();
  const actions = useActions();
  const changes = usePart((state) => state.memoryChanges);
  const open = usePart((state) => state.link.kind === 'open');
  useEffect(() => {
    if (open && !store.get().memory.headless) void actions.findMemories();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a change is a reason to ask, though its count is not used
  }, [actions, store, open, changes]);
  return usePart((state) => state.memory);
}

/** After a memory was open, the focus goes back to its place in the list. */
function useReturn(loaded: boolean) {
  const store = useStore();
  useEffect(() => {
    const { returnTo } = store.get();
    if (!loaded || returnTo === null) return;
    const place =
      document.getElementById(`memory-${returnTo}`) ?? document.querySelector<HTMLElement>('.search-box input');
    place?.focus();
    store.set({ returnTo: null });
  }, [store, loaded]);
}

function NothingHere({ narrowed }: { narrowed: boolean }) {
  return narrowed ? (
    <Empty title={memoryWords.nothingFound} text={memoryWords.nothingFoundWhy} />
  ) : (
    <Empty title={memoryWords.nothingYet} text={memoryWords.nothingYetWhy} />
  );
}

function Ranked() {
  const items = usePart((state) => state.memory.items);
  return (
    <ul className="stack">
      {items.map((item) => (
        <MemoryCard key={`${item.kind} ${item.id}`} item={item} />
      ))}
    </ul>
  );
}

function Timeline() {
  const items = usePart((state) => state.memory.items);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 60_000) * 60_000);
  return (
    <div className="days">
      {groupByDay(items, (item) => item.at, nowAt).map(({ day, items: ofDay }) => (
        <section key={day} aria-label={day}>
          <h2 className="label day-name">{day}</h2>
          <ul className="stack">
            {ofDay.map((item) => (
              <MemoryCard key={`${item.kind} ${item.id}`} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function ToNewest({ onDone }: { onDone: () => void }) {
  const actions = useActions();
  const toNewest = async () => {
    await actions.findMemories();
    onDone();
  };
  return (
    <p className="memory-headless faint">
      {memoryWords.letGo}{' '}
      <button type="button" className="text-button" onClick={() => void toNewest()}>
        {memoryWords.toNewest}
      </button>
    </p>
  );
}

function Older() {
  const actions = useActions();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  async function load() {
    setBusy(true);
    const outcome = await actions.olderMemories();
    setBusy(false);
    setProblem(outcome.ok ? '' : outcome.message);
  }
  return (
    <div className="older">
      <button type="button" className="button" aria-disabled={busy} onClick={() => !busy && load()}>
        {busy ? words.loading : words.older}
      </button>
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {problem}
        </p>
      )}
    </div>
  );
}
