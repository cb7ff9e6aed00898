import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine } from '../../electron/one-line.ts';
import { tooltip } from '../../electron/tooltip.ts';
import { trayIcon } from '../../electron/tray-icon.ts';
import { type MenuAct, trayMenu } from '../../electron/tray-menu.ts';
import { type TraySeen, type TrayState, trayState, trayStates } from '../../electron/tray-state.ts';

const calm: TraySeen = {
  life: 'running',
  stage: 'resting',
  thought: null,
  troubles: [],
  sleep: null,
  server: { state: 'ready', offers: [] },
  settings: { reasoner: 'auto' },
};
const thought: TraySeen['thought'] = {
  id: 't',
  text: '',
  about: 'src/total.ts',
  reasoner: { kind: 'rules', name: 'rules' },
  startedAt: 0,
  done: false,
};
const trouble = (severity: 'info' | 'warning' | 'error'): TraySeen['troubles'] => [
  { key: 'disk', at: 0, what: 'The disk is full.', means: 'Nothing is kept.', remedy: 'Free some space.', severity },
];
const dream: TraySeen['sleep'] = { since: 0, phase: 'dream', reason: 'idle', says: '', progress: null };
const token: TraySeen['server'] = {
  state: 'auth-required',
  offers: [{ action: 'set-token', label: 'Set token', why: '', model: null }],
};

describe('the state of the tray', () => {
  it.each<[string, Partial<TraySeen>, TrayState]>([
    ['nothing going on', {}, 'awake'],
    ['still starting', { life: 'initializing', server: { state: 'looking', offers: [] } }, 'awake'],
    ['a stage of the cycle', { stage: 'attend' }, 'thinking'],
    ['a running thought', { thought }, 'thinking'],
    ['a thought that ended', { thought: { ...thought, done: true } }, 'awake'],
    ['light sleep', { life: 'asleep', stage: 'light', sleep: { ...dream, phase: 'light' } }, 'asleep'],
    ['a dream', { life: 'asleep', stage: 'dream', sleep: dream }, 'dreaming'],
    ['a pause', { life: 'paused' }, 'paused'],
    ['a pause without a model', { life: 'paused', server: { state: 'not-running', offers: [] } }, 'paused'],
    ['no server', { server: { state: 'not-running', offers: [] } }, 'model-away'],
    ['a model that loads', { server: { state: 'loading', offers: [] } }, 'awake'],
    [
      'no server, rules chosen',
      { server: { state: 'not-running', offers: [] }, settings: { reasoner: 'rules' } },
      'awake',
    ],
    ['rules thinking without a server', { thought, server: { state: 'not-running', offers: [] } }, 'thinking'],
    ['a warning', { troubles: trouble('warning') }, 'awake'],
    ['an error', { troubles: trouble('error') }, 'needs-you'],
    ['an error in a pause', { life: 'paused', troubles: trouble('error') }, 'needs-you'],
    ['a key that only the owner has', { server: token }, 'needs-you'],
    ['the same, rules chosen', { server: token, settings: { reasoner: 'rules' } }, 'awake'],
  ])('[SH1.1] with %s', (_, given, state) => {
    expect(trayState({ ...calm, ...given })).toBe(state);
  });

  it('[SH1.2] has an icon of its own on each system: a template on macOS, .ico on Windows, PNG elsewhere', () => {
    expect(trayStates.map((state) => trayIcon(state, 'darwin'))).toEqual(
      trayStates.map((state) => `${state}Template.png`),
    );
    expect(trayIcon('needs-you', 'win32')).toBe('needs-you.ico');
    expect(trayIcon('model-away', 'linux')).toBe('model-away.png');
    expect(trayIcon('awake', 'freebsd')).toBe('awake.png');
  });
});

describe('the tooltip', () => {
  it.each<[Partial<TraySeen>, string]>([
    [{}, 'Reverie · Awake'],
    [{ thought }, 'Reverie · Thinking about src/total.ts'],
    [{ stage: 'attend' }, 'Reverie · Thinking'],
    [{ life: 'asleep', sleep: dream }, 'Reverie · Dreaming'],
    [{ troubles: trouble('error') }, 'Reverie · Needs you: The disk is full.'],
    [{ server: token }, 'Reverie · Needs you'],
    [{ server: { state: 'server-off', offers: [] } }, 'Reverie · Awake, without a model'],
    [{ life: 'recovering' }, 'Reverie · Starting'],
    [{ life: 'stopping' }, 'Reverie · Ending'],
  ])('[SH1.3] says the state and what about: %j', (given, says) => {
    expect(tooltip({ ...calm, ...given })).toBe(says);
  });

  it('[SH1.4] is one plain line of at most 127 characters, whatever was observed', () => {
    const about = `a\n\u202eb\u0000${'👩‍👩‍👧‍👦'.repeat(60)}`;
    const says = tooltip({ ...calm, thought: { ...thought, about } });
    expect(says.length).toBeLessThanOrEqual(127);
    expect(says).toMatch(/^Reverie · Thinking about a b 👩‍👩‍👧‍👦[^\n\u202e]*…$/u);
    expect(says.replaceAll('👩‍👩‍👧‍👦', '')).toBe('Reverie · Thinking about a b …');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 8, max: 200 }), (text, atMost) => {
        const line = oneLine(text, atMost);
        expect(line.length).toBeLessThanOrEqual(atMost);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('the menu', () => {
  const entries = (life: TraySeen['life']) =>
    trayMenu({ life }).flatMap((each) => (each === 'separator' ? [] : [each]));
  const enabled = (life: TraySeen['life']): MenuAct[] =>
    entries(life).flatMap((each) => (each.enabled ? [each.act] : []));

  it('[SH1.5] opens, pauses, puts to sleep, shows the settings and quits, in this order', () => {
    expect(entries('running').map((each) => each.act)).toEqual(['open', 'pause', 'sleep-now', 'settings', 'quit']);
    expect(entries('paused').map((each) => each.act)).toEqual(['open', 'resume', 'sleep-now', 'settings', 'quit']);
    expect(entries('asleep').map((each) => each.act)).toEqual(['open', 'pause', 'wake', 'settings', 'quit']);
    for (const { label } of entries('running')) expect(label).toMatch(/^[A-Z]/);
  });

  it('[SH1.6] lets be chosen only what can be done now', () => {
    expect(enabled('running')).toEqual(['open', 'pause', 'sleep-now', 'settings', 'quit']);
    expect(enabled('paused')).toEqual(['open', 'resume', 'settings', 'quit']);
    expect(enabled('asleep')).toEqual(['open', 'pause', 'wake', 'settings', 'quit']);
    for (const life of ['initializing', 'recovering', 'stopping', 'stopped'] as const)
      expect(enabled(life)).toEqual(['open', 'settings', 'quit']);
  });
});
