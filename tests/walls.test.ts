import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf, violations } from './kit/walls.ts';

const project = fileURLToPath(new URL('..', import.meta.url));

const sources = globSync(['core/**/*.ts', 'electron/**/*.ts', 'renderer/**/*.{ts,tsx}'], { cwd: project })
  .filter((path) => !path.endsWith('.d.ts'))
  .map((path) => ({ path, code: readFileSync(`${project}/${path}`, 'utf8') }));

const broken = (path: string, code: string) => violations([{ path, code }]).join('\n');

describe('walls', () => {
  it('[SH7.50] the house keeps its direction rules and habits', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(violations(sources)).toEqual([]);
  });

  // A wall that cannot fail proves nothing: each rule is shown to catch what it forbids.
  it.each([
    ['core/loop/x.ts', "import { readFileSync } from 'node:fs';", 'it knows no Node'],
    ['core/attend/x.ts', "import { reflect } from '../think/reflect.ts';", 'think is not below attend'],
    ['core/attend/x.ts', "import type { Thinking } from '../loop/thinking.ts';", 'loop is not below attend'],
    ['core/decide/x.ts', "import { z } from 'zod';", 'no business here'],
    ['core/think/reflect.ts', "const q = await import('p-queue');", 'no business here'],
    ['core/host/engine.ts', "import { openStore } from '../remember/sql/store.ts';", 'adapters is not below engine'],
    ['core/types.ts', "import type { Store } from './remember/sql/store.ts';", 'adapters is not below nouns'],
    ['core/remember/sql/store.ts', "import { runCycle } from '../../loop/cycle.ts';", 'loop is not below adapters'],
    ['core/observe/sources/x.ts', "export * from '../../host/live.ts';", 'live is not below adapters'],
    ['renderer/x.tsx', "import { contract } from '../core/protocol.ts';", 'only its types may cross'],
    ['renderer/x.tsx', "import { readFile } from 'node:fs/promises';", 'it knows no Node'],
    ['renderer/x.tsx', "import { createORPCClient } from '@orpc/client';", 'no business here'],
    ['electron/x.ts', "import { openStore } from '../core/remember/sql/store.ts';", 'adapters is not below shell'],
    ['electron/preload.ts', "import { words } from './words.ts';", 'only its types may cross'],
    ['electron/preload.ts', "import { join } from 'node:path';", 'it knows no Node'],
    ['electron/tray.ts', "import type { Engine } from '../core/host/engine.ts';", 'engine is not below shell'],
    ['core/host/serve.ts', "import { spawn } from 'node:child_process';", 'could start a process'],
    ['core/observe/git/x.ts', "import { execa } from 'execa';", 'could start a process'],
    ['core/attend/x.ts', 'export const now = () => Date.now();', 'takes time or chance'],
    ['core/attend/x.ts', 'export default 1;', 'default export'],
    ['core/attend/x.ts', 'export const x = (y: unknown) => y as any;', 'escapes the types'],
    ['core/attend/x.ts', "export { attend } from './salience.ts';", 'is a barrel'],
    ['core/observe/files/deep/x.ts', '', 'two folders deep'],
    ['tools/x.ts', '', 'is in no zone'],
  ])('[SH7.51] catches %s: %s', (path, code, why) => {
    expect(broken(path, code)).toContain(why);
  });

  it('[SH7.52] catches a circle, and lets types go round', () => {
    const circle = (kind: string) => [
      { path: 'core/attend/a.ts', code: `import { b } from './b.ts'; export const a = b;` },
      { path: 'core/attend/b.ts', code: `import ${kind} { a } from './a.ts'; export const b = 1;` },
    ];
    expect(violations(circle(''))).toEqual(['circle: core/attend/a.ts → core/attend/b.ts → core/attend/a.ts']);
    expect(violations(circle('type'))).toEqual([]);
  });

  it('[SH7.53] sees every way to import', () => {
    const code = `import a from 'a'; import type { B } from 'b'; export * from 'c'; export { d } from 'd'; const e = import('e');`;
    expect(importsOf({ path: 'x.ts', code }).map((each) => each.to)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
