import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok } from '../../core/errors.ts';
import { openSettings } from '../../core/host/settings-file.ts';
import { defaultSettings, type SettingsPatch } from '../../core/settings.ts';
import { temporaryFolder } from '../kit/data-dir.ts';

describe('the settings file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const open = (overrides = {}) => openSettings({ dataDir: folder.path, overrides, onProblem: () => undefined });
  const file = () => join(folder.path, 'settings.json');
  beforeEach(() => {
    folder = temporaryFolder('settings');
  });
  afterEach(() => folder.remove());

  it('[SH7.38] is optional; without it every default holds', () => {
    const settings = open();
    expect(settings.current()).toEqual(defaultSettings());
    expect(settings.problem()).toBeNull();
  });

  it('[SH7.39] what the owner changes is checked, kept over a restart, told, and readable by the owner alone', () => {
    const settings = open();
    const heard: string[] = [];
    settings.onChange((next) => heard.push(next.model.name));
    expect(settings.update({ model: { name: 'qwen' } })).toMatchObject({ ok: true });
    expect(settings.update({ model: { baseUrl: 'no address' } })).toMatchObject({
      ok: false,
      failure: { code: 'settings-refused' },
    });
    expect(heard).toEqual(['qwen']);
    expect(open().current().model).toEqual({ ...defaultSettings().model, name: 'qwen' });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('[SH7.40] the command line goes before the file, is never written, and gives way to what the owner changes', () => {
    writeFileSync(file(), JSON.stringify({ model: { reasoner: 'rules', name: 'kept' } }));
    const settings = open({ model: { reasoner: 'auto', baseUrl: 'http://127.0.0.1:8080/v1' } });
    expect(settings.current().model).toMatchObject({
      reasoner: 'auto',
      baseUrl: 'http://127.0.0.1:8080/v1',
      name: 'kept',
    });
    settings.update({ page: { welcomed: true } });
    expect(settings.current().model.reasoner).toBe('auto');
    settings.update({ model: { reasoner: 'rules' } });
    expect(settings.current().model).toMatchObject({ reasoner: 'rules', baseUrl: 'http://127.0.0.1:8080/v1' });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      model: { reasoner: 'rules', name: 'kept' },
      page: { welcomed: true },
    });
  });

  it('[SH7.90] folders of the command line hold until the owner changes the folders, and no other setting releases them', () => {
    writeFileSync(file(), JSON.stringify({ watch: { folders: ['/kept'] } }));
    const settings = open({ watch: { folders: ['/given'] } });
    settings.update({ watch: { ignore: ['*.log'] } });
    expect(settings.current().watch).toMatchObject({ folders: ['/given'], ignore: ['*.log'] });
    expect(JSON.parse(readFileSync(file(), 'utf8')).watch).toEqual({ folders: ['/kept'], ignore: ['*.log'] });
    settings.update({ watch: { folders: ['/other'] } });
    expect(settings.current().watch.folders).toEqual(['/other']);
    expect(open().current().watch.folders).toEqual(['/other']);
  });

  it('[SH7.91] a change that the world does not allow is refused before it is saved; what it allows is saved as it says', () => {
    const settings = openSettings({
      dataDir: folder.path,
      overrides: {},
      onProblem: () => undefined,
      admit: (patch, now) =>
        patch.watch?.folders?.includes('/missing')
          ? fail({ class: 'permanent', code: 'folder-refused', message: `not beside ${now.watch.folders.join()}` })
          : ok({ ...patch, watch: { folders: ['/real'] } }),
    });
    expect(settings.update({ watch: { folders: ['~/real'] } })).toMatchObject({ ok: true });
    expect(settings.current().watch.folders).toEqual(['/real']);
    const before = readFileSync(file(), 'utf8');
    expect(settings.update({ watch: { folders: ['/missing'] } })).toMatchObject({
      ok: false,
      failure: { message: 'not beside /real' },
    });
    expect(settings.current().watch.folders).toEqual(['/real']);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('[SH7.100] a change takes over what was mended in the file by hand, and tells it', () => {
    writeFileSync(file(), JSON.stringify({ budget: { tokensPerHour: -1 }, model: { name: 'kept' } }));
    const settings = open();
    const heard: string[] = [];
    settings.onChange((next) => heard.push(next.model.name));
    expect([settings.problem() !== null, settings.current().model.name]).toEqual([true, '']);
    expect(settings.update({ page: { welcomed: true } })).toMatchObject({ ok: true });
    expect([settings.problem() !== null, settings.current().page.welcomed], 'wrong still').toEqual([true, true]);
    writeFileSync(file(), JSON.stringify({ budget: { tokensPerHour: 9 }, model: { name: 'kept' } }));
    settings.update({ page: { theme: 'dark' } });
    expect(settings.problem()).toBeNull();
    expect(settings.current()).toMatchObject({ model: { name: 'kept' }, budget: { tokensPerHour: 9 } });
    expect(heard).toEqual(['', 'kept']);
  });

  it('[SH7.101] a file that is no JSON takes no change and is not touched; the words say what to do', () => {
    writeFileSync(file(), '{ "model": ');
    const settings = open();
    const refused = settings.update({ page: { welcomed: true } });
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: 'settings-unreadable', message: expect.stringMatching(/^Nothing was changed, .*Mend the file/) },
    });
    expect(JSON.stringify(refused)).not.toMatch(/\.\.|Free some space/);
    expect([readFileSync(file(), 'utf8'), settings.current()]).toEqual(['{ "model": ', defaultSettings()]);
    writeFileSync(file(), '{}');
    const running = open();
    writeFileSync(file(), '{ broken');
    expect(running.update({ page: { welcomed: true } })).toMatchObject({ failure: { code: 'settings-unreadable' } });
    expect(readFileSync(file(), 'utf8')).toBe('{ broken');
  });

  it('[SH7.102] mended while it runs it is in force with the next change, and for what the world allows', () => {
    writeFileSync(file(), '{ broken');
    const seen: string[] = [];
    const settings = openSettings({
      dataDir: folder.path,
      overrides: {},
      onProblem: () => undefined,
      admit(patch, now) {
        seen.push(now.model.name);
        return ok(patch);
      },
    });
    const heard: string[] = [];
    settings.onChange((next) => heard.push(next.model.name));
    writeFileSync(file(), JSON.stringify({ model: { name: 'kept' }, budget: { tokensPerDay: 5 } }));
    expect(settings.update({ page: { welcomed: true } })).toMatchObject({ ok: true });
    expect([settings.problem(), seen, heard.at(-1)]).toEqual([null, ['kept'], 'kept']);
    expect(settings.current()).toMatchObject({ budget: { tokensPerDay: 5 }, page: { welcomed: true } });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      model: { name: 'kept' },
      budget: { tokensPerDay: 5 },
      page: { welcomed: true },
    });
  });

  it('[SH7.104] what was changed by hand is in force with the next look, and told once; what is wrong in it is said, and mended', () => {
    const settings = open();
    const heard: string[] = [];
    settings.onChange((next) => heard.push(`${next.model.name} ${settings.problem() ?? ''}`.trim()));
    settings.look();
    writeFileSync(file(), JSON.stringify({ model: { name: 'qwen' } }));
    settings.look();
    settings.look();
    expect(heard).toEqual(['qwen']);
    writeFileSync(file(), JSON.stringify({ model: { name: 7 } }));
    settings.look();
    expect(heard.at(-1)).toMatch(/^qwen settings\.json: model\.name/);
    writeFileSync(file(), '{ half');
    settings.look();
    expect(settings.problem()).toMatch(/cannot be read|not valid JSON/);
    expect(settings.current().model.name).toBe('qwen');
    writeFileSync(file(), JSON.stringify({ model: { name: 'mended' } }));
    settings.look();
    expect([settings.current().model.name, settings.problem()]).toEqual(['mended', null]);
    const told = heard.length;
    expect(settings.update({ model: { name: 'by the page' } })).toMatchObject({ ok: true });
    settings.look();
    expect(heard.length, 'its own writing is no news').toBe(told + 1);
  });

  it('[SH7.104] a file that was no JSON at the start is taken over once it is mended', () => {
    writeFileSync(file(), '{ half');
    const settings = open();
    const heard: string[] = [];
    settings.onChange((next) => heard.push(next.model.name));
    settings.look();
    writeFileSync(file(), JSON.stringify({ model: { name: 'mended' } }));
    settings.look();
    expect([heard, settings.problem()]).toEqual([['mended'], null]);
  });

  it('[SH7.103] a change of several sections is one write: all of it is kept or none', () => {
    let store: Record<string, unknown> = {};
    let writes = 1;
    const settings = openSettings({
      dataDir: folder.path,
      overrides: {},
      onProblem: () => undefined,
      open: () => ({
        get store() {
          return store;
        },
        get: (key: string) => store[key],
        set(first: unknown, value?: unknown) {
          if (writes-- === 0) throw new Error('ENOSPC: no space left on device.');
          store = { ...store, ...(typeof first === 'string' ? { [first]: value } : (first as object)) };
        },
      }),
    });
    const both = { budget: { tokensPerDay: 5 }, page: { welcomed: true } };
    expect(settings.update(both)).toMatchObject({ ok: true });
    expect(store).toEqual(both);
    const refused = settings.update({ budget: { tokensPerDay: 6 }, page: { welcomed: false } });
    expect(refused).toMatchObject({ failure: { message: expect.stringContaining('device. Free some space') } });
    expect([store, settings.current().budget.tokensPerDay]).toEqual([both, 5]);
  });

  it('[SH7.92] a refused change is told in words, changes nothing and tells nobody', () => {
    const settings = open();
    let told = 0;
    settings.onChange(() => void told++);
    for (const patch of [{ budget: { tokensPerHour: -1 } }, { watch: 'x' }, 7, []] as unknown[])
      expect(settings.update(patch as SettingsPatch)).toMatchObject({
        ok: false,
        failure: { code: 'settings-refused', message: expect.stringMatching(/^Nothing was changed\. \S.*\.$/) },
      });
    expect([told, settings.current()]).toEqual([0, defaultSettings()]);
  });
});
