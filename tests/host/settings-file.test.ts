import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../core/host/settings-file.ts';
import { defaultSettings } from '../../core/settings.ts';
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
});
