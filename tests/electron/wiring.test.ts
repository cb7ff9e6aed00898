import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PowerState } from '../../core/ports.ts';
import type { PageLink } from '../../core/protocol-shell.ts';
import { followEnd } from '../../electron/follow-end.ts';
import { followPower } from '../../electron/follow-power.ts';
import { handOverPorts } from '../../electron/hand-over.ts';
import { createNotices } from '../../electron/notices.ts';
import { pageUrl } from '../../electron/page-policy.ts';
import { createPopover } from '../../electron/popover.ts';
import { createTray } from '../../electron/tray.ts';
import { changeForLink } from '../../renderer/open-link.ts';
import { firstState } from '../../renderer/store.ts';
import type { ElectronDouble, FakeFrame } from '../kit/electron-double.ts';
import { fakeEngine } from '../kit/fake-engine.ts';
import { toldPower } from '../kit/told-power.ts';

vi.mock('electron', async () => {
  const { electronDouble } = await import('../kit/electron-double.ts');
  const double = electronDouble({ dataDir: '' });
  return { ...double.electron, double };
});
const { double } = (await import('electron')) as unknown as { double: ElectronDouble };

beforeEach(() => {
  for (const kept of [double.windows, double.trays, double.notifications]) kept.length = 0;
  vi.useRealTimers();
});

const how = { preload: '/preload.cjs', devTools: false };
const alert = (id: string, critical = false) => ({
  kind: 'alert-raised' as const,
  alert: { id, insightId: `insight-${id}`, title: `Alert ${id}`, body: 'Look at it.', at: 0, critical },
});

describe('notifications', () => {
  function telling() {
    const engine = fakeEngine();
    const opened: string[] = [];
    const power = toldPower();
    const notices = createNotices({
      door: engine,
      power,
      platform: 'linux',
      open: (id) => void opened.push(id),
    });
    onTestFinished(notices.end);
    return { engine, opened, notices, power };
  }
  const titles = () => double.notifications.map(({ says }) => says.title);

  it('[SH3.4] are shown for every alert, and a click opens the page at the insight', () => {
    const { engine, opened } = telling();
    engine.emit(alert('a'));
    engine.emit(alert('b', true));
    expect(titles()).toEqual(['Alert a', 'Alert b']);
    expect(double.notifications[1]!.says).toMatchObject({ urgency: 'critical', silent: false });
    double.notifications[0]!.emit('click', {});
    expect(opened).toEqual(['insight-a']);
  });

  it('[SH3.5] take a verdict, and do nothing else', () => {
    const { engine } = telling();
    engine.emit(alert('a'));
    double.notifications[0]!.emit('action', { actionIndex: 1 });
    double.notifications[0]!.emit('action', { actionIndex: 7 });
    expect(engine.commands).toEqual([{ kind: 'judge-insight', id: 'insight-a', verdict: 'less' }]);
  });

  it('[SH3.6] wait while the owner is away, the latest five, and are shown when they are back', () => {
    const { engine, power } = telling();
    power.become({ locked: true });
    for (const id of 'abcdefg') engine.emit(alert(id));
    power.become({ onBattery: true });
    expect(titles()).toEqual([]);
    power.become({ locked: false });
    expect(titles()).toEqual(['Alert c', 'Alert d', 'Alert e', 'Alert f', 'Alert g']);
    power.become({ onBattery: false });
    expect(titles()).toHaveLength(5);
  });

  it('[SH3.7] end with the program', () => {
    const { engine, notices, power } = telling();
    notices.end();
    engine.emit(alert('a'));
    expect(titles()).toEqual([]);
    expect([engine.listeners(), power.listeners()]).toEqual([0, 0]);
  });
});

describe('the machine’s power', () => {
  it('[SH5.2] is followed until the program ends, and each word is told', () => {
    const { powerMonitor } = double.electron;
    const power = followPower();
    const heard: PowerState[] = [];
    const unheard = power.onChange(() => void heard.push(power.now()));
    for (const word of ['lock-screen', 'on-battery']) powerMonitor.emit(word);
    unheard();
    powerMonitor.emit('unlock-screen');
    expect(heard).toEqual([
      { suspended: false, locked: true, onBattery: false },
      { suspended: false, locked: true, onBattery: true },
    ]);
    expect(power.now()).toEqual({ suspended: false, locked: false, onBattery: true });
    power.end();
    expect(powerMonitor.eventNames()).toEqual([]);
  });
});

