import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { forNobody, startAsNobody, whyNoNobody } from '../kit/as-nobody.ts';
import { seededRandom } from '../kit/clock.ts';
import { atRest, runHeadless } from '../kit/headless.ts';
import { pageClient } from '../kit/page-client.ts';
import { smallDisk } from '../kit/small-disk.ts';
import { waitFor } from '../kit/wait-for.ts';
import { observed, staysAlive, type WholeHost, wholeHost } from '../kit/whole-host.ts';

/** The whole host on a data folder that is damaged, foreign, closed or full. */
const noNobody = whyNoNobody();
const pageBytes = 4_096;

/** An owner with a past: some observations and an insight, and a host that ended in good order. */
async function withPast(): Promise<WholeHost> {
  const owner = wholeHost();
  for (let n = 0; n < 40; n++) owner.tree.write(`old-${n}.txt`, `${n}\n`);
  const host = await owner.start();
  await atRest(host);
  for (let n = 0; n < 10; n++) owner.tree.write(`old-${n}.txt`, `${n}\nand more\n`);
  await host.note('what was remembered');
  await waitFor('the past', () => observed(owner).length >= 11);
  await atRest(host);
  expect((await host.end('SIGTERM')).code).toBe(0);
  return owner;
}

const database = (owner: WholeHost) => join(owner.dataDir, 'reverie.db');
const setAside = (owner: WholeHost) => readdirSync(owner.dataDir).filter((name) => /^reverie\.db\.bad-\d+$/.test(name));

describe('a damaged database', () => {
  it('[OB5.30] is set aside whole, said on stderr, and a new one begun', async () => {
    const owner = await withPast();
    const damaged = readFileSync(database(owner)).fill('no database', 0, 100);
    writeFileSync(database(owner), damaged);
    const host = await owner.start();
    const [aside = ''] = setAside(owner);
    expect(host.stderr()).toContain(`set aside as ${aside}`);
    expect(readFileSync(join(owner.dataDir, aside)).equals(damaged), 'not one byte of it is thrown away').toBe(true);
    await atRest(host);
    expect((await host.snapshot()).counts).toMatchObject({ observations: 0, insights: 0 });
    await staysAlive(host, owner);
  });

  it('[OB5.31] is found at the start whichever page is bad; a sound page more or less changes nothing', async () => {
    const owner = await withPast();
    const sound = readFileSync(database(owner));
    const draw = seededRandom(7).stream('pages');
    const pages = [
      1,
      2,
      5,
      ...Array.from({ length: 4 }, () => Math.floor(draw() * (sound.length / pageBytes - 1)) + 1),
    ];
    for (const page of pages) {
      for (const name of setAside(owner)) truncateSync(join(owner.dataDir, name));
      const before = setAside(owner).length;
      const bytes = Buffer.from(sound);
      for (let at = page * pageBytes; at < (page + 1) * pageBytes; at++) bytes[at] = Math.floor(draw() * 256);
      writeFileSync(database(owner), bytes);
      const host = await owner.start();
      await staysAlive(host, owner, `after-page-${page}.ts`);
      await atRest(host);
      const now = await host.snapshot();
      expect(
        now.troubles.filter(({ key }) => key !== 'store-set-aside'),
        `page ${page}`,
      ).toEqual([]);
      expect(now.counts, `page ${page}`).toMatchObject({ pending: 0, dead: 0 });
      const found = setAside(owner).length > before;
      expect(host.stderr().includes('The database was damaged'), `page ${page}`).toBe(found);
      await host.end('SIGKILL');
    }
  });

  it('[OB5.32] a cut-off one is found too, and an empty one is as good as none', async () => {
    const owner = await withPast();
    const sound = join(owner.dataDir, 'sound');
    copyFileSync(database(owner), sound);
    truncateSync(database(owner), 5 * pageBytes + 17);
    const first = await owner.start();
    expect(first.stderr()).toContain('The database was damaged');
    await staysAlive(first, owner, 'first.ts');
    await first.end('SIGTERM');
    truncateSync(database(owner), 0);
    const second = await owner.start();
    expect(second.stderr()).toBe('');
    await staysAlive(second, owner, 'second.ts');
  });
});

