import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../core/settings.ts';
import {
  afterCycle,
  afterSleep,
  freshRhythm,
  nextSleepWords,
  rhythmFromJson,
  rhythmToJson,
  sleepDue,
  type Waking,
} from '../../core/sleep/rhythm.ts';
import { noon } from '../kit/nouns.ts';

const settings = defaultSettings();
const minuteMs = 60_000;
const waking = (over: Partial<Waking> = {}): Waking => ({
  ...freshRhythm,
  requested: false,
  pending: 0,
  spares: false,
  ...over,
});

describe('when to sleep', () => {
  it('[SL1.1] after fifty wake cycles since the last sleep, not after forty-nine', () => {
    let rhythm = freshRhythm;
    for (let cycle = 0; cycle < 49; cycle++) rhythm = afterCycle(rhythm, noon);
    expect(sleepDue(waking(rhythm), settings, noon)).toBe(null);
    rhythm = afterCycle(rhythm, noon);
    expect(sleepDue(waking(rhythm), settings, noon)).toBe('cycles');
    expect(sleepDue(waking(afterSleep(rhythm, { ended: 'done', endedAt: noon })), settings, noon)).toBe(null);
  });

  it('[SL1.2] when idle for thirty minutes, if there was a cycle since the last sleep and nothing waits', () => {
    const rhythm = afterCycle(freshRhythm, noon);
    expect(sleepDue(waking(rhythm), settings, noon + 30 * minuteMs - 1)).toBe(null);
    expect(sleepDue(waking(rhythm), settings, noon + 30 * minuteMs)).toBe('idle');
    expect(sleepDue(waking({ ...rhythm, pending: 1 }), settings, noon + 30 * minuteMs)).toBe(null);
    const slept = afterSleep(rhythm, { ended: 'done', endedAt: noon });
    expect(sleepDue(waking(slept), settings, noon + 600 * minuteMs)).toBe(null);
  });

  it('[SL1.3] while more waits than one cycle takes, only the owner’s request counts', () => {
    const tired = { ...freshRhythm, cycles: 500, lastCycleAt: noon };
    expect(sleepDue(waking({ ...tired, pending: 50 }), settings, noon)).toBe('cycles');
    expect(sleepDue(waking({ ...tired, pending: 51 }), settings, noon)).toBe(null);
    expect(sleepDue(waking({ ...tired, pending: 51, requested: true }), settings, noon)).toBe('request');
  });

  it('[SL1.4] switched off in the settings, it sleeps on request only, and says so', () => {
    const off = { ...settings, sleep: { ...settings.sleep, enabled: false } };
    const tired = { ...freshRhythm, cycles: 500, cutOff: true };
    expect(sleepDue(waking(tired), off, noon)).toBe(null);
    expect(sleepDue(waking({ ...tired, requested: true }), off, noon)).toBe('request');
    expect(nextSleepWords(waking(tired), off, noon)).toBe('only when you ask for it');
  });

  it('[SL1.5] one that was cut off goes on after a minute without a cycle; one that the owner ended does not', () => {
    const tired = afterCycle(freshRhythm, noon);
    const cut = afterSleep(tired, { ended: 'interrupted', endedAt: noon });
    expect(sleepDue(waking(cut), settings, noon + minuteMs - 1)).toBe(null);
    expect(sleepDue(waking(cut), settings, noon + minuteMs)).toBe('resumed');
    expect(sleepDue(waking(afterSleep(tired, { ended: 'shutdown', endedAt: noon })), settings, noon + minuteMs)).toBe(
      'resumed',
    );
    expect(sleepDue(waking(afterSleep(tired, { ended: 'owner', endedAt: noon })), settings, noon + minuteMs)).toBe(
      null,
    );
  });

  it('[SL1.6] survives a restart as plain JSON; what cannot be read is as if new', () => {
    const rhythm = { cycles: 12, lastCycleAt: noon, lastSleepAt: noon - 5, cutOff: true };
    expect(rhythmFromJson(JSON.parse(JSON.stringify(rhythmToJson(rhythm))))).toEqual(rhythm);
    for (const odd of [null, 7, 'x', [], { cycles: 'many', lastCycleAt: {}, cutOff: 'yes' }, { cycles: -3 }])
      expect(rhythmFromJson(odd)).toEqual(freshRhythm);
  });

  it('[SL1.7] a clock that was set back keeps nothing awake', () => {
    const rhythm = afterCycle(freshRhythm, noon);
    expect(sleepDue(waking(rhythm), settings, noon - 365 * 24 * 60 * minuteMs)).toBe('idle');
  });

  it('[SL1.8] says when it will sleep by itself', () => {
    const words = (over: Partial<Waking>) => nextSleepWords(waking(over), settings, noon);
    expect(words({ cycles: 38, lastCycleAt: noon })).toBe('after 12 more cycles, or when idle for 30 minutes');
    expect(words({ cycles: 49, lastCycleAt: noon })).toBe('after 1 more cycle, or when idle for 30 minutes');
    expect(words({ cycles: 50, lastCycleAt: noon })).toBe('now');
    expect(words({ cycles: 50, pending: 80 })).toBe('when fewer than 51 observations wait');
  });
});
