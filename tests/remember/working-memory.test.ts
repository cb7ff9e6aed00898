import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roughTokens } from '../../core/remember/extract.ts';
import { hold, nothingHeld, type WorkingItem } from '../../core/remember/working-memory.ts';
import { noon } from '../kit/nouns.ts';

const bounds = { workingItems: 10, workingTokens: 8_000 };
const item = (id: string, importance = 0.5, text = `src/${id}.ts changed`): WorkingItem => ({
  id,
  text,
  importance,
  at: noon,
});
const held = (items: WorkingItem[], limits = bounds) =>
  items.reduce((memory, each) => hold(memory, each, limits, roughTokens), nothingHeld);
const ids = (memory: typeof nothingHeld) => memory.items.map((each) => each.id);

describe('working memory', () => {
  it('[ME1.10] holds ten items, oldest first; beyond that the least important goes, of equal ones the oldest', () => {
    const ten = Array.from({ length: 10 }, (_, n) => item(`a${n}`, n === 4 ? 0.2 : 0.5));
    expect(ids(held(ten))).toEqual(ten.map((each) => each.id));
    expect(ids(held([...ten, item('b')]))).toEqual(['a0', 'a1', 'a2', 'a3', 'a5', 'a6', 'a7', 'a8', 'a9', 'b']);
    expect(ids(held([...ten, item('b'), item('c')])).slice(0, 2)).toEqual(['a1', 'a2']);
    expect(ids(held([...ten, item('b', 0.1)]))).toEqual(ten.map((each) => each.id));
    expect(ids(held([...ten, item('b', NaN)]))).not.toContain('b');
  });

  it('[ME1.11] never holds more than 50 items nor more tokens than it may, whatever the settings say', () => {
    const many = Array.from({ length: 80 }, (_, n) => item(`a${n}`));
    expect(held(many, { workingItems: 1_000, workingTokens: 8_000 }).items).toHaveLength(50);
    const long = Array.from({ length: 9 }, (_, n) => item(`a${n}`, n / 10, 'word '.repeat(1_000)));
    expect(ids(held(long))).toEqual(['a3', 'a4', 'a5', 'a6', 'a7', 'a8']);
    expect(held([item('a'), item('huge', 0.1, 'x'.repeat(1_000_000))]).items.map((each) => each.id)).toEqual(['a']);
  });

  it('[ME1.12] what is dropped leaves its words in one short line', () => {
    const eleven = Array.from({ length: 11 }, (_, n) => item(`a${n}`, n / 20));
    expect(held(eleven).folded).toBe('src/a0.ts changed');
    expect(held([...eleven, item('b')]).folded).toBe('src/a0.ts changed · src/a1.ts changed');
    const hundreds = held(Array.from({ length: 300 }, (_, n) => item(`a${n}`)));
    expect(roughTokens.count(hundreds.folded)).toBeLessThanOrEqual(240);
    expect(hundreds.folded).toContain('a289');
    expect(hundreds.folded).not.toContain('\n');
  });

  it('[ME1.13] an item that is held again takes its own place anew', () => {
    const memory = held([item('a'), item('b'), item('a', 0.9, 'src/a.ts is broken')]);
    expect(ids(memory)).toEqual(['b', 'a']);
    expect(memory.items[1]?.text).toBe('src/a.ts is broken');
    expect(memory.folded).toBe('');
  });

  it('[ME1.14] whatever comes, the bounds hold and the line stays one line', () => {
    const any = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      text: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constantFrom('', '🎉', '漢字が多い', 'x'.repeat(5_000)),
      ),
      importance: fc.constantFrom(0, 0.5, 1, NaN, -4, Infinity),
      at: fc.integer(),
    });
    const limits = { workingItems: 4, workingTokens: 150 };
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (items) => {
        const memory = held(items, limits);
        expect(memory.items.length).toBeLessThanOrEqual(4);
        expect(memory.items.reduce((sum, each) => sum + roughTokens.count(each.text), 0)).toBeLessThanOrEqual(150);
        expect(memory.folded).not.toMatch(/[\n\u0000\u202e]/);
        expect(roughTokens.count(memory.folded)).toBeLessThanOrEqual(240);
        expect(JSON.parse(JSON.stringify(memory.folded))).toBe(memory.folded);
      }),
      { numRuns: 150, seed: 20_260_601 },
    );
  });
});