describe('the popover', () => {
  const told = () => {
    const heard: PageLink[] = [];
    double.windows[0]!.webContents.toPage.on('reverie:link', (_event, link: PageLink) => void heard.push(link));
    return heard;
  };

  it('[SH1.17] opens and hides by turns, and a click that took its focus does not open it again', () => {
    vi.useFakeTimers();
    const popover = createPopover(how);
    const [window] = double.windows;
    popover.toggle('pointer');
    expect(window!.visible).toBe(true);
    popover.toggle('pointer');
    expect(window!.visible).toBe(false);
    vi.advanceTimersByTime(1_000);
    popover.toggle('pointer');
    window!.emit('blur');
    vi.advanceTimersByTime(50);
    popover.toggle('pointer');
    expect(window!.visible).toBe(false);
    vi.advanceTimersByTime(1_000);
    popover.toggle('pointer');
    expect(window!.visible).toBe(true);
  });

  it('[SH6.34] hides when its page says that Escape had nothing left to close', () => {
    const popover = createPopover(how);
    const [window] = double.windows;
    popover.open('elsewhere');
    window!.webContents.ipc.emit('reverie:hide', {});
    expect(window!.visible).toBe(false);
  });

  it('[SH1.18] stays while a dialog of its own has the focus', async () => {
    const popover = createPopover(how);
    const [window] = double.windows;
    popover.open('elsewhere');
    await popover.whileOpen(async () => {
      window!.emit('blur');
      expect(window!.visible).toBe(true);
    });
    window!.emit('blur');
    expect(window!.visible).toBe(false);
    await expect(popover.whileOpen(() => Promise.reject(new Error('no dialog')))).rejects.toThrow('no dialog');
    popover.open('elsewhere');
    window!.emit('blur');
    expect(window!.visible).toBe(false);
  });

  it('[SH6.33] tells the page a place as soon as the page listens, the last one only, and once', () => {
    const popover = createPopover(how);
    const heard = told();
    popover.open('elsewhere', { to: 'view', view: 'now' });
    popover.open('elsewhere', { to: 'insight', id: 'i' });
    expect(heard).toEqual([]);
    popover.pageListens();
    popover.pageListens();
    expect(heard).toEqual([{ to: 'insight', id: 'i' }]);
    popover.open('elsewhere', { to: 'view', view: 'settings' });
    expect(heard.at(-1)).toEqual({ to: 'view', view: 'settings' });
  });

  it('[SH1.19] loads its page anew when that has crashed', () => {
    const popover = createPopover(how);
    const { webContents } = double.windows[0]!;
    const heard = told();
    popover.pageListens();
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    webContents.mainFrame.url = '';
    popover.open('elsewhere', { to: 'insight', id: 'i' });
    expect(webContents.mainFrame.url).toBe('app://reverie/index.html');
    expect(heard).toEqual([]);
    popover.pageListens();
    expect(heard).toEqual([{ to: 'insight', id: 'i' }]);
  });

  it('[SH1.61] opens no more once it has ended', () => {
    const popover = createPopover(how);
    const [window] = double.windows;
    popover.open('elsewhere', { to: 'view', view: 'now' });
    popover.end();
    const shown = vi.spyOn(window!, 'show');
    popover.open('elsewhere', { to: 'insight', id: 'i' });
    popover.toggle('pointer');
    popover.pageListens();
    expect(shown).not.toHaveBeenCalled();
  });
});

