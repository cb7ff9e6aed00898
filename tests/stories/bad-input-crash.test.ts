import { appendFileSync, lstatSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../kit/clock.ts';
import { type DatabaseView, viewDatabase } from '../kit/database-view.ts';
import { atRest } from '../kit/headless.ts';
import type { Tree } from '../kit/tree.ts';
import { wholeHost } from '../kit/whole-host.ts';

/** The whole host killed without warning, again and again, while its owner works on. */

/** An owner's hands: one change at each call, of a kind and size that chance names. No name is used twice, and no file shrinks. */
function worker(tree: Tree, draw: () => number) {
  const files: string[] = [];
  let named = 0;
  const pick = () => Math.floor(draw() * files.length);
  const text = () => `${'a line of work\n'.repeat(1 + Math.floor(draw() * 6))}${'x'.repeat(named % 89)}\n`;
  return () => {
    named += 1;
    const kind = draw();
    if (files.length < 3 || kind < 0.4) {
      files.push(`d${named % 3}/file-${named}.txt`);
      tree.write(files.at(-1)!, text());
    } else if (kind < 0.75) appendFileSync(tree.at(files[pick()]!), text());
    else if (kind < 0.88) tree.remove(files.splice(pick(), 1)[0]!);
    else {
      const at = pick();
      tree.move(files[at]!, `d0/moved-${named}.txt`);
      files[at] = `d0/moved-${named}.txt`;
    }
  };
}

/** Sizes of all files below the folder, by path. */
function sizesOn(tree: Tree): Map<string, number> {
  const entries = readdirSync(tree.root, { recursive: true, encoding: 'utf8' }).sort();
  const stats = entries.map((path) => [path, lstatSync(tree.at(path))] as const);
  return new Map(stats.filter(([, each]) => each.isFile()).map(([path, each]) => [path, each.size]));
}

/** Plays the observations back into a folder that was empty; each must fit what the ones before it left. */
function replay(observations: DatabaseView['observations']): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { type, target, details, count } of observations) {
    const said = `${type} ${target} ${JSON.stringify(details)}`;
    const from = type === 'file-renamed' ? String(details['from']) : target;
    const before = sizes.get(from);
    expect(count, `merged: ${said}`).toBe(1);
    expect(before === undefined, `told before, or never: ${said}`).toBe(type === 'file-created');
    expect((before ?? 0) + Number(details['bytesDelta']), `something between was lost or doubled: ${said}`).toBe(
      type === 'file-deleted' ? 0 : details['bytes'],
    );
    sizes.delete(from);
    if (type !== 'file-deleted') sizes.set(target, Number(details['bytes']));
  }
  return new Map([...sizes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('kill -9', () => {
  it.each([1, 2])(
    '[OB5.35] at ten random moments: the observations, played back, are the folder exactly (seed %i)',
    async (seed) => {
      const owner = wholeHost();
      owner.settings({ intake: { burstSize: 1_000 } });
      const draw = seededRandom(seed).stream('kills');
      const work = worker(owner.tree, draw);
      const first = await owner.start();
      await atRest(first);
      // The baseline must be durable first: what a first look saw and could not write down is seen anew.
      await first.end('SIGTERM');
      for (let kill = 0; kill < 10; kill++) {
        const host = await owner.start();
        for (let left = Math.floor(draw() * 40); left > 0; left--) {
          work();
          if (draw() < 0.8) await host.snapshot();
        }
        await host.end('SIGKILL');
        for (let left = Math.floor(draw() * 4); left > 0; left--) work();
      }
      const last = await owner.start();
      await atRest(last);
      const { observations, files, episodes } = viewDatabase(owner.dataDir);
      const real = sizesOn(owner.tree);
      expect([...replay(observations)]).toEqual([...real]);
      const known = [...files].map(([path, { size }]) => [path, size] as const).sort(([a], [b]) => (a < b ? -1 : 1));
      expect(known, 'what it will compare with next').toEqual([...real]);
      expect(observations.length).toBeGreaterThan(40);
      expect(observations.filter((each) => each.status !== 'done')).toEqual([]);
      const thought = episodes.flat();
      expect(thought.length, 'none was thought about in two episodes').toBe(new Set(thought).size);
    },
  );
});
