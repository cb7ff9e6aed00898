import { oneLine } from './one-line.ts';
import { type TraySeen, trayState } from './tray-state.ts';
import { words } from './words.ts';

/** Windows cuts longer ones off. */
const longest = 127;

/** What the icon says in words: the state, and what about. At most 127 characters, one line. */
export function tooltip(seen: TraySeen): string {
  const state = trayState(seen);
  const trouble = seen.troubles.find(({ severity }) => severity === 'error');
  const says = lifeWords(seen) ?? words.states[state];
  const about = state === 'needs-you' ? (trouble?.what ?? '') : state === 'thinking' ? aboutWords(seen) : '';
  return oneLine(
    [words.name, [says, about].filter(Boolean).join(state === 'needs-you' ? ': ' : ' ')].join(' · '),
    longest,
  );
}

function lifeWords({ life }: TraySeen): string | null {
  if (life === 'initializing' || life === 'recovering') return words.starting;
  return life === 'stopping' || life === 'stopped' ? words.stopping : null;
}

const aboutWords = ({ thought }: TraySeen): string => (thought && !thought.done ? words.about(thought.about) : '');
