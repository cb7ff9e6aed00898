import { Pause, Play, Search } from 'lucide-react';
import { frameWords, lifeWords, thinkingWords } from '../frame-words.ts';
import { keyName, keyShortcut, keysFor } from '../keys.ts';
import { serverWords } from '../model-words.ts';
import { usePart, useSnapshot, useStore } from '../page-context.ts';
import { useTell } from '../use-act.ts';
import { isMac } from '../use-frame.ts';
import { words } from '../words.ts';
import { Hint } from './Hint.tsx';
import { type Mood, StateMark } from './StateMark.tsx';

/** The sign of the state, above the rail; with the name where there is room. */
export function Brand() {
  const lost = usePart((state) => state.link.kind !== 'open');
  const mood = useSnapshot(moodOf);
  return (
    <div className="brand">
      <StateMark mood={lost ? 'lost' : mood} />
      <span className="brand-name">{words.product}</span>
    </div>
  );
}

/** Where the reader is, how it is, and the two things that are always at hand: any command, and pause. */
export function TopBar() {
  const view = usePart((state) => state.view);
  return (
    <div className="bar">
      <div className="bar-words">
        <h1 id="view-title" className="view-title" tabIndex={-1}>
          {words.views[view]}
        </h1>
        <State />
      </div>
      <SearchButton />
      <PauseButton />
    </div>
  );
}

/** How it is. Announced is only what lasts: thinking comes and goes, and a load would talk all the time. */
function State() {
  const lost = usePart((state) => state.link.kind !== 'open');
  const life = useSnapshot(lifeWords);
  const thinking = useSnapshot(thinkingWords);
  const server = useSnapshot(serverWords);
  const what = useSnapshot((snapshot) => snapshot.server.what);
  const shown = lost ? null : thinking;
  return (
    <p className="brand-state">
      <output className={shown ? 'hidden' : undefined}>{lost ? words.away : life}</output>
      {shown && (
        <span className="brand-thinking" dir="auto" title={shown}>
          {shown}
        </span>
      )}
      {!lost && server && (
        <span className="brand-server" title={what}>
          {server}
        </span>
      )}
    </p>
  );
}

function SearchButton() {
  const store = useStore();
  const [first] = keysFor('palette');
  const name = keyName(first!, isMac());
  return (
    <Hint name={frameWords.search} shortcut={name} side="bottom">
      <button
        type="button"
        className="icon-button search-button"
        aria-keyshortcuts={keyShortcut(first!, isMac())}
        aria-haspopup="dialog"
        onClick={() => store.set({ layer: 'palette' })}
      >
        <Search aria-hidden="true" />
        <span className="hidden">{frameWords.search}</span>
        <span className="search-name" aria-hidden="true">
          {frameWords.search}
        </span>
        <kbd className="key search-key" aria-hidden="true">
          {name}
        </kbd>
      </button>
    </Hint>
  );
}

/** One button for both, in one place: what it will do is its name. */
function PauseButton() {
  const paused = useSnapshot((snapshot) => snapshot.life === 'paused');
  const tell = useTell();
  const name = paused ? words.resume : words.pause;
  return (
    <Hint name={name} shortcut="P" side="bottom">
      <button
        type="button"
        className={paused ? 'icon-button icon-strong' : 'icon-button'}
        aria-label={name}
        aria-keyshortcuts="p"
        onClick={() => void tell({ kind: paused ? 'resume' : 'pause' }, null)}
      >
        {paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
      </button>
    </Hint>
  );
}

function moodOf(snapshot: { life: string; stage: string }): Mood {
  if (snapshot.life === 'running') return snapshot.stage === 'reflect' ? 'thinking' : 'awake';
  if (snapshot.life === 'asleep') return 'asleep';
  return snapshot.life === 'paused' ? 'paused' : 'starting';
}
