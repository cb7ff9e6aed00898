import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipBytes, clipText, snapshotOf, textAtMost } from '../../core/remember/snapshot.ts';
import { observer } from '../kit/nouns.ts';

describe('what is kept of a thing that is gone', () => {
  it('[ME7.41] is at most 500 bytes and well-formed, whatever was in it, and the whole of what is shorter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), fc.integer({ min: 3, max: 600 }), (text, bytes) => {
        const kept = clipBytes(text, bytes);
        const length = Buffer.byteLength(text.toWellFormed());
        expect(kept.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(bytes);
        if (length <= bytes) expect(kept).toBe(text.toWellFormed());
        else expect(kept.endsWith('…') && text.toWellFormed().startsWith(kept.slice(0, -1))).toBe(true);
        if (length > bytes) expect(Buffer.byteLength(kept)).toBeGreaterThan(bytes - 4);
      }),
      { seed: 20_260_602, numRuns: 500 },
    );
  });

  it('[ME7.42] begins with the words for people; the facts follow as far as there is room', () => {
    const see = observer();
    expect(snapshotOf(see())).toBe(
      'src/a.ts changed, +3 −1 | 2026-06-01T12:00:00Z files file-changed src/a.ts info added=3 removed=1',
    );
    const long = snapshotOf(see({ details: { text: '漢'.repeat(5_000), added: 1 } }));
    expect(long).toMatch(/^src\/a\.ts changed, \+1 −0 \| .*漢…$/);
  });

  it('[ME7.43] a long text keeps its beginning and says that it was cut', () => {
    expect(clipText('short')).toBe('short');
    const cut = clipText('😀'.repeat(6_000));
    expect([cut.length <= textAtMost, cut.isWellFormed(), cut.endsWith(' … (cut)')]).toEqual([true, true, true]);
  });
});
