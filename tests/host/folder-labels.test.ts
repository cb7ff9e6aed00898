import { mkdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addLabels, openFolderLabels } from '../../core/host/folder-labels.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { makeTree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

const warned: string[] = [];
const log = { debug() {}, info() {}, warn: (event: string) => void warned.push(event), error() {} };
const asked = (given: Map<string, string>, ...roots: string[]) => {
  addLabels(given, roots);
  return Object.fromEntries(roots.map((root) => [root, given.get(root)]));
};

describe('labels of watched folders', () => {
  it('[OB1.79] the first folder has none and keeps that, whatever else is watched later', () => {
    const given = new Map<string, string>();
    expect(asked(given, '/home/ada/shop')).toEqual({ '/home/ada/shop': '' });
    expect(asked(given, '/home/ada/blog', '/home/ada/shop')).toEqual({
      '/home/ada/blog': 'blog/',
      '/home/ada/shop': '',
    });
    expect(asked(given, '/home/ada/blog')).toEqual({ '/home/ada/blog': 'blog/' });
    expect(asked(given, '/home/ada/shop')).toEqual({ '/home/ada/shop': '' });
  });

  it('[OB1.79] several first ones have their names, with as much of the path as tells them apart', () => {
    expect(asked(new Map(), '/a/shop/web', '/a/blog/web', '/a/api')).toEqual({
      '/a/shop/web': 'shop/web/',
      '/a/blog/web': 'blog/web/',
      '/a/api': 'api/',
    });
  });

  it('[OB1.80] a later one takes no label that another ever had, nor the name of what lies in the one without', () => {
    const tree = makeTree();
    onTestFinished(() => tree.end());
    mkdirSync(tree.at('shop/web'), { recursive: true });
    const given = new Map<string, string>();
    asked(given, tree.at('shop'));
    expect(asked(given, '/a/blog/web')).toEqual({ '/a/blog/web': 'blog/web/' });
    expect(asked(given, '/a/api')).toEqual({ '/a/api': 'api/' });
    expect(asked(given, '/b/api')).toEqual({ '/b/api': 'b/api/' });
    expect(new Set(given.values()).size).toBe(given.size);
  });

  it('[OB1.79] they are kept in the store, and only what is new is written', async () => {
    const store = memoryStore();
    const writes: unknown[] = [];
    const counted = {
      ...store,
      append: (batch: Parameters<typeof store.append>[0]) => (writes.push(batch), store.append(batch)),
    };
    const first = await openFolderLabels(counted, log);
    first(['/a/shop']);
    first(['/a/shop']);
    first(['/a/shop', '/a/blog']);
    expect(writes).toHaveLength(2);
    await waitFor('both to be kept', async () => (await store.markPage('folders', '', 9)).length === 2);
    const next = await openFolderLabels(store, log);
    expect([...next(['/a/blog'])]).toEqual([
      ['/a/blog', 'blog/'],
      ['/a/shop', ''],
    ]);
  });

  it('[OB1.81] a store that neither reads nor keeps them stops nothing', async () => {
    const broken = {
      markPage: () => Promise.reject(new Error('disk')),
      append: () => Promise.reject(new Error('disk')),
    };
    const labels = await openFolderLabels(broken, log);
    expect(labels(['/a/shop']).get('/a/shop')).toBe('');
    await waitFor('both to be logged', () => warned.filter((each) => each === 'folder-labels-unkept').length === 2);
  });
});
