import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Actions } from './actions.ts';
import type { PageState, Store } from './store.ts';

export interface Page {
  store: Store;
  actions: Actions;
}

export const PageContext = createContext<Page | null>(null);

function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('This component needs a PageContext around it.');
  return page;
}

/** Reads one part of the state and draws again only when that part is another one. `select` must not build new objects. */
export function usePart<T>(select: (state: PageState) => T): T {
  const { store } = usePage();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** The snapshot; only for components that are drawn once there is one. */
export function useSnapshot<T>(select: (snapshot: NonNullable<PageState['snapshot']>) => T): T {
  return usePart((state) => {
    if (!state.snapshot) throw new Error('Drawn before the first snapshot.');
    return select(state.snapshot);
  });
}

export const useActions = (): Actions => usePage().actions;

export const useStore = (): Store => usePage().store;