describe('the port of the page', () => {
  function handing() {
    const listens = vi.fn();
    const handOver = handOverPorts(listens);
    onTestFinished(handOver.end);
    const frame = (gone = false) => ({ url: pageUrl, parent: null, isDestroyed: () => gone, postMessage: vi.fn() });
    const add = vi.fn(() => true);
    return { handOver, listens, frame, add, ports: { add, close() {} } };
  }
  const ask = (frame: FakeFrame) => double.fromFrame(frame, 'reverie:port');

  it('[SH6.41] waits for the mind when it was asked for before, and goes to the last that asked', () => {
    const { handOver, listens, frame, ports } = handing();
    const [first, last] = [frame(), frame()];
    ask(first);
    ask(last);
    ask({ ...frame(), url: 'https://evil.example/' });
    expect(listens).not.toHaveBeenCalled();
    handOver.to(ports);
    expect([first, last].map(({ postMessage }) => postMessage.mock.calls.length)).toEqual([0, 1]);
    expect(listens).toHaveBeenCalledTimes(1);
    ask(first);
    expect(first.postMessage).toHaveBeenCalledTimes(1);
  });

  it('[SH6.41] goes to none that is gone, or another page, by then', () => {
    const gone = handing();
    ask(gone.frame(true));
    gone.handOver.to(gone.ports);
    gone.handOver.end();
    const other = handing();
    const frame = other.frame();
    ask(frame);
    frame.url = 'https://evil.example/';
    other.handOver.to(other.ports);
    for (const { add } of [gone, other]) expect(add).not.toHaveBeenCalled();
  });
});

describe('the end by the system', () => {
  it('[SH6.45] is heard: shutdown, the end of the session on Windows, and the program’s own quit', () => {
    const popover = createPopover(how);
    const quit = { request: vi.fn(), systemEnds: vi.fn(), hasBegun: () => false };
    const end = followEnd(quit, popover);
    onTestFinished(() => void double.electron.app.removeAllListeners('before-quit'));
    double.electron.powerMonitor.emit('shutdown');
    expect(quit.systemEnds).toHaveBeenCalledTimes(1);
    double.windows[0]!.emit('session-end', { reasons: ['shutdown'] });
    expect(quit.systemEnds).toHaveBeenCalledTimes(2);
    double.electron.app.quit();
    expect(quit.request).toHaveBeenCalledTimes(1);
    end();
    expect(double.electron.powerMonitor.eventNames()).toEqual([]);
  });
});

describe('the icon', () => {
  it('[SH1.7] is drawn anew only when it is another', () => {
    const engine = fakeEngine({ scenario: 'resting' });
    const popover = createPopover(how);
    const end = createTray({ door: engine, popover, iconDir: '/icons', platform: 'linux', quit: () => undefined });
    const [tray] = double.trays;
    const [drawn, said] = [vi.spyOn(tray!, 'setImage'), vi.spyOn(tray!, 'setToolTip')];
    for (let turn = 0; turn < 5; turn++) engine.change({});
    expect([drawn, said].map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
    engine.change({ life: 'paused' });
    expect(drawn.mock.calls).toEqual([[{ file: '/icons/paused.png' }]]);
    end();
    expect([double.trays.length, engine.listeners()]).toEqual([0, 0]);
  });

  it('[SH1.8] opens the popover on a click, and its menu on another button where that is the custom', () => {
    const engine = fakeEngine();
    const popover = createPopover(how);
    createTray({ door: engine, popover, iconDir: '/icons', platform: 'darwin', quit: () => undefined });
    const [tray] = double.trays;
    expect(tray!.menu).toEqual([]);
    tray!.emit('click');
    expect(double.windows[0]!.visible).toBe(true);
    tray!.emit('right-click');
    tray!.menu.find(({ label }) => label === 'Sleep now')?.click?.({} as never, undefined, {});
    expect(engine.commands).toEqual([{ kind: 'sleep-now' }]);
  });
});

describe('the page', () => {
  it('[SH6.5] shows the place of a link and sends nothing', () => {
    const change = (link: PageLink) => changeForLink({ ...firstState, layer: 'palette' }, link);
    const arrived = { arrivals: 1, layer: null };
    expect(change({ to: 'view', view: 'dreams' })).toEqual({ ...arrived, view: 'dreams' });
    expect(change({ to: 'insight', id: 'i' })).toEqual({ ...arrived, view: 'insights', wantedInsight: 'i' });
    expect(change({ to: 'ask', question: 'why?' })).toEqual({ ...arrived, view: 'ask', question: 'why?' });
  });
});
