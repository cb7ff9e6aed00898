import { useCallback, useState } from 'react';

/** What lies open of a card: its evidence, and the whole of a long text. */
export interface CardState {
  evidence: boolean;
  whole: boolean;
}

export interface Cards {
  stateOf: (id: string) => CardState;
  toggle: (id: string, part: keyof CardState) => void;
  anyOpen: boolean;
}

const closed: CardState = { evidence: false, whole: false };

/** What lies open of which card, by id. It outlives the card's time on the page: scrolled far away and back, it is as it was. */
export function useCards(): Cards {
  const [open, setOpen] = useState<ReadonlyMap<string, CardState>>(new Map());
  const toggle = useCallback((id: string, part: keyof CardState) => {
    setOpen((held) => {
      const before = held.get(id) ?? closed;
      return new Map(held).set(id, { ...before, [part]: !before[part] });
    });
  }, []);
  const anyOpen = [...open.values()].some(({ evidence, whole }) => evidence || whole);
  return { stateOf: (id) => open.get(id) ?? closed, toggle, anyOpen };
}
