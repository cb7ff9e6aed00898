import { expect, it } from 'vitest';
import { createPowerDesk } from '../../core/host/power-desk.ts';
import { toldPower } from '../kit/told-power.ts';

function told() {
  const power = toldPower();
  const settings = { onBattery: 'spare' as 'spare' | 'as-usual' };
  const desk = createPowerDesk({ power, settings: () => settings });
  const heard: string[] = [];
  desk.start({
    suspended: () => void heard.push('suspended'),
    resumed: () => void heard.push('resumed'),
    spared: () => void heard.push(`spared ${desk.spares()}`),
    ownerIsBack: () => void heard.push('owner is back'),
    changed: () => undefined,
  });
  return { power, settings, desk, heard };
}

it('[SH5.9] the owner is back once, when nothing keeps them away any more', () => {
  const { power, heard } = told();
  power.become({ locked: true });
  power.become({ suspended: true });
  power.become({ suspended: true });
  power.become({ suspended: false });
  expect(heard).toEqual(['suspended', 'resumed']);
  power.become({ locked: false });
  power.become({ locked: false });
  expect(heard).toEqual(['suspended', 'resumed', 'owner is back']);
});

it('[SH5.9] sparing ends with the battery, and with the wish', () => {
  const { power, settings, desk, heard } = told();
  power.become({ onBattery: true });
  power.become({ onBattery: false });
  expect(heard).toEqual(['spared true', 'spared false']);
  power.become({ onBattery: true });
  settings.onBattery = 'as-usual';
  expect([desk.spares(), desk.shown()]).toEqual([false, { onBattery: true, spares: false }]);
});

it('[SH5.9] a host that is told nothing is on mains and in front of its owner, and shows nothing', () => {
  const desk = createPowerDesk({ power: null, settings: () => ({ onBattery: 'spare' }) });
  expect([desk.isSuspended(), desk.isAway(), desk.spares(), desk.shown()]).toEqual([false, false, false, null]);
});
