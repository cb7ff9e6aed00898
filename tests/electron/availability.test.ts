import { describe, expect, it } from 'vitest';
import { trayHere, trayObstacle } from '../../electron/availability.ts';

const able = { platform: 'linux', env: { DISPLAY: ':0' }, binary: '/opt/electron', root: false } as const;

describe('whether a tray can run', () => {
  it.each([
    [able, null],
    [{ ...able, env: { WAYLAND_DISPLAY: 'wayland-0' } }, null],
    [{ ...able, platform: 'darwin', env: {} }, null],
    [{ ...able, platform: 'darwin', env: {}, root: true }, null],
    [{ ...able, env: {} }, 'no display'],
    [{ ...able, binary: null }, 'binary'],
    [{ ...able, root: true }, 'root'],
  ] as const)('[SH7.65] %j: %s', (surroundings, why) => {
    const said = trayObstacle(surroundings);
    if (why === null) expect(said).toBeNull();
    else {
      expect(said).toContain(why);
      expect(said?.split('\n')).toHaveLength(1);
    }
  });

  it('[SH7.65] on this machine it is the binary or one line', () => {
    const here = trayHere();
    expect('binary' in here ? here.binary : here.obstacle.split('\n')).toHaveLength(
      'binary' in here ? here.binary.length : 1,
    );
    expect('binary' in here || here.obstacle).not.toBe('');
  });
});
