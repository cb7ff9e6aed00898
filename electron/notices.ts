import { Notification } from 'electron';
import type { Power, Stop } from '../core/ports.ts';
import type { Door } from '../core/protocol.ts';
import type { AlertView } from '../core/protocol-owner.ts';
import { notice, verdicts } from './notice.ts';
import { isAway } from './power.ts';

/** The latest that are kept for an owner who is away, and that stay within reach of a click. */
const keptAtMost = 5;
const shownAtMost = 20;

/** Tells alerts as notifications of the system; a click opens the page at the insight. While the owner is away the latest few wait. */
export function createNotices(parts: {
  door: Pick<Door, 'send' | 'subscribe'>;
  power: Power;
  platform: NodeJS.Platform;
  open: (insightId: string) => void;
}): { end: Stop } {
  const { door, power } = parts;
  /** Held, because a notification that nobody holds loses its click. */
  const shown = new Set<Notification>();
  let waiting: AlertView[] = [];

  function tell(alert: AlertView): void {
    const { insightId, actions, id, ...says } = notice(alert, parts.platform);
    const told = new Notification({ id, ...says, actions: actions.map((text) => ({ type: 'button', text })) });
    const done = () => shown.delete(told);
    told.on('click', () => {
      done();
      parts.open(insightId);
    });
    told.on('action', (details) => {
      done();
      const verdict = verdicts[details.actionIndex];
      if (verdict) void door.send({ kind: 'judge-insight', id: insightId, verdict }).catch(() => undefined);
    });
    told.on('close', done);
    shown.add(told);
    for (const oldest of [...shown].slice(0, -shownAtMost)) shown.delete(oldest);
    told.show();
  }

  const ends = [
    door.subscribe((event) => {
      if (event.kind !== 'alert-raised' || !Notification.isSupported()) return;
      if (isAway(power.now())) waiting = [...waiting, event.alert].slice(-keptAtMost);
      else tell(event.alert);
    }),
    power.onChange(() => {
      if (isAway(power.now())) return;
      const kept = waiting;
      waiting = [];
      kept.forEach(tell);
    }),
  ];
  return {
    end() {
      for (const end of ends) end();
      for (const each of shown) each.close();
      shown.clear();
    },
  };
}
