import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../core/errors.ts';
import { createSettingsDesk } from '../../core/host/settings-desk.ts';
import type { Shell } from '../../core/ports.ts';
import type { EngineEvent } from '../../core/protocol.ts';
import { settingsViewSchema } from '../../core/protocol-owner.ts';
import { defaultSettings } from '../../core/settings.ts';
import { bareShell } from '../kit/host-parts.ts';
import { settingsPort } from '../kit/settings-port.ts';

function world(shell: Shell = bareShell) {
  const settings = defaultSettings();
  settings.model.apiKey = 'lms-secret';
  settings.model.name = 'qwen';
  const port = settingsPort(settings);
  const events: EngineEvent['kind'][] = [];
  const previews: AbortSignal[] = [];
  const desk = createSettingsDesk({
    settings: { ...port, problem: () => 'settings.json: page.theme is wrong' },
    shell,
    facts: { settingsFile: '/data/settings.json' },
    watching: () => ['/shop'],
    preview: async (_rules, signal) => {
      previews.push(signal);
      return { looked: previews.length, ignored: 0, examples: [], rules: [], partial: false };
    },
    emit: ({ kind }) => void events.push(kind),
    onChange: () => void events.push('snapshot-changed'),
  });
  return { desk, port, events, previews };
}

describe('what the Settings view is told', () => {
  it('[SH2.210] is what is in force, the defaults, the watched folders and the file; the token never leaves the host', () => {
    const { desk } = world();
    const view = desk.view();
    expect(settingsViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      inForce: { model: { name: 'qwen' }, watch: { folders: [], uncommittedHours: 4 }, page: { theme: 'system' } },
      defaults: { model: { name: '' }, budget: { tokensPerHour: 200_000 } },
      watching: ['/shop'],
      file: '/data/settings.json',
      problem: 'settings.json: page.theme is wrong',
    });
    expect(JSON.stringify(view)).not.toMatch(/secret|apiKey|maxFiles|intake/);
  });

  it('[SH2.211] every change is told to every window, until the desk is stopped', () => {
    const { desk, port, events } = world();
    desk.start();
    port.update({ sleep: { enabled: false } });
    expect(events).toEqual(['settings-changed']);
    desk.stop();
    port.update({ sleep: { enabled: true } });
    expect(events).toEqual(['settings-changed']);
  });

  it('[SH2.212] a newer question about ignore rules ends the older one, and the end of the host both', async () => {
    const { desk, previews } = world();
    await Promise.all([desk.previewIgnore(['a']), desk.previewIgnore(['ab'])]);
    expect(previews.map(({ aborted }) => aborted)).toEqual([true, false]);
    desk.stop();
    expect(previews.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('what the program around the mind can do', () => {
  it('[SH2.213] nothing, where it can nothing: no picker, and no start at login, said in words', async () => {
    const { desk } = world();
    expect(desk.host()).toEqual({ kind: 'headless', picksFolders: false, login: 'cannot' });
    expect(await desk.pickFolder()).toBeNull();
    expect(desk.send({ kind: 'set-login', on: true })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/tray.*Use the start-up/),
    });
  });

  it('[SH2.214] starting at login is set and shown, also when it was changed elsewhere; what the system refuses is told', () => {
    let on = false;
    let refuses = false;
    let asked = 0;
    const { desk } = world({
      kind: 'tray',
      pickFolder: null,
      power: null,
      login: {
        isOn: () => {
          asked += 1;
          return on;
        },
        set(next) {
          if (refuses) return fail({ class: 'permission', code: 'refused', message: 'Your system forbids it.' });
          on = next;
          return ok(undefined);
        },
      },
    });
    expect(desk.send({ kind: 'set-login', on: true })).toEqual({ ok: true });
    expect([on, desk.host().login]).toEqual([true, 'on']);
    refuses = true;
    expect(desk.send({ kind: 'set-login', on: false })).toEqual({ ok: false, message: 'Your system forbids it.' });
    on = false;
    desk.view();
    const before = asked;
    for (let n = 0; n < 10; n++) expect(desk.host().login).toBe('off');
    expect(asked, 'a snapshot does not ask the system').toBe(before);
  });

  it('[SH2.215] the picker is open once at most: who asks meanwhile gets the same answer', async () => {
    const opened: PromiseWithResolvers<string | null>[] = [];
    const { desk } = world({
      kind: 'tray',
      login: null,
      power: null,
      pickFolder() {
        opened.push(Promise.withResolvers());
        return opened.at(-1)!.promise;
      },
    });
    expect(desk.host().picksFolders).toBe(true);
    const both = Promise.all([desk.pickFolder(), desk.pickFolder()]);
    opened[0]?.resolve('/home/ada/shop');
    expect(await both).toEqual(['/home/ada/shop', '/home/ada/shop']);
    const later = desk.pickFolder();
    opened[1]?.resolve(null);
    expect(await later).toBeNull();
    const failing = desk.pickFolder();
    opened[2]?.reject(new Error('no display'));
    await expect(failing).rejects.toThrow('no display');
    const again = desk.pickFolder();
    opened[3]?.resolve('/b');
    expect(await again).toBe('/b');
  });
});
