import { describe, expect, it } from 'vitest';
import { notice } from '../../electron/notice.ts';
import { atPower, isAway, powerAfter } from '../../electron/power.ts';

const alert = { id: 'a', insightId: 'i', title: 'The build fails', body: 'Since 10:04.', at: 0, critical: false };

describe('a notification', () => {
  it('[SH3.1] says the alert in plain words and makes a sound only when it is critical', () => {
    expect(notice(alert, 'linux')).toMatchObject({
      insightId: 'i',
      title: 'The build fails',
      body: 'Since 10:04.',
      urgency: 'normal',
      silent: true,
    });
    expect(notice({ ...alert, critical: true }, 'linux')).toMatchObject({ urgency: 'critical', silent: false });
  });

  it('[SH3.2] is bounded and one line, whatever was observed', () => {
    const told = notice({ ...alert, title: `a\n${'x'.repeat(500)}`, body: `\u202e${'y '.repeat(5_000)}<b>` }, 'linux');
    expect([told.title.length, told.body.length]).toEqual([80, 240]);
    expect(`${told.title}${told.body}`).not.toMatch(/[\n\u202e]/);
    expect(notice({ ...alert, title: ' \n ' }, 'linux').title).toBe('Reverie');
  });

  it('[SH3.16] has no markup on Linux, where some servers would follow it, and the text as it is elsewhere', () => {
    const hostile = '<a href="https://evil.example">5 &lt; 6 && <img src=x></a>';
    const long = `${'x'.repeat(230)}<b>&&&&&&&&&&&&</b>`;
    const told = notice({ ...alert, title: hostile, body: long }, 'linux');
    expect(`${told.title}${told.body}`).not.toMatch(/[<>&]/);
    expect(told.title).toBe('‹a href="https://evil.example"›5 ＆lt; 6 ＆＆ ‹img src=x›‹/a›');
    expect(told.body).toHaveLength(240);
    for (const platform of ['darwin', 'win32'] as const)
      expect(notice({ ...alert, title: hostile }, platform).title).toBe(hostile);
  });

  it('[SH3.3] can be answered with useful and less of this', () => {
    expect(notice(alert, 'linux').actions).toEqual(['Useful', 'Less of this']);
  });
});

describe('power', () => {
  it('[SH5.1] is followed word by word; who sleeps or is locked out is away', () => {
    const awake = atPower(false);
    const asleep = powerAfter(awake, 'suspend');
    expect([isAway(awake), isAway(asleep), isAway(powerAfter(asleep, 'resume'))]).toEqual([false, true, false]);
    const locked = powerAfter(awake, 'lock-screen');
    expect([isAway(locked), isAway(powerAfter(locked, 'unlock-screen'))]).toEqual([true, false]);
    const both = powerAfter(locked, 'suspend');
    expect(isAway(powerAfter(both, 'resume'))).toBe(true);
    expect(powerAfter(awake, 'on-battery').onBattery).toBe(true);
    expect(powerAfter(atPower(true), 'on-ac').onBattery).toBe(false);
    expect(isAway(powerAfter(awake, 'on-battery'))).toBe(false);
  });
});
