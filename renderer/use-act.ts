import { useMemo } from 'react';
import type { Command } from '../core/protocol.ts';
import type { View } from '../core/protocol-shell.ts';
import { frameWords } from './frame-words.ts';
import { anyInsight } from './insight-list.ts';
import { anyMemory } from './memory-ask.ts';
import { useActions, useStore } from './page-context.ts';
import type { Act } from './palette-entries.ts';
import type { Theme } from './theme.ts';
import { useNews } from './use-news.ts';
import { words } from './words.ts';

/** Goes to a view, with the focus on its heading. */
export function useGo(): (view: View) => void {
  const store = useStore();
  return useMemo(() => (view) => store.set({ view, arrivals: store.get().arrivals + 1 }), [store]);
}

/** Sends a command from the frame and says what came of it as small news. Resolves with whether it went well. */
export function useTell(): (command: Command, done: string | null, undo?: () => void) => Promise<boolean> {
  const actions = useActions();
  const news = useNews();
  return useMemo(
    () => async (command, done, undo) => {
      const outcome = await actions.send(command);
      if (!outcome.ok) news({ text: `${words.commandFailed} ${outcome.message}`, tone: 'bad' });
      else if (done !== null)
        news({
          text: outcome.said ?? done,
          ...(undo && { action: { name: frameWords.undo, run: undo } }),
        });
      return outcome.ok;
    },
    [actions, news],
  );
}

/** Does what an entry of the palette says. */
export function useAct(): (act: Act) => void {
  const store = useStore();
  const actions = useActions();
  const go = useGo();
  const tell = useTell();
  const news = useNews();
  return useMemo(() => {
    const setTheme = (theme: Theme, done: string, undo?: () => void) =>
      void tell({ kind: 'change-settings', patch: { page: { theme } } }, done, undo);
    const ask = async (question: string) => {
      const outcome = await actions.ask(question);
      // What was not asked is not lost: it stands in the field.
      if (!outcome.ok) {
        store.set({ question });
        news({ text: `${words.commandFailed} ${outcome.message}`, tone: 'bad' });
      }
    };
    return (act) => {
      switch (act.kind) {
        case 'view':
          return go(act.view);
        case 'layer':
          return store.set({ layer: act.layer });
        case 'command':
          return void tell(act.command, act.done);
        case 'theme': {
          const before = store.get().snapshot?.settings.theme ?? 'system';
          return setTheme(act.theme, frameWords.done.theme, () => setTheme(before, frameWords.undone));
        }
        case 'ask':
          go('ask');
          return void ask(act.text);
        case 'search-memory':
          store.set({ opened: null });
          go('memory');
          return void actions.findMemories({ ...anyMemory, text: act.text });
        case 'search-insights':
          go('insights');
          return void actions.findInsights({ ...anyInsight, text: act.text });
        case 'insight':
          store.set({ wantedInsight: act.insight.id });
          return go('insights');
      }
    };
  }, [store, actions, go, tell, news]);
}
