import type { Command, ServerView, Snapshot } from '../../core/protocol.ts';
import { dayMs, minuteMs, model, root, rules, total } from './fake-days.ts';
import type { Scenario } from './fake-engine.ts';
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
    case 'dismiss-trouble':
      return { troubles: snapshot.troubles.filter((each) => each.key !== command.key) };
    case 'change-settings': {
      const { model: picked, page, lmStudio } = command.patch;
      const { settings } = snapshot;
      return {
        settings: {
          ...settings,
          reasoner: picked?.reasoner ?? settings.reasoner,
          baseUrl: picked?.baseUrl ?? settings.baseUrl,
          model: picked?.name ?? settings.model,
          welcomed: page?.welcomed ?? settings.welcomed,
          hasToken: picked?.apiKey === undefined ? settings.hasToken : picked.apiKey !== '',
          lmStudio: {
            start: lmStudio?.start ?? settings.lmStudio.start,
            load: lmStudio?.load ?? settings.lmStudio.load,
            yield: lmStudio?.yield ?? settings.lmStudio.yield,
          },
        },
      };
    }
    default:
      return {};
  }
}

/** Who thinks while the server stands like this, and why. */
export const reasonerFor = (server: ServerView): Snapshot['reasoner'] =>
  server.model
    ? { ...model, why: 'the server at 127.0.0.1:1234 answers' }
    : { ...rules, why: 'no server answers at 127.0.0.1:1234' };

/** The Now view of a scenario at its start. */
export function snapshotFor(scenario: Scenario, at: number, world: World, server: ServerView): Snapshot {
  const bare = scenario === 'empty' || scenario === 'welcome';
  const reasoner = reasonerFor(server);
  const { kind, name } = reasoner;
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
    reasoner,
    server,
    thought: bare
      ? null
      : thinking
        ? { ...thought, text: thoughtText.slice(0, thoughtText.indexOf(', but')), done: false }
        : thought,
    sources: sourcesFor(scenario),
    troubles: troublesFor(scenario, at),
    counts: {
      observations: world.observations.length,
      pending: thinking ? 3 : scenario === 'paused' ? 12 : 0,
      dead: 0,
      episodes: bare ? 0 : 61,
      insights: world.insights.length,
      proposals: 0,
    },
    intake: bare
      ? { received: 0, written: 0, merged: 0, folded: 0, waiting: 0 }
      : { received: 1_284, written: 391, merged: 655, folded: 238, waiting: scenario === 'trouble' ? 212 : 0 },
    budget: {
      hourUsed: bare ? 0 : scenario === 'trouble' ? 200_000 : 41_310,
      hourLimit: 200_000,
      dayUsed: bare ? 0 : 268_900,
      dayLimit: 2_000_000,
    },
    identity: bare
      ? { bornAt: at - 4_000, sessions: 1, observations: 0, decisions: 0, insights: 0 }
      : { bornAt: at - 5 * dayMs, sessions: 9, observations: 1_284, decisions: 61, insights: world.insights.length },
    settings: {
      reasoner: 'auto',
      baseUrl: 'http://127.0.0.1:1234/v1',
      model: '',
      folders: [root],
      dataDir: '/home/ada/.local/share/reverie',
      welcomed: scenario !== 'welcome',
      hasToken: scenario !== 'model-auth',
      lmStudio: { start: 'ask', load: 'when-needed', yield: true },
    },
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
  const away: Snapshot['troubles'][number] = {
    key: 'model-away',
    at: at - 3 * minuteMs,
    what: 'The model server at 127.0.0.1:1234 stopped answering.',
    means: 'Reverie goes on with its rules: it counts and compares, but does not interpret.',
    remedy: 'Start the server again. Reverie notices by itself within 15 seconds.',
    severity: 'info',
  };
  if (scenario === 'away') return [away];
  if (scenario !== 'trouble') return [];
  return [
    {
      key: 'disk-full',
      at: at - minuteMs,
      what: 'The disk with the data folder is full.',
      means: '212 observations wait in memory and are lost if Reverie ends now.',
      remedy: 'Free some space on the disk of /home/ada/.local/share/reverie. Writing resumes by itself.',
      severity: 'error',
    },
    {
      key: 'dead-letters',
      at: at - 9 * minuteMs,
      what: '2 observations failed three times and were set aside.',
      means: 'They are kept, but nothing was concluded from them.',
      remedy: 'Look at them under Health and try them again.',
      severity: 'warning',
    },
    away,
  ];
}
