import { useEffect, useMemo } from 'react';

export interface Later {
  /** Does this after the pause, and not what was put off before. */
  put(work: () => void): void;
  /** Does at once what was put off. */
  now(): void;
  drop(): void;
}

/** Puts work off until nothing came for `pauseMs`. What still waits when the component goes is done then. */
export function useLater(pauseMs: number): Later {
  const later = useMemo(() => createLater(pauseMs), [pauseMs]);
  useEffect(() => () => later.now(), [later]);
  return later;
}

function createLater(pauseMs: number): Later {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void) | null = null;
  const take = () => {
    clearTimeout(timer);
    const work = waiting;
    waiting = null;
    return work;
  };
  return {
    put(work) {
      take();
      waiting = work;
      timer = setTimeout(() => take()?.(), pauseMs);
    },
    now: () => take()?.(),
    drop: () => void take(),
  };
}
