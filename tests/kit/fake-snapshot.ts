import type { Failure } from '../../core/errors.ts';
import { setAsideTrouble, writeTrouble } from '../../core/loop/troubles.ts';
import type { Command, Snapshot } from '../../core/protocol.ts';
import type { Settings } from '../../core/settings.ts';
import { dayMs, minuteMs, root, total } from './fake-days.ts';
import type { Scenario } from './fake-engine.ts';
import type { FakeModel } from './fake-model.ts';
import { hostFor } from './fake-owner.ts';
import type { World } from './fake-world.ts';

export const thoughtText =
  'Six edits to total.ts in a row, all near applyDiscount. The last one takes the rounding out of checkout.ts, but line 88 there still rounds. A cart with a discount would be rounded twice, so a total could be off by one cent.';

/** What a plain command makes of the Now view. */
export function patchFor(command: Command, snapshot: Snapshot): Partial<Snapshot> {
  switch (command.kind) {
    case 'pause':
      return { life: 'paused', stage: 'resting' };
    case 'resume':
      return { life: 'running' };
    case 'clear-focus':
      return { focus: null };
    case 'set-focus': {
      const why = command.priority === 'high' ? 'you asked for it, before everything else' : 'you asked for it';
      return { focus: { topic: command.topic, since: snapshot.at, why, strength: 1 } };
    }
    case 'set-login':
      return { host: { ...snapshot.host, login: command.on ? 'on' : 'off' } };
    case 'dismiss-trouble':
      return { troubles: snapshot.troubles.filter((each) => each.key !== command.key) };
    default:
      return {};
  }
}

/** What the page is told of the settings, as the engine tells it. */
const settingsFor = ({ model, lmStudio, page, watch, sleep }: Settings): Snapshot['settings'] => ({
  sleep: { enabled: sleep.enabled, model: sleep.model },
  reasoner: model.reasoner,
  baseUrl: model.baseUrl,
  model: model.name,
  folders: watch.folders,
  dataDir: '/home/ada/.local/share/reverie',
  welcomed: page.welcomed,
  theme: page.theme,
  hasToken: model.apiKey !== '',
  lmStudio: { start: lmStudio.start, load: lmStudio.load, yield: lmStudio.yield },
});

/** What of the Now view follows from the model server and the settings. `troubles`: those shown before. */
export function standingFor(
  model: FakeModel,
  troubles: Snapshot['troubles'],
): Pick<Snapshot, 'server' | 'reasoner' | 'settings' | 'troubles'> {
  const { server, reasoner, trouble } = model.told();
  const others = troubles.filter(({ key }) => key !== 'server');
  const settings = settingsFor(model.settings());
  return { server, reasoner, settings, troubles: trouble ? [...others, trouble] : others };
}

/** The Now view of a scenario at its start. */
export function snapshotFor(scenario: Scenario, at: number, world: World, model: FakeModel): Snapshot {
  const bare = scenario === 'empty' || scenario === 'welcome';
  const standing = standingFor(model, troublesFor(scenario, at));
  const { kind, name } = standing.reasoner;
  const thought = {
    id: 'thought-1',
    text: thoughtText,
    about: total,
    reasoner: { kind, name },
    startedAt: at - 6_000,
    done: true,
  };
  const thinking = scenario === 'thinking';
  return {
    at,
    life: scenario === 'paused' ? 'paused' : 'running',
    stage: thinking ? 'reflect' : 'resting',
    focus: bare
      ? null
      : {
          topic: total,
          since: at - 24 * minuteMs,
          why: 'you edited it 6 times in 22 minutes',
          strength: scenario === 'resting' ? 0.31 : 0.86,
        },
    ...standing,
    thought: bare
      ? null
      : thinking
        ? { ...thought, text: thoughtText.slice(0, thoughtText.indexOf(', but')), done: false }
        : thought,
    sources: sourcesFor(scenario),
    counts: {
      observations: world.observations.length,
      pending: thinking ? 3 : scenario === 'paused' ? 12 : 0,
      dead: 0,
      episodes: bare ? 0 : 61,
      insights: world.insights.length,
      proposals: 0,
      memories: 0,
      dreams: 0,
    },
    intake: bare
      ? { received: 0, written: 0, merged: 0, folded: 0, waiting: 0 }
      : { received: 1_284, written: 391, merged: 655, folded: 238, waiting: scenario === 'trouble' ? 212 : 0 },
    budget: {
      hourUsed: bare ? 0 : scenario === 'trouble' ? 200_000 : 41_310,
      hourLimit: 200_000,
      dayUsed: bare ? 0 : 268_900,
      dayLimit: 2_000_000,
      cycles: { used: bare ? 0 : 214, limit: 10_000 },
    },
    identity: bare
      ? {
          bornAt: at - 4_000,
          startedAt: at - 4_000,
          uptimeBeforeMs: 0,
          sessions: 1,
          observations: 0,
          decisions: 0,
          insights: 0,
          thresholdShift: 0,
          threshold: 0.3,
        }
      : {
          bornAt: at - 5 * dayMs,
          startedAt: at - 7 * 60 * minuteMs,
          uptimeBeforeMs: 3 * dayMs,
          sessions: 9,
          observations: 1_284,
          decisions: 61,
          insights: world.insights.length,
          thresholdShift: 0.1,
          threshold: 0.4,
        },
    host: hostFor(scenario === 'tray' ? 'tray' : 'headless'),
    power: scenario === 'tray' ? { onBattery: true, spares: true } : null,
    sleep: null,
    digest: null,
  };
}

function sourcesFor(scenario: Scenario): Snapshot['sources'] {
  const fine: Snapshot['sources'] = [
    { id: `files:${root}`, state: 'watching', message: 'Watches 2,014 files in 310 folders', watched: 2_014 },
    { id: `git:${root}`, state: 'watching', message: 'Watches 1 repository, on main', watched: 1 },
    { id: 'notes', state: 'watching', message: 'Takes your notes' },
  ];
  if (scenario === 'empty' || scenario === 'welcome') {
    return fine.map((each) =>
      each.id.startsWith('files') ? { ...each, state: 'starting', message: 'Takes a first look' } : each,
    );
  }
  if (scenario !== 'trouble') return fine;
  return [
    {
      id: `files:${root}`,
      state: 'degraded',
      message: 'Watches the first 200,000 of 412,377 files',
      remedy: 'Add the large folders to .gitignore or to watch.ignore in the settings.',
      watched: 200_000,
    },
    {
      id: 'files:/mnt/archive',
      state: 'failed',
      message: 'The folder /mnt/archive may not be read',
      remedy:
        'Give your user the right to read it, or take it out of the watched folders. Reverie looks again by itself.',
    },
    ...fine.slice(1),
  ];
}

function troublesFor(scenario: Scenario, at: number): Snapshot['troubles'] {
  if (scenario !== 'trouble') return [];
  const full: Failure = { class: 'resource', code: 'store-write-failed', message: 'database or disk is full' };
  return [
    writeTrouble(full, at - minuteMs),
    setAsideTrouble('The answer of the model was not valid three times.', at - 9 * minuteMs),
  ];
}
