import { Moon, Sun } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Command } from '../../core/protocol.ts';
import type { DreamsView as Seen } from '../../core/protocol-memory.ts';
import { spanWords } from '../age.ts';
import { memoryWords } from '../memory-words.ts';
import { useActions, usePart, useSnapshot, useStore } from '../page-context.ts';
import { Audit } from '../parts/Audit.tsx';
import { Calibration } from '../parts/Calibration.tsx';
import { Digest } from '../parts/Digest.tsx';
import { Hypotheses } from '../parts/Hypotheses.tsx';
import { Meter } from '../parts/Meter.tsx';
import { SleepHistory } from '../parts/SleepHistory.tsx';
import { useDreams } from '../use-dreams.ts';
import { useTask } from '../use-task.ts';
import { words } from '../words.ts';

type SleepCommand = Command & { kind: 'sleep-now' | 'dream-now' | 'wake' };

/** How it sleeps, what that brought, what it dreamt and whether that came true. */
export function DreamsView() {
  const { seen, problem } = useDreams();
  return (
    <div className="model dreams">
      <Head next={seen?.next ?? ''} />
      {problem && (
        <p className="problem" role="alert" dir="auto">
          {words.commandFailed} {problem}
        </p>
      )}
      {seen ? <Body seen={seen} /> : !problem && <p className="faint model-wait">{memoryWords.fetching}</p>}
    </div>
  );
}

/** Awake or asleep, in words, and the three buttons. From the snapshot, so never behind. */
function Head({ next }: { next: string }) {
  const asleep = useSnapshot((snapshot) => snapshot.life === 'asleep');
  const sleep = useSnapshot((snapshot) => snapshot.sleep);
  const Icon = asleep ? Moon : Sun;
  return (
    <section className="model-head" aria-labelledby="sleep-state">
      <p className="label sleep-label">
        <Icon aria-hidden="true" />
        {asleep ? memoryWords.asleep : memoryWords.sleep}
        {sleep && <Since at={sleep.since} />}
      </p>
      <h2 id="sleep-state" className="focus-topic">
        {sleep ? memoryWords.sleepsNow(sleep.phase) : memoryWords.awake}
      </h2>
      {sleep ? (
        <>
          <p className="soft" dir="auto">
            {sleep.says}
          </p>
          {sleep.progress !== null && (
            <Meter className="sleep-progress" value={sleep.progress} label={memoryWords.progress} />
          )}
        </>
      ) : (
        <p className="soft" dir="auto">
          {memoryWords.next}: {next}
        </p>
      )}
      <SleepButtons />
    </section>
  );
}

function Since({ at }: { at: number }) {
  const span = usePart((state) => spanWords(state.nowAt - at));
  return <span>{memoryWords.since(span)}</span>;
}

/** Only what can be done now can be pressed; the buttons stay in their places. */
function SleepButtons() {
  const actions = useActions();
  const store = useStore();
  const life = useSnapshot((snapshot) => snapshot.life);
  const { run, busy, said, hush } = useTask();
  const asleep = life === 'asleep';
  // What was said of falling asleep or waking is over when it is done; the headline tells it then.
  const before = useRef(life);
  useEffect(() => {
    if (before.current !== life) hush();
    before.current = life;
  }, [life, hush]);
  const ask = async (command: SleepCommand, done: string) => {
    await run(() => actions.send(command), done);
    if (store.get().snapshot?.life !== life) hush();
  };
  const button = (command: SleepCommand, name: string, done: string) => {
    const can = command.kind === 'wake' ? asleep : life === 'running';
    return (
      <button
        type="button"
        className={command.kind === 'wake' && asleep ? 'button button-strong' : 'button'}
        aria-disabled={busy || !can}
        onClick={() => can && void ask(command, done)}
      >
        {name}
      </button>
    );
  };
  return (
    <>
      <div className="buttons sleep-buttons">
        {button({ kind: 'sleep-now' }, memoryWords.sleepNow, memoryWords.sleepAsked)}
        {button({ kind: 'dream-now' }, memoryWords.dreamNow, memoryWords.dreamAsked)}
        {button({ kind: 'wake' }, memoryWords.wake, memoryWords.wakeAsked)}
      </div>
      {life === 'paused' && <p className="faint hint">{memoryWords.cannotSleep}</p>}
      {said}
    </>
  );
}

function Body({ seen }: { seen: Seen }) {
  const fresh = useSnapshot((snapshot) => snapshot.digest);
  const digest = fresh ?? seen.sleeps.find((sleep) => sleep.digest !== null)?.digest ?? null;
  return (
    <div className="model-body">
      <div className="model-column">
        <Section title={memoryWords.digest}>
          <Digest digest={digest} />
        </Section>
        <Section title={memoryWords.history}>
          <SleepHistory sleeps={seen.sleeps} />
        </Section>
        <Section title={memoryWords.audit}>
          <Audit audit={seen.audit} />
        </Section>
      </div>
      <div className="model-column">
        <Section title={memoryWords.dreams}>
          <Hypotheses dreams={seen.dreams} counts={seen.counts} />
        </Section>
        <Section title={memoryWords.calibration}>
          <Calibration calibration={seen.calibration} />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <h2 className="label">{title}</h2>
      {children}
    </section>
  );
}
