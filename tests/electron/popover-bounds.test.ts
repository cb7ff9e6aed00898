import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { popoverBounds, type Rect, type Screen } from '../../electron/popover-bounds.ts';

const size = { width: 420, height: 640 };
const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const screen = (bounds: Rect, free: Partial<Rect> = {}): Screen => ({ bounds, workArea: { ...bounds, ...free } });

const desk = rect(0, 0, 1920, 1080);
const mac = screen(desk, { y: 25, height: 1055 });
const taskbar = {
  bottom: screen(desk, { height: 1040 }),
  top: screen(desk, { y: 40, height: 1040 }),
  left: screen(desk, { x: 60, width: 1860 }),
  right: screen(desk, { width: 1860 }),
};

describe('where the popover opens', () => {
  it('[SH1.10] is under the icon on macOS, centred', () => {
    const place = popoverBounds({ icon: rect(1000, 0, 30, 25), pointer: null, screens: [mac], size });
    expect(place).toEqual(rect(1000 + 15 - 210, 31, 420, 640));
  });

  it.each([
    ['bottom', rect(1500, 1048, 24, 24), { x: 1302, y: 400 }],
    ['top', rect(1500, 8, 24, 24), { x: 1302, y: 40 }],
    ['left', rect(18, 500, 24, 24), { x: 60, y: 192 }],
    ['right', rect(1878, 500, 24, 24), { x: 1440, y: 192 }],
  ] as const)('[SH1.11] is on the inner side of a taskbar at the %s', (edge, icon, place) => {
    expect(popoverBounds({ icon, pointer: null, screens: [taskbar[edge]], size })).toEqual({ ...place, ...size });
  });

  it('[SH1.11] is on the inner side of a bar that hides itself, too', () => {
    const hiding = screen(desk);
    const place = popoverBounds({ icon: rect(1500, 1050, 24, 24), pointer: null, screens: [hiding], size });
    expect(place).toEqual(rect(1302, 404, 420, 640));
  });

  it('[SH1.12] is on the screen of the icon, whichever side that screen is on', () => {
    const left = screen(rect(-2560, -300, 2560, 1440), { y: -275, height: 1415 });
    const place = popoverBounds({ icon: rect(-200, -300, 30, 25), pointer: null, screens: [mac, left], size });
    expect(place).toEqual(rect(-426 + 6, -269, 420, 640));
  });

  it('[SH1.13] is at the pointer where the system tells no place of the icon', () => {
    const none = rect(0, 0, 0, 0);
    const place = popoverBounds({ icon: none, pointer: { x: 1000, y: 1060 }, screens: [taskbar.bottom], size });
    expect(place).toEqual(rect(790, 400, 420, 640));
  });

  it('[SH1.14] is in the corner of the main screen where trays are when not even the pointer is known', () => {
    const second = screen(rect(1920, 0, 1280, 800));
    const at = (main: Screen) => popoverBounds({ icon: null, pointer: null, screens: [main, second], size });
    expect(at(taskbar.bottom)).toEqual(rect(1494, 394, 420, 640));
    expect(at(taskbar.top)).toEqual(rect(1494, 46, 420, 640));
  });

  it('[SH1.15] is made smaller on a screen that is smaller', () => {
    const small = screen(rect(0, 0, 320, 480), { height: 440 });
    expect(popoverBounds({ icon: rect(300, 450, 16, 16), pointer: null, screens: [small], size })).toEqual(
      rect(0, 0, 320, 440),
    );
  });

  it('[SH1.16] is always whole inside the work area of one screen', () => {
    const length = fc.integer({ min: 100, max: 4_000 });
    const place = fc.integer({ min: -5_000, max: 5_000 });
    const anyScreen = fc
      .record({
        x: place,
        y: place,
        width: length,
        height: length,
        bar: fc.integer({ min: 0, max: 60 }),
        edge: fc.nat(3),
      })
      .map(({ bar, edge, ...bounds }): Screen => {
        const { x, y, width, height } = bounds;
        const free = [rect(x, y + bar, width, height - bar), rect(x, y, width, height - bar)];
        const sides = [rect(x + bar, y, width - bar, height), rect(x, y, width - bar, height)];
        return { bounds, workArea: [...free, ...sides][edge]! };
      });
    const icon = fc.record({ x: place, y: place, width: fc.nat(60), height: fc.nat(60) });
    fc.assert(
      fc.property(
        fc.option(icon),
        fc.option(fc.record({ x: place, y: place })),
        anyScreen,
        fc.array(anyScreen, { maxLength: 3 }),
        (icon, pointer, main, others) => {
          const found = popoverBounds({ icon, pointer, screens: [main, ...others], size });
          const inside = [main, ...others].some(
            ({ workArea: free }) =>
              found.x >= free.x &&
              found.y >= free.y &&
              found.x + found.width <= free.x + free.width &&
              found.y + found.height <= free.y + free.height,
          );
          expect(inside).toBe(true);
          expect(found.width).toBeGreaterThan(0);
        },
      ),
    );
  });
});