describe('a data folder that is not for this host', () => {
  it('[ME5.10] one that a newer version wrote is left as it is, in words', async () => {
    const owner = await withPast();
    const db = new Database(database(owner));
    db.exec("INSERT INTO migrations (n, name, applied_at) VALUES (999, 'what comes next', '2031-01-01')");
    db.close();
    const before = readFileSync(database(owner));
    const { code, stdout, stderr } = await runHeadless(owner.args());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('written by another version');
    expect(stderr).toContain('what comes next');
    expect(stderr).toContain('--data-dir');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(database(owner)).equals(before)).toBe(true);
    expect(setAside(owner)).toEqual([]);
  });

  it('[ME5.11] one that cannot be made, because a file is in its place, is said in words', async () => {
    const owner = wholeHost();
    const file = owner.tree.at('file');
    writeFileSync(file, 'x');
    for (const place of [file, join(file, 'below')]) {
      const { code, stdout, stderr } = await runHeadless(owner.args('--data-dir', place));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(place);
      expect(stderr).toContain('--data-dir');
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  it.skipIf(noNobody)(
    `[ME5.12] one that may not be written is said in words${noNobody ? ` (${noNobody})` : ''}`,
    async () => {
      const owner = wholeHost();
      chmodSync(owner.dataDir, 0o555);
      const { code, stdout, stderr } = await startAsNobody(owner.args()).ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`${owner.dataDir} cannot be written`);
      expect(stderr).toContain('--data-dir');
      expect(stderr).not.toMatch(/\n\s+at /);
      chmodSync(owner.dataDir, 0o755);
      expect(readdirSync(owner.dataDir)).toEqual([]);
      expect(forNobody === null || statSync(owner.dataDir).uid !== forNobody.uid).toBe(true);
    },
  );

  it('[OB7.11] one that is a watched folder itself is refused, for Reverie would watch itself', async () => {
    const owner = wholeHost();
    const { code, stdout, stderr } = await runHeadless(owner.args('--data-dir', owner.tree.root));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('would watch itself');
  });
});

describe('settings that cannot be used', () => {
  it('[SH7.30] a file that is no JSON leaves the defaults in force and is not touched; changing settings says so', async () => {
    const owner = wholeHost();
    const broken = '{ "model": { "reasoner": "rules", }';
    owner.settings(broken);
    const host = await owner.start();
    expect(host.stderr()).toContain('settings.json is not valid JSON');
    expect(host.stderr()).toContain('the defaults are in force');
    expect((await atRest(host)).troubles).toMatchObject([
      { key: 'settings', what: expect.stringContaining('not valid JSON') as string },
    ]);
    const page = await pageClient(host);
    const outcome = await page.send({ kind: 'change-settings', patch: { model: { name: 'other' } } });
    expect(outcome).toEqual({
      ok: false,
      message: expect.stringContaining('settings.json is not valid JSON') as string,
    });
    expect(readFileSync(join(owner.dataDir, 'settings.json'), 'utf8')).toBe(broken);
    await staysAlive(host, owner);
  });

  it('[SH7.31] a wrong field is named, the defaults are in force, and the file is not touched', async () => {
    const owner = wholeHost();
    const wrong = JSON.stringify({ budget: { tokensPerHour: 'many' }, watch: { maxFiles: 5_000 } });
    owner.settings(wrong);
    const host = await owner.start();
    expect(host.stderr()).toContain('budget.tokensPerHour');
    expect((await host.snapshot()).budget.hourLimit).toBe(200_000);
    expect(readFileSync(join(owner.dataDir, 'settings.json'), 'utf8')).toBe(wrong);
    await staysAlive(host, owner);
  });

  it('[SH7.32] a token file or a port file with nonsense in it is made anew', async () => {
    const owner = wholeHost();
    mkdirSync(owner.dataDir, { recursive: true });
    writeFileSync(join(owner.dataDir, 'token'), 'not a token\n');
    writeFileSync(join(owner.dataDir, 'host.json'), '{"port": 70000}');
    const host = await owner.start();
    expect(host.token).toMatch(/^[\w-]{43}$/);
    expect(readFileSync(join(owner.dataDir, 'token'), 'utf8').trim()).toBe(host.token);
    await staysAlive(host, owner);
  });
});

describe('a full disk', () => {
  it('[OB5.33] is said with a remedy, a note is refused in words, and nothing that was seen is lost', async ({
    skip,
  }) => {
    const disk = smallDisk(4);
    if (!disk) return skip('mounting a small disk is not allowed here');
    const owner = { ...wholeHost(), dataDir: disk.path };
    const host = await owner.start('--data-dir', disk.path);
    await atRest(host);
    await staysAlive(host, owner, 'before.ts');
    await atRest(host);
    disk.fill();
    const names: string[] = [];
    const trouble = await waitFor('the full disk to be said', async () => {
      names.push(`while-${names.length}.ts`);
      owner.tree.write(names.at(-1)!, `export const n = ${names.length};\n`);
      const { written, received } = (await host.snapshot()).intake;
      await waitFor('it to be noticed', async () => (await host.snapshot()).intake.received > received - written);
      return (await host.snapshot()).troubles.find((each) => each.key === 'store');
    });
    expect(trouble.what).toContain('disk is full');
    expect(trouble.remedy).toContain('Free some space');
    await expect(host.note('there is no room for this')).rejects.toThrow(/answered with 5\d\d.*(full|written|kept)/);
    owner.tree.write('last.ts', 'export const last = 1;\n');
    names.push('last.ts');
    disk.free();
    const all = () => names.every((name) => observed(owner).includes(`file-created ${name}`));
    await waitFor('everything to be written after all', all);
    await waitFor('the trouble to be over', async () => (await host.snapshot()).troubles.length === 0);
    const told = observed(owner).filter((each) => each.startsWith('file-created'));
    expect(told.length, 'each once').toBe(new Set(told).size);
    await staysAlive(host, owner, 'after.ts');
    expect((await atRest(host)).counts).toMatchObject({ pending: 0, dead: 0 });
  });

  it('[OB5.34] at the start is said in words; with room again it starts', async ({ skip }) => {
    const disk = smallDisk(3);
    if (!disk) return skip('mounting a small disk is not allowed here');
    const owner = { ...wholeHost(), dataDir: disk.path };
    disk.fill();
    const { code, stdout, stderr } = await runHeadless(owner.args('--data-dir', disk.path));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/full|space/);
    expect(stderr).not.toMatch(/\n\s+at /);
    disk.free();
    await staysAlive(await owner.start('--data-dir', disk.path), owner);
  });
});
