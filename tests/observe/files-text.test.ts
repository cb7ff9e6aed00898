import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairChanges } from '../../core/observe/files/pair.ts';
import { compareTexts, definedName, differInWhitespaceOnly, linesOf } from '../../core/observe/files/text-change.ts';

describe('the difference of two texts', () => {
  it('[OB10.1] counts added and removed lines so that the new length follows from the old', () => {
    const text = array(constantFrom('a', 'b', '', '  c', 'function d() {')).map((lines) => lines.join('\n'));
    assert(
      property(text, text, (before, after) => {
        const { added, removed } = compareTexts(before, after);
        expect(linesOf(before).length + added - removed).toBe(linesOf(after).length);
      }),
    );
  });

  it('[OB10.1] is nothing for equal texts, and for texts that differ in line ends alone', () => {
    expect(compareTexts('a\nb\n', 'a\r\nb\r\n')).toEqual({ added: 0, removed: 0, near: [], excerpt: '' });
  });

  it('[OB10.6] counts without order, and shows nothing, when the texts differ too much to align', () => {
    const text = (seed: number) => Array.from({ length: 3_000 }, (_, n) => `line ${(n * seed) % 9_973}`).join('\n');
    const { added, removed, near, excerpt } = compareTexts(text(7), text(5_003));
    expect(added).toBe(removed);
    expect(added).toBeGreaterThan(0);
    expect([near, excerpt]).toEqual([[], '']);
  });

  it('[OB10.7] names at most five definitions that the change is in, the nearest above each', () => {
    const before = 'class Cart {\n  total() {\n    return 0;\n  }\n  clear() {\n    x();\n  }\n}\n';
    const after = before.replace('return 0', 'return 1').replace('x()', 'y()');
    expect(compareTexts(before, after).near).toEqual(['total', 'clear']);
    const many = Array.from({ length: 9 }, (_, n) => `def f${n}():\n  pass\n`).join('');
    expect(compareTexts('', many).near).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
  });

  it.each([
    ['export async function load(file: string) {', 'load'],
    ['export const compare = (a: number) => a;', 'compare'],
    ['  private async readAll(): Promise<void> {', 'readAll'],
    ['def total(self, items):', 'total'],
    ['    async def fetch(self):', 'fetch'],
    ['func (s *Server) Serve(l net.Listener) error {', 'Serve'],
    ['pub(crate) fn parse(input: &str) -> Result<()> {', 'parse'],
    ['impl Display for Cart {', 'Display'],
    ['public static void main(String[] args) {', 'main'],
    ['static int compare(const void *a, const void *b) {', 'compare'],
    ['CREATE TABLE IF NOT EXISTS orders (', 'orders'],
    ['defmodule Shop.Cart do', 'Shop.Cart'],
    ['## How to pay ##', 'How to pay'],
    ['[package.metadata]', 'package.metadata'],
    ['deploy() {', 'deploy'],
    ['  if (a) {', null],
    ['  } else if (b) {', null],
    ['  return total(items);', null],
    ['  total(items);', null],
    ['const a = 1;', null],
    ['just words', null],
  ])('[OB10.7] reads %j as the definition of %j', (line, name) => {
    expect(definedName(line)).toBe(name);
  });

  it('[OB10.8] shows at most six changed lines and 400 characters of them', () => {
    const { excerpt } = compareTexts('', Array.from({ length: 50 }, (_, n) => `${n} ${'x'.repeat(100)}`).join('\n'));
    expect(excerpt.length).toBeLessThanOrEqual(400);
    expect(excerpt.split('\n').length).toBeLessThanOrEqual(6);
    expect(excerpt.startsWith('+0 x')).toBe(true);
  });

  it('[AT3.3] calls texts that differ in white space alone so, and no others', () => {
    expect(differInWhitespaceOnly('a b\n', 'a  b')).toBe(true);
    expect(differInWhitespaceOnly('a b', 'a c')).toBe(false);
  });

  it('[OB10.7] takes no endless time for a hostile line', () => {
    for (const line of ['('.repeat(300), `a ${'<'.repeat(200)}`, `${'a '.repeat(140)}(`, `${'export '.repeat(40)}!`]) {
      expect(definedName(line)).toBe(null);
    }
  });
});

describe('pairing creations with deletions', () => {
  const known = (size: number, ino: number, hash: string | null = null, mtimeMs = 5) => ({ size, mtimeMs, ino, hash });
  const found = (path: string, size: number, ino: number, birthtimeMs = 1) => ({
    path,
    known: known(size, ino),
    link: false,
    ctimeMs: 9,
    birthtimeMs,
  });

  it('[OB1.12] sees the same file on the disk, and the same content under a new number', () => {
    const { changes, left } = pairChanges(
      [found('b', 3, 1), found('c', 4, 9)],
      [
        { path: 'a', before: known(3, 1) },
        { path: 'x', before: known(4, 2, 'same') },
      ],
      () => 'same',
    );
    expect(changes.map((change) => [change.type, change.path, 'from' in change && change.from])).toEqual([
      ['renamed', 'b', 'a'],
      ['renamed', 'c', 'x'],
    ]);
    expect(left).toEqual([]);
  });

  it('[OB1.14] does not pair by a number alone when the file is younger than what went', () => {
    const late = { ...found('b', 8, 1, 50), known: known(8, 1, null, 60) };
    const { changes, left } = pairChanges([late], [{ path: 'a', before: known(3, 1) }], () => null);
    expect(changes.map(({ type }) => type)).toEqual(['created']);
    expect(left).toHaveLength(1);
  });

  it('[OB1.12] gives each deletion to one creation only', () => {
    const { changes } = pairChanges(
      [found('b', 4, 7), found('c', 4, 8)],
      [{ path: 'a', before: known(4, 1, 'h') }],
      () => 'h',
    );
    expect(changes.map(({ type }) => type).sort()).toEqual(['created', 'renamed']);
  });
});
