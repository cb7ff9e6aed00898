import { useEffect } from 'react';
import { useActions, usePart, useSnapshot } from './page-context.ts';
import type { PageState } from './store.ts';

/** What is known of sleep and dreams, asked at once, when memory changed and whenever sleep begins, ends or goes into another phase. */
export function useDreams(): PageState['dreams'] {
  const actions = useActions();
  const changes = usePart((state) => state.memoryChanges);
  const open = usePart((state) => state.link.kind === 'open');
  const phase = useSnapshot((snapshot) => `${snapshot.life} ${snapshot.sleep?.phase}`);
  useEffect(() => {
    if (open) void actions.refreshDreams();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- reasons to ask, though they are not used
  }, [actions, open, changes, phase]);
  return usePart((state) => state.dreams);
}
