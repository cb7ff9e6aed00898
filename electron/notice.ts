import type { AlertView } from '../core/protocol-owner.ts';
import { oneLine } from './one-line.ts';
import { words } from './words.ts';

const titleChars = 80;
const bodyChars = 240;

/** Each as wide as what it stands for, so that nothing grows past its bound. */
const standsFor: Record<string, string> = { '&': '＆', '<': '‹', '>': '›' };

/**
 * On Linux some servers of notifications read the text as markup and some do not (freedesktop.org, Desktop Notifications): signs that look
 * the same are right for both, where an escape would show in the latter.
 */
const withoutMarkup = (text: string, platform: NodeJS.Platform): string =>
  platform === 'linux' ? text.replace(/[&<>]/g, (sign) => standsFor[sign] ?? '') : text;

/** A verdict that can be given on the notification itself. */
export const verdicts = ['useful', 'less'] as const;

/** What a notification says. Everything in it is bounded and one line: it may hold what was observed. */
export interface Notice {
  id: string;
  insightId: string;
  title: string;
  body: string;
  urgency: 'normal' | 'critical';
  silent: boolean;
  /** In the order of `verdicts`. */
  actions: string[];
}

/** An alert as a notification of this platform: only a critical one makes a sound. */
export function notice(alert: AlertView, platform: NodeJS.Platform): Notice {
  const { id, insightId, title, body, critical } = alert;
  const plain = (text: string, atMost: number) => withoutMarkup(oneLine(text, atMost), platform);
  return {
    id,
    insightId,
    title: plain(title, titleChars) || words.name,
    body: plain(body, bodyChars),
    urgency: critical ? 'critical' : 'normal',
    silent: !critical,
    actions: verdicts.map((verdict) => words.notice[verdict]),
  };
}
