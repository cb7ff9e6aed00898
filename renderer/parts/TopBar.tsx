import { Tabs } from '@base-ui/react/tabs';
import { CircleQuestionMark, Pause, Play } from 'lucide-react';
import { modelWords, needsOwner, serverWords } from '../model-words.ts';
import { usePart, useSnapshot } from '../page-context.ts';
import type { View } from '../store.ts';
import { useSend } from '../use-send.ts';
import { stateWords, words } from '../words.ts';
import { type Mood, StateMark } from './StateMark.tsx';

const views = Object.keys(words.views) as View[];

/** Who it is, how it is, pause, help, and the tabs. */
export function TopBar({ onHelp }: { onHelp: () => void }) {
  return (
    <header className="bar">
      <div className="bar-top">
        <Brand />
        <PauseButton />
        <button type="button" className="icon-button" aria-label={words.help} title={words.help} onClick={onHelp}>
          <CircleQuestionMark aria-hidden="true" />
        </button>
      </div>
      <Tabs.List className="tabs" activateOnFocus aria-label={words.product}>
        {views.map((view) => (
          <Tabs.Tab key={view} className="tab" value={view}>
            {words.views[view]}
            <Badge view={view} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </header>
  );
}

function Brand() {
  const lost = usePart((state) => state.link.kind !== 'open');
  const word = useSnapshot(stateWords);
  const mood = useSnapshot(moodOf);
  return (
    <div className="brand">
      <StateMark mood={lost ? 'lost' : mood} />
      <h1 className="brand-name">{words.product}</h1>
      <p className="brand-state">
        <output>{lost ? words.away : word}</output>
        {!lost && <ServerState />}
      </p>
    </div>
  );
}

/** How the model server stands, where that is worth a word; not announced, for a load would talk all the time. */
function ServerState() {
  const state = useSnapshot(serverWords);
  const what = useSnapshot(({ server }) => server.what);
  return (
    state && (
      <span className="brand-server" title={what}>
        {state}
      </span>
    )
  );
}

function moodOf(snapshot: { life: string; stage: string }): Mood {
  if (snapshot.life === 'running') return snapshot.stage === 'reflect' ? 'thinking' : 'awake';
  if (snapshot.life === 'asleep') return 'asleep';
  return snapshot.life === 'paused' ? 'paused' : 'starting';
}

function PauseButton() {
  const paused = useSnapshot((snapshot) => snapshot.life === 'paused');
  const { send, problem } = useSend();
  return (
    <>
      <button
        type="button"
        className={paused ? 'button button-strong' : 'button'}
        onClick={() => send({ kind: paused ? 'resume' : 'pause' })}
      >
        {paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
        {paused ? words.resume : words.pause}
      </button>
      {problem}
    </>
  );
}

/** A dot on the model's tab where the owner could mend something. */
function ModelBadge() {
  const needed = useSnapshot(needsOwner);
  if (!needed) return null;
  return (
    <span className="badge-dot" title={modelWords.attention}>
      <span className="hidden">{modelWords.attention}</span>
    </span>
  );
}

/** A count on a tab, only where it asks for something: troubles, proposals, what was set aside. */
function Badge({ view }: { view: View }) {
  const count = useSnapshot((snapshot) => {
    if (view === 'now') return snapshot.troubles.length;
    if (view === 'proposals') return snapshot.counts.proposals;
    return view === 'health' ? snapshot.counts.dead : 0;
  });
  if (view === 'model') return <ModelBadge />;
  if (count === 0 || view === 'insights' || view === 'memory' || view === 'dreams') return null;
  const title = { now: words.troubleCount, proposals: words.proposalCount, health: words.deadCount }[view](count);
  return (
    <span className={view === 'proposals' ? 'badge' : 'badge badge-warn'} title={title}>
      {count > 99 ? '99+' : count}
      <span className="hidden">{title}</span>
    </span>
  );
}
