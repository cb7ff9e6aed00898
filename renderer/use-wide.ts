import { useSyncExternalStore } from 'react';

/** From here on the tabs stand beside the views; the same width as in shell.css. */
const query = '(min-width: 56rem)';

function subscribe(listener: () => void): () => void {
  const list = matchMedia(query);
  list.addEventListener('change', listener);
  return () => list.removeEventListener('change', listener);
}

/** True while the window is wide enough for two columns. */
export const useWide = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(query).matches);
