import { useMemo } from 'react';
import { useStore } from './page-context.ts';

/** Opens a memory in the Memory view, from wherever it is named, and goes the same way back, step by step. */
export function useOpened(): { open: (id: string) => void; back: () => void } {
  const store = useStore();
  return useMemo(
    () => ({
      open(id) {
        const { view, opened } = store.get();
        const begun = view === 'memory' && opened ? opened : { trail: [], from: view };
        store.set({ opened: { ...begun, trail: [...begun.trail.slice(-20), id] }, view: 'memory' });
      },
      back() {
        const { opened } = store.get();
        if (!opened) return;
        const trail = opened.trail.slice(0, -1);
        const returnTo = opened.trail.at(-1) ?? null;
        if (trail.length > 0) store.set({ opened: { ...opened, trail } });
        else store.set({ opened: null, view: opened.from, returnTo });
      },
    }),
    [store],
  );
}
