import { type ReactNode, useEffect, useRef, useState } from 'react';
import { dayWords, startOfDay } from '../age.ts';
import { asksForBest, isNarrowed, leavesOut } from '../memory-ask.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart, useSnapshot, useStore } from '../page-context.ts';
import { words } from '../words.ts';
import { Empty } from './Empty.tsx';
import { MemoryCard } from './MemoryCard.tsx';
import { MemorySearch } from './MemorySearch.tsx';

/** What is remembered: newest first by day, or what a search finds, best first. */
export function MemoryList() {
  const { ask, items, loaded, more, headless, problem } = useMemories();
  const top = useRef<HTMLDivElement>(null);
  useReturn(loaded);
  const toFirst = () => top.current?.querySelector<HTMLElement>('.memory-row')?.focus();
  return (
    <div className="memory-list" ref={top}>
      <MemorySearch onLeave={toFirst} />
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      {!loaded && !problem && <p className="faint">{memoryWords.fetching}</p>}
      {loaded && items.length === 0 && <NothingHere />}
      {headless && <ToNewest onDone={() => top.current?.querySelector('input')?.focus()} />}
      <Rows byDay={!asksForBest(ask)} />
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

/** Why there is nothing to see, and the way to where something is. */
function NothingHere() {
  const actions = useActions();
  const ask = usePart((state) => state.memory.ask);
  const isBare = useSnapshot(({ counts }) => counts.insights + counts.episodes === 0);
  const narrowed = isNarrowed({ ...ask, kind: ask.kind === 'all' ? 'any' : ask.kind });
  if (!narrowed && isBare) return <Empty title={memoryWords.nothingYet} text={memoryWords.nothingYetWhy} />;
  if (!leavesOut(ask)) return <Empty title={memoryWords.nothingFound} text={memoryWords.nothingFoundWhy} />;
  return (
    <div className="empty">
      <p className="empty-title">{narrowed ? memoryWords.nothingFound : memoryWords.nothingYet}</p>
      <p className="faint">{narrowed ? memoryWords.onlyMemories : memoryWords.onlyHappened}</p>
      <button type="button" className="button" onClick={() => void actions.findMemories({ ...ask, kind: 'all' })}>
        {memoryWords.showEverything}
      </button>
    </div>
  );
}

/** One list, so that j and k go through all of it; a day has its name above its first thing. */
function Rows({ byDay }: { byDay: boolean }) {
  const items = usePart((state) => state.memory.items);
  const nowAt = usePart((state) => Math.floor(state.nowAt / 60_000) * 60_000);
  return (
    <ul className={byDay ? 'memory-rows' : 'memory-rows memory-ranked'} data-list>
      {items.map((item, index) => {
        const before = items[index - 1];
        const begins = byDay && (!before || startOfDay(before.at) !== startOfDay(item.at));
        return (
          <MemoryCard key={`${item.kind} ${item.id}`} item={item}>
            {begins && <DayName>{dayWords(item.at, nowAt)}</DayName>}
          </MemoryCard>
        );
      })}
    </ul>
  );
}

export const DayName = ({ children }: { children: ReactNode }) => <h2 className="label day-name">{children}</h2>;

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
