import { useEffect } from 'react';
import type { ModelView } from '../core/protocol.ts';
import { useActions, usePart, useSnapshot } from './page-context.ts';

const everyMs = 5_000;

/**
 * How the model server stands, asked at once, whenever the server of the snapshot stands otherwise, and every five seconds while the page is
 * visible. Null until the first answer; `problem` says why the newest question failed.
 */
export function useModel(): { seen: ModelView | null; problem: string } {
  const actions = useActions();
  // Not its words: those tell the progress of a load too.
  const server = useSnapshot(({ server: { state, model, address } }) => `${state} ${model} ${address}`);
  const open = usePart((state) => state.link.kind === 'open');
  useEffect(() => {
    if (!open) return;
    return repeatWhileVisible(() => actions.refreshModel());
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- another server is a reason to ask, though its words are not used
  }, [actions, open, server]);
  return usePart((state) => state.model);
}

/** Runs `ask` now and `everyMs` after each end while the page is visible; the returned function ends that. */
function repeatWhileVisible(ask: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let ended = false;
  const go = async () => {
    clearTimeout(timer);
    if (asking || ended || document.hidden) return;
    asking = true;
    await ask();
    asking = false;
    // A page that was hidden meanwhile asks again when it is seen.
    if (!ended && !document.hidden) timer = setTimeout(again, everyMs);
  };
  const again = () => void go();
  again();
  document.addEventListener('visibilitychange', again);
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', again);
  };
}
