import type { Command, InsightView, Snapshot } from '../core/protocol.ts';
import type { View } from '../core/protocol-shell.ts';
import { frameWords } from './frame-words.ts';
import { rankByFit } from './fuzzy.ts';
import { viewOrder } from './keys.ts';
import type { Layer } from './store.ts';
import type { Theme } from './theme.ts';
import { words } from './words.ts';

/** What an entry of the palette does. */
export type Act =
  | { kind: 'view'; view: View }
  | { kind: 'command'; command: Command; done: string }
  | { kind: 'theme'; theme: Theme }
  | { kind: 'layer'; layer: Layer }
  | { kind: 'ask'; text: string }
  | { kind: 'search-memory'; text: string }
  | { kind: 'search-insights'; text: string }
  | { kind: 'insight'; insight: InsightView };

export interface Entry {
  id: string;
  name: string;
  /** Other words under which it is found. */
  also: readonly string[];
  act: Act;
}
export interface EntryGroup {
  value: keyof typeof frameWords.groups;
  items: Entry[];
}

const recentShown = 5;
const { commands, also, done } = frameWords;

/** What the palette offers for what was typed, in groups, best first; groups without anything are left out. Pure. */
export function paletteFor(typed: string, snapshot: Snapshot, insights: readonly InsightView[]): EntryGroup[] {
  const text = typed.trim();
  const named = (entry: Entry) => [entry.name, ...entry.also];
  const groups: EntryGroup[] = [
    { value: 'go', items: rankByFit(text, viewEntries, named) },
    { value: 'do', items: rankByFit(text, commandEntries(snapshot), named) },
    { value: 'with', items: text === '' ? [] : textEntries(text) },
    { value: 'insights', items: insightEntries(text, insights) },
  ];
  const [go, act] = groups as [EntryGroup, EntryGroup];
  // The best name stands first, whichever kind it is.
  const [bestGo, bestAct] = [go.items[0], act.items[0]];
  const swap = text !== '' && bestGo && bestAct && rankByFit(text, [bestGo, bestAct], named)[0] === bestAct;
  return (swap ? [act, go, ...groups.slice(2)] : groups).filter(({ items }) => items.length > 0);
}

const viewEntries: readonly Entry[] = viewOrder.map((view) => ({
  id: `view ${view}`,
  name: words.views[view],
  also: also.views[view],
  act: { kind: 'view', view },
}));

const commandEntry = (command: Command, name: string, others: readonly string[], said: string): Entry => ({
  id: `${command.kind} ${name}`,
  name,
  also: others,
  act: { kind: 'command', command, done: said },
});

/** Only what can be done now. */
function commandEntries(snapshot: Snapshot): Entry[] {
  const { life, focus, server } = snapshot;
  return [
    life === 'paused'
      ? commandEntry({ kind: 'resume' }, commands.resume, also.resume, done.resume)
      : commandEntry({ kind: 'pause' }, commands.pause, also.pause, done.pause),
    ...(life === 'running'
      ? [
          commandEntry({ kind: 'sleep-now' }, commands.sleep, also.sleep, done.sleep),
          commandEntry({ kind: 'dream-now' }, commands.dream, also.dream, done.dream),
        ]
      : []),
    ...(life === 'asleep' ? [commandEntry({ kind: 'wake' }, commands.wake, also.wake, done.wake)] : []),
    ...(focus ? [commandEntry({ kind: 'clear-focus' }, commands.clearFocus, also.clearFocus, done.clearFocus)] : []),
    ...server.offers.flatMap(({ action, label, why }) =>
      action === 'start-server' || action === 'try-again' || action === 'test-model'
        ? [commandEntry({ kind: action }, label, [why], done.server)]
        : [],
    ),
    ...themes.filter((theme) => theme !== snapshot.settings.theme).map((theme) => themeEntry(theme)),
    commandEntry({ kind: 'export-memory', format: 'json' }, commands.exportJson, also.export, done.export),
    commandEntry({ kind: 'export-memory', format: 'markdown' }, commands.exportMarkdown, also.export, done.export),
    { id: 'keys', name: commands.keys, also: also.keys, act: { kind: 'layer', layer: 'keys' } },
    { id: 'welcome', name: commands.welcome, also: also.welcome, act: { kind: 'layer', layer: 'welcome' } },
  ];
}

const themes: readonly Theme[] = ['light', 'dark', 'system'];
const themeEntry = (theme: Theme): Entry => ({
  id: `theme ${theme}`,
  name: commands.theme[theme],
  also: also.theme,
  act: { kind: 'theme', theme },
});

/** What can be done with any words. A focus is a topic and no essay. */
function textEntries(text: string): Entry[] {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const topic = text.slice(0, 200);
  return [
    { id: 'ask', name: commands.ask(short), also: [], act: { kind: 'ask', text: text.slice(0, 2_000) } },
    {
      id: 'search-memory',
      name: commands.searchMemory(short),
      also: [],
      act: { kind: 'search-memory', text: text.slice(0, 500) },
    },
    {
      id: 'search-insights',
      name: commands.searchInsights(short),
      also: [],
      act: { kind: 'search-insights', text: topic },
    },
    {
      id: 'set-focus',
      name: commands.setFocus(short),
      also: [],
      act: { kind: 'command', command: { kind: 'set-focus', topic, priority: 'high' }, done: done.setFocus(short) },
    },
  ];
}

/** The newest; with words typed, the newest that hold all of them. */
function insightEntries(text: string, insights: readonly InsightView[]): Entry[] {
  const wanted = text.toLowerCase().split(/\s+/);
  return insights
    .filter((insight) => wanted.every((word) => insight.text.toLowerCase().includes(word)))
    .slice(0, recentShown)
    .map((insight) => ({
      id: `insight ${insight.id}`,
      name: insight.text.slice(0, 200),
      also: [],
      act: { kind: 'insight', insight },
    }));
}
