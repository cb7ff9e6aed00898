import { stripVTControlCharacters } from 'node:util';

/**
 * Reads the progress bars that `lms load` and `lms get` draw: hears their stdout in pieces of any size and tells each new share, 0..1.
 * Nothing of the words around is understood, so that they may be in any language.
 */
export function readProgress(onProgress: (share: number) => void): (text: string) => void {
  let rest = '';
  let last: number | null = null;
  return (text) => {
    rest += text;
    const percents = [...stripVTControlCharacters(rest).matchAll(/(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?%/g)];
    const share = Number(percents.at(-1)?.[1] ?? Number.NaN) / 100;
    // A figure may be cut by the end of a piece; what lies before the last sign cannot change any more.
    rest = rest.slice(rest.lastIndexOf('%') + 1).slice(-100);
    if (!(share <= 1) || share === last) return;
    last = share;
    onProgress(share);
  };
}
