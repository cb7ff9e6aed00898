import type { Power, PowerState, Stop } from '../ports.ts';
import type { Snapshot } from '../protocol.ts';
import type { Settings } from '../settings.ts';

/** How the machine's power changes what the mind does (SH5). A host that is told nothing of it is on mains and in front of its owner. */
export interface PowerDesk {
  /** The machine sleeps or is about to: nothing is begun. */
  isSuspended(): boolean;
  /** Nobody is in front of it. */
  isAway(): boolean;
  /** It runs on battery and the owner wants that spared: what nobody waits for is put off. */
  spares(): boolean;
  shown(): Snapshot['power'];
  /** Tells every change from now on. */
  start(heed: PowerNews): void;
  stop(): void;
}

export interface PowerNews {
  suspended(): void;
  resumed(): void;
  /** Sparing begins or ends. */
  spared(): void;
  ownerIsBack(): void;
  changed(): void;
}

const steady: PowerState = { suspended: false, locked: false, onBattery: false };

const isAway = ({ suspended, locked }: PowerState): boolean => suspended || locked;

export function createPowerDesk({
  power,
  settings,
}: {
  power: Power | null;
  settings: () => Settings['power'];
}): PowerDesk {
  const now = (): PowerState => power?.now() ?? steady;
  const spares = () => now().onBattery && settings().onBattery === 'spare';
  let unheard: Stop = () => undefined;

  function heed(news: PowerNews): Stop {
    let before = { ...now(), spares: spares() };
    return (
      power?.onChange(() => {
        const after = { ...now(), spares: spares() };
        const was = before;
        before = after;
        if (after.suspended && !was.suspended) news.suspended();
        if (was.suspended && !after.suspended) news.resumed();
        if (after.spares !== was.spares) news.spared();
        if (isAway(was) && !isAway(after)) news.ownerIsBack();
        news.changed();
      }) ?? (() => undefined)
    );
  }

  return {
    isSuspended: () => now().suspended,
    isAway: () => isAway(now()),
    spares,
    shown: () => (power ? { onBattery: now().onBattery, spares: spares() } : null),
    start(news) {
      unheard();
      unheard = heed(news);
    },
    stop: () => unheard(),
  };
}
