import { describe, expect, it } from 'vitest';
import { observationWords } from '../../core/observe/words.ts';
import { observer } from '../kit/nouns.ts';

describe('observations in words', () => {
  it.each([
    [
      { type: 'file-changed', details: { added: 14, removed: 9, near: ['applyDiscount'] } },
      'src/a.ts changed, +14 −9, near applyDiscount',
    ],
    [{ type: 'file-changed', details: { bytesDelta: -2048 } }, 'src/a.ts changed, −2,048 bytes'],
    [
      { type: 'file-changed', details: { whitespaceOnly: true, added: 1, removed: 1 } },
      'src/a.ts: only whitespace changed',
    ],
    [{ type: 'file-renamed', details: { from: 'src/old.ts' } }, 'src/old.ts renamed to src/a.ts'],
    [{ type: 'file-deleted', details: { whileAway: true } }, 'src/a.ts deleted, while Reverie was off'],
    [{ type: 'burst', target: 'src/', details: { total: 1200 } }, '1,200 changes at once in src/'],
    [
      {
        type: 'commit-made',
        target: 'shop',
        details: { subject: 'Add paying', branch: 'main', files: 1, added: 3, removed: 0 },
      },
      'Committed “Add paying” on main: 1 file, +3 −0',
    ],
    [
      { type: 'operation-started', target: 'shop', details: { operation: 'merge', conflicts: ['a.ts'] } },
      'shop: merge in progress, conflicts in a.ts',
    ],
    [{ type: 'note-written', trust: 'owner', details: { text: 'check\nthe cart' } }, 'You wrote: “check the cart”'],
    [{ type: 'disk-nearly-full', target: '/data', details: {} }, '/data: disk nearly full'],
  ] as const)('[OB2.50] %j reads as words', (draft, words) => {
    expect(observationWords(observer()(structuredClone(draft) as never))).toBe(words);
  });

  it('[OB2.51] hidden and reordering characters never reach the eye', () => {
    const odd = observer()({ target: 'a\u202egnp.exe\n\u0007b', details: { near: ['\u200bx'] } });
    expect(observationWords(odd)).toBe('a gnp.exe b changed, near x');
  });
});
