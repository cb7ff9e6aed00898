import type { ObservationDraft } from '../../core/types.ts';
import { seededRandom } from '../kit/clock.ts';

const syllables = 'ba de fi go hu ka le mi no pu ra se ti vo wu xa ye zi cor dal fen gar hil jun kel lom mar'.split(
  ' ',
);

/** Draws made-up words, always the same for the same seed: no two texts are alike by their vocabulary. */
export function wordMaker(seed: number): () => string {
  const draw = seededRandom(seed).stream('words');
  const syllable = () => syllables[Math.floor(draw() * syllables.length)] ?? '';
  return () => syllable() + syllable() + syllable();
}

/** Lines of made-up source, about 35 characters each. */
export function sourceText(word: () => string, lines: number): string {
  return Array.from({ length: lines }, () => `export const ${word()} = ${word()}(${word()});\n`).join('');
}

/** What the file source tells of the n-th of many edits: every one of them distinct, with the details a real one carries. */
export function editDraft(n: number): ObservationDraft {
  const path = `src/module-${n % 97}/part-${n % 911}.ts`;
  const place = `/home/ada/shop-${n % 3}`;
  return {
    type: 'file-changed',
    target: path,
    severity: 'info',
    trust: 'observed',
    details: {
      root: place,
      place,
      path,
      bytes: 2_000 + (n % 4_000),
      bytesDelta: (n % 81) - 40,
      against: 'commit',
      added: n % 23,
      removed: n % 7,
      near: [`function total${n}(`],
      excerpt: `+ const sum${n} = items.reduce((all, item) => all + item.price * item.count, 0);\n- return items.length;`,
    },
  };
}
