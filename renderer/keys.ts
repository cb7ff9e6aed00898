import type { View } from '../core/protocol-shell.ts';

/** What a key can ask of the page. */
export type KeyAction =
  | { kind: 'view'; view: View }
  | { kind: 'palette' }
  | { kind: 'pause' }
  | { kind: 'next' }
  | { kind: 'previous' }
  | { kind: 'keys' }
  | { kind: 'escape' };

/** A pressed key as the browser tells it; `mac`: the command key is ⌘ and not Ctrl. */
export interface Press {
  key: string;
  ctrl: boolean;
  meta: boolean;
  alt: boolean;
  shift: boolean;
  repeat: boolean;
  mac: boolean;
}

/** Where it was pressed: in a field that takes letters, or under something that lies over the page. */
export interface KeyPlace {
  typing: boolean;
  covered: boolean;
}

interface KeyRow {
  /** As `KeyboardEvent.key` tells it, letters small. */
  key: string;
  /** Together with ⌘ or Ctrl. */
  command?: true;
  /** Also while typing. */
  always?: true;
  /** Goes on while the key is held down. */
  repeats?: true;
  action: KeyAction;
}

/** The order of the rail; the key of each is its number. */
export const viewOrder: readonly View[] = [
  'now',
  'insights',
  'ask',
  'dreams',
  'memory',
  'delegations',
  'model',
  'health',
  'settings',
];

/** Every key of the page, for the page and for its own help. */
export const keyMap: readonly KeyRow[] = [
  ...viewOrder.map((view, index) => ({ key: String(index + 1), action: { kind: 'view', view } }) satisfies KeyRow),
  { key: 'k', command: true, always: true, action: { kind: 'palette' } },
  { key: '/', action: { kind: 'palette' } },
  { key: 'p', action: { kind: 'pause' } },
  { key: 'j', repeats: true, action: { kind: 'next' } },
  { key: 'k', repeats: true, action: { kind: 'previous' } },
  { key: '?', action: { kind: 'keys' } },
  { key: 'Escape', always: true, action: { kind: 'escape' } },
];

/** What a pressed key asks for; null leaves it to the browser. Pure. */
export function actionFor(press: Press, place: KeyPlace): KeyAction | null {
  const row = keyMap.find((each) => fits(each, press));
  if (!row || (press.repeat && !row.repeats)) return null;
  if (place.typing && !row.always) return null;
  // What lies over the page closes itself on Escape; only the palette's own key works there too.
  if (place.covered && !row.command) return null;
  return row.action;
}

function fits(row: KeyRow, press: Press): boolean {
  const letter = /^[a-z]$/.test(row.key);
  if (press.alt || (letter && press.shift)) return false;
  if ((letter ? press.key.toLowerCase() : press.key) !== row.key) return false;
  const command = press.mac ? press.meta && !press.ctrl : press.ctrl && !press.meta;
  return row.command ? command : !press.ctrl && !press.meta;
}

/** A row as people write it: `Ctrl K`, `⌘ K`, `Esc`, `P`. */
export function keyName(row: Pick<KeyRow, 'key' | 'command'>, mac: boolean): string {
  const key = row.key === 'Escape' ? 'Esc' : row.key.toUpperCase();
  return row.command ? `${mac ? '⌘' : 'Ctrl'} ${key}` : key;
}

/** A row as `aria-keyshortcuts` wants it. */
export function keyShortcut(row: Pick<KeyRow, 'key' | 'command'>, mac: boolean): string {
  return row.command ? `${mac ? 'Meta' : 'Control'}+${row.key.toUpperCase()}` : row.key;
}

/** The rows that ask for one kind of thing. */
export const keysFor = (kind: KeyAction['kind']): readonly KeyRow[] =>
  keyMap.filter(({ action }) => action.kind === kind);
