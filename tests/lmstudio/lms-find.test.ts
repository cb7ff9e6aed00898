import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fail, ok } from '../../core/errors.ts';
import type { LmsParts } from '../../core/lmstudio/driver/lms.ts';
import { fakeClock } from '../kit/clock.ts';
import { impostor, lmsDriver } from '../kit/lmstudio/lms-driven.ts';

const { signal } = new AbortController();
afterEach(() => {
  vi.unstubAllEnvs();
});
const version = (name: string) => `echo '{"version":"${name}"}'`;
/** No `lms` of this machine gets in the way. */
const noPath = () => vi.stubEnv('PATH', '/usr/bin:/bin');

describe('finding lms', () => {
  it('[LM2.1] takes the owner’s first, then PATH, LM Studio’s home, the two usual homes', async () => {
    let lmsPath = '';
    const { lms, userHome } = lmsDriver({
      settings: () => ({ lmsPath, loadMs: 1 }),
      homes: () => [join(userHome, 'other-drive')],
    });
    vi.stubEnv('PATH', `${join(userHome, 'path')}:/usr/bin:/bin`);
    const places = ['.cache/lm-studio/bin', '.lmstudio/bin', 'other-drive/bin', 'path', 'set'].map((at) => `${at}/lms`);
    const seen: unknown[] = [];
    for (const place of places) {
      impostor(userHome, version(place), place);
      if (place === 'set/lms') lmsPath = join(userHome, place);
      // Another setting makes it look anew; so does this one, that leads nowhere.
      else lmsPath = join(userHome, `nothing-${place.length}`, 'lms');
      seen.push(await lms.found(signal));
    }
    expect(seen).toEqual(places.map((place) => ({ kind: 'found', path: join(userHome, place), version: place })));
  });

  it('[LM2.2] looks anew while there is none or none that runs, and keeps what it found until that cannot be used', async () => {
    noPath();
    const { lms, userHome } = lmsDriver();
    expect(await lms.found(signal)).toEqual({ kind: 'missing' });
    expect(await lms.loaded(1, signal)).toMatchObject({ ok: false, failure: { code: 'no-lms' } });
    const ran = join(userHome, 'ran');
    const file = impostor(userHome, `echo >> '${ran}'; ${version('1')}`);
    expect(await lms.found(signal)).toEqual({ kind: 'found', path: file, version: '1' });
    impostor(userHome, version('2'));
    expect(await lms.found(signal)).toMatchObject({ version: '1' });
    rmSync(file);
    expect(await lms.loaded(1, signal)).toMatchObject({ ok: false, failure: { code: 'lms-unusable' } });
    expect(await lms.found(signal)).toEqual({ kind: 'missing' });
    impostor(userHome, version('3'));
    expect(await lms.found(signal)).toMatchObject({ version: '3' });
  });

  it('[LM2.3] says why one is of no use, and takes the next that is', async () => {
    noPath();
    const set = (lmsPath: string, probeMs = 30_000) => lmsDriver({ lmsPath, limits: { probeMs } });
    const why = async ({ lms }: ReturnType<typeof set>) => {
      const seen = await lms.found(signal);
      return seen.kind === 'unusable' ? seen.why : seen.kind;
    };
    expect(await why(set('lms'))).toContain('not absolute');
    expect(await why(set('/nowhere/lms'))).toContain('no file');
    const folder = set('');
    mkdirSync(join(folder.userHome, '.lmstudio/bin/lms'), { recursive: true });
    expect(await why(folder)).toContain('folder');
    const scripts: [string, string][] = [
      ['sleep 1000', 'does not answer'],
      ['echo lms 1.2.3', 'does not tell its version as lms does (ended with 0)'],
      [`${version('1')}; exit 5`, 'ended with 5'],
      ['kill -ILL $$', 'illegal instruction'],
      ['exit 132', 'illegal instruction'],
      ['kill -SEGV $$', 'ended by SIGSEGV'],
      ['yes', 'more than 8 MB'],
    ];
    for (const [script, said] of scripts) {
      const driver = set('', script.startsWith('sleep') ? 300 : undefined);
      impostor(driver.userHome, script);
      expect(await why(driver)).toContain(said);
      const answer = await driver.lms.list(1, signal);
      expect(answer).toMatchObject({ ok: false, failure: { code: 'lms-unusable', class: 'permanent' } });
    }
    const plain = set('');
    writeFileSync(impostor(plain.userHome, version('1')), version('1'));
    chmodSync(join(plain.userHome, '.lmstudio/bin/lms'), 0o644);
    expect(await why(plain)).toContain('cannot be started');
    const second = impostor(plain.userHome, version('2'), '.cache/lm-studio/bin/lms');
    expect(await plain.lms.found(signal)).toEqual({ kind: 'found', path: second, version: '2' });
  });

  /** Files of `lms` that hang, in the two usual homes, and how often each is run. */
  function hanging() {
    noPath();
    const clock = fakeClock();
    const ran: string[] = [];
    let hangs = (_file: string) => true;
    const run: NonNullable<LmsParts['run']> = async (_, { file }) => {
      ran.push(file);
      if (hangs(file)) return fail({ class: 'transient', code: 'lms-timeout', message: 'late' });
      return ok({ exitCode: 0, signal: null, stdout: '{"version":"1"}', stderr: '' });
    };
    const { lms, userHome } = lmsDriver({ run, clock });
    const files = ['.lmstudio/bin/lms', '.cache/lm-studio/bin/lms'].map((place) => impostor(userHome, '', place));
    const look = async () => {
      ran.length = 0;
      return { seen: await lms.found(signal), ran: [...ran] };
    };
    return { clock, userHome, files, look, let: (next: typeof hangs) => (hangs = next) };
  }
  const hung = { kind: 'unusable', why: 'it does not answer when asked for its version' };

  it('[LM2.30] waits for one `lms` that hangs in a look at most, and takes the next one at the next', async () => {
    const world = hanging();
    const [first, second] = world.files;
    expect(await world.look()).toEqual({ seen: { ...hung, path: first }, ran: [first] });
    world.let((file) => file === first);
    expect(await world.look()).toEqual({ seen: { kind: 'found', path: second, version: '1' }, ran: [second] });
  });

  it('[LM2.31] leaves an `lms` that hung alone for five minutes', async () => {
    const world = hanging();
    await world.look();
    await world.look();
    expect(await world.look()).toEqual({ seen: { ...hung, path: world.files[0] }, ran: [] });
    await world.clock.pass(5 * 60_000 - 1);
    expect(await world.look()).toMatchObject({ seen: hung, ran: [] });
    await world.clock.pass(1);
    world.let(() => false);
    expect(await world.look()).toMatchObject({ seen: { kind: 'found' }, ran: [world.files[0]] });
  });

  it('[LM2.31] runs it at once when it is another file', async () => {
    const world = hanging();
    await world.look();
    world.let(() => false);
    const file = impostor(world.userHome, '# of another length');
    expect(await world.look()).toMatchObject({ seen: { kind: 'found', path: file }, ran: [file] });
  });

  it('[LM2.4] does not run a file again that died of an illegal instruction, until it is another file', async () => {
    noPath();
    const { lms, userHome } = lmsDriver();
    const ran = join(userHome, 'ran');
    impostor(userHome, `mkdir '${ran}' || ${version('again')}; kill -ILL $$`);
    expect(await lms.found(signal)).toMatchObject({ kind: 'unusable' });
    expect(await lms.found(signal)).toMatchObject({ kind: 'unusable' });
    rmSync(ran, { recursive: true });
    expect(await lms.found(signal)).toMatchObject({ kind: 'unusable' });
    expect(() => rmSync(ran)).toThrow('ENOENT');
    impostor(userHome, `${version('new')} # of another length`);
    expect(await lms.found(signal)).toMatchObject({ kind: 'found', version: 'new' });
  });
});
