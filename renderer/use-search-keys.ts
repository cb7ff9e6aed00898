import { type RefObject, useEffect } from 'react';
import { isCovered, isTypedInto } from './typed-into.ts';

/** `/` and Ctrl F (⌘F) go to a search box, before the frame takes them; a second Ctrl F is the browser's own. */
export function useSearchKeys(box: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const field = box.current;
      if (!field || document.activeElement === field || !asksToFind(event) || isCovered()) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [box]);
}

function asksToFind(event: KeyboardEvent): boolean {
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey || event.shiftKey) return false;
  return command ? event.key.toLowerCase() === 'f' : event.key === '/' && !isTypedInto(event.target);
}
