import { useSyncExternalStore } from 'react';

/** How the views are reached: a bar at the foot of a narrow window, a rail of icons, or a sidebar with names. As in shell.css. */
export type Frame = 'foot' | 'rail' | 'sidebar';

const sidebar = '(min-width: 47.5rem)';
const foot = '(max-width: 21.99rem)';

function subscribe(listener: () => void): () => void {
  const lists = [matchMedia(sidebar), matchMedia(foot)];
  for (const list of lists) list.addEventListener('change', listener);
  return () => {
    for (const list of lists) list.removeEventListener('change', listener);
  };
}

function frameNow(): Frame {
  if (matchMedia(sidebar).matches) return 'sidebar';
  return matchMedia(foot).matches ? 'foot' : 'rail';
}

/** The frame that the window has room for. */
export const useFrame = (): Frame => useSyncExternalStore(subscribe, frameNow);

/** Whether the command key is ⌘. */
export const isMac = (): boolean => /^Mac|^iP/.test(navigator.platform);
