const fields = 'input:not([type=checkbox], [type=radio], [type=range], [type=button]), textarea, select';
const popups = '[role=listbox], [role=menu], [role=combobox]';
const layers = 'dialog[open], [role=dialog]:not(.toast), [role=alertdialog]:not(.toast)';

/** Whether that is a field that takes letters. */
export const isField = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(fields));

/** Whether keys pressed there are letters of a text, or choose in a list by name. */
export const isTypedInto = (target: EventTarget | null): boolean =>
  isField(target) || (target instanceof Element && target.closest(popups) !== null);

/** Whether something lies over the page and takes the keys. */
export const isCovered = (): boolean => document.querySelector(layers) !== null;
