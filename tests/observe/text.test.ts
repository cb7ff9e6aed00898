import { describe, expect, it } from 'vitest';
import { observationText, plainLine } from '../../core/observe/text.ts';
import { noon, observer } from '../kit/nouns.ts';

const observe = observer();

describe('the text form', () => {
  it('[OB2.5] says time, source, event, target, severity and details in that order, on one line', () => {
    const text = observationText(
      observe(
        {
          type: 'file-changed',
          target: 'src/a.ts',
          severity: 'warning',
          details: { added: 3, near: ['total', 'tax'] },
        },
        { occurredAt: noon },
      ),
    );
    expect(text).toBe('2026-06-01T12:00:00Z files file-changed src/a.ts warning added=3 near=["total", "tax"]');
  });

  it('[OB2.5] says how often an equal fact happened; a burst counts in its details', () => {
    expect(observationText(observe({}, { count: 4 }))).toContain('info (4 times) added=3');
    expect(observationText(observe({ type: 'burst', details: { total: 9 } }, { count: 9 }))).toContain('info total=9');
  });

  it('[OB2.5] leaves out what is empty or serves the machine only, and shortens long lists', () => {
    const text = observationText(
      observe({
        details: {
          root: '/x',
          place: '/x',
          path: 'y',
          repo: 'z',
          empty: '',
          none: null,
          not: false,
          yes: true,
          many: Array.from({ length: 13 }, (_, n) => n),
          folders: { 'src/': 4 },
        },
      }),
    );
    expect(text).toMatch(/info yes=true many=\[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \+3\] folders=\{src\/: 4\}$/);
  });

  it('[OB2.6] stays one line of visible text whatever names and values hold', () => {
    const evil = 'a\nb\r\tc\u2028d\u202ee\u200bf\u0000g\u{e0041}h\u{e0100}i\u0085j';
    const text = observationText(
      observe({ target: evil, details: { [evil]: evil, list: [evil], inner: { [evil]: evil } } }),
    );
    expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e0fff}]/u);
  });
});

describe('a plain line', () => {
  it('[OB2.6] is at most as long as asked, never with half a character, and keeps what people write', () => {
    expect(plainLine('x'.repeat(600))).toHaveLength(500);
    expect(plainLine('x'.repeat(600), 10)).toBe(`${'x'.repeat(9)}…`);
    for (let limit = 2; limit < 9; limit++) expect(plainLine('😀😀😀😀😀', limit).isWellFormed()).toBe(true);
    expect(plainLine('a\ud800b').isWellFormed()).toBe(true);
    expect(plainLine('  Größe: 5 €, 字, می‌خواهم, 👩‍💻  ')).toBe('Größe: 5 €, 字, می‌خواهم, 👩‍💻');
  });
});
