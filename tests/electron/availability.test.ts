import { describe, expect, it } from 'vitest';
import { trayObstacle } from '../../electron/availability.ts';

const able = { platform: 'linux', env: { DISPLAY: ':0' }, binary: '/opt/electron', shell: true } as const;

describe('whether a tray can run', () => {
  it.each([
    [able, null],
    [{ ...able, env: { WAYLAND_DISPLAY: 'wayland-0' } }, null],
    [{ ...able, platform: 'darwin', env: {} }, null],
    [{ ...able, env: {} }, 'no display'],
    [{ ...able, binary: null }, 'binary'],
    [{ ...able, shell: false }, 'not part of this version'],
  ] as const)('[SH7.65] %j: %s', (surroundings, why) => {
    const said = trayObstacle(surroundings);
    if (why === null) expect(said).toBeNull();
    else {
      expect(said).toContain(why);
      expect(said?.split('\n')).toHaveLength(1);
    }
  });
});
