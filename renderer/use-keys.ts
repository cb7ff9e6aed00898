import { useEffect } from 'react';
import { actionFor, type KeyAction, type Press } from './keys.ts';
import { isCovered, isField, isTypedInto } from './typed-into.ts';
import { isMac } from './use-frame.ts';

/** Told to the window when Escape had nothing left to close: the tray hides its popover then. */
export const dismissEvent = 'reverie-dismiss';

/** Listens for the keys of the page for as long as the component is there. */
export function useKeys(onAction: (action: KeyAction, event: KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const action = actionFor(pressOf(event), { typing: isTypedInto(event.target), covered: isCovered() });
      if (action) onAction(action, event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [onAction]);
}

const pressOf = (event: KeyboardEvent): Press => ({
  key: event.key,
  ctrl: event.ctrlKey,
  meta: event.metaKey,
  alt: event.altKey,
  shift: event.shiftKey,
  repeat: event.repeat,
  mac: isMac(),
});

/** What Escape does when nothing lies over the page: leaves a field; else nothing is left to close, and the window is told. */
export function escapeFrom(event: KeyboardEvent, heading: HTMLElement | null): void {
  const field = isField(event.target) ? event.target : null;
  // Whoever was asked first took the field away or moved the focus on: that was the answer.
  if (event.target instanceof Node && (!event.target.isConnected || document.activeElement !== event.target)) return;
  // A search box empties itself first.
  if (field instanceof HTMLInputElement && field.type === 'search' && field.value !== '') return;
  if (field) heading?.focus();
  else dispatchEvent(new Event(dismissEvent));
}

/**
 * Moves the focus to the next (1) or previous (-1) item of the list that has it, else to the first of the view. A list is an element with
 * `data-list`; its items are its children.
 */
export function moveInList(step: 1 | -1): void {
  const at = document.activeElement;
  const near = at?.closest('[data-list]');
  const list = near ?? document.querySelector('.panel [data-list]');
  const items = [...(list?.children ?? [])].filter((each) => each instanceof HTMLElement);
  const held = items.findIndex((each) => each.contains(at));
  const next = items[held < 0 ? 0 : held + step];
  if (!next) return;
  if (!next.hasAttribute('tabindex')) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
