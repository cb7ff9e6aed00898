export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}
export type Rect = Point & Size;

/** A screen: all of it, and what bars and docks leave free. In points of the system, not pixels. */
export interface Screen {
  bounds: Rect;
  workArea: Rect;
}

type Edge = 'top' | 'bottom' | 'left' | 'right';

const gap = 6;

/**
 * Where the popover goes: beside the icon, on the inner side of the bar that holds it; without an icon's place (Linux tells none) at the
 * pointer, and without a pointer in the corner where trays are. Always whole inside the work area of the icon's screen, and made smaller
 * when it cannot be. `screens` begins with the main one and is never empty.
 */
export function popoverBounds(at: {
  icon: Rect | null;
  pointer: Point | null;
  screens: readonly [Screen, ...Screen[]];
  size: Size;
}): Rect {
  const icon = at.icon && at.icon.width > 0 && at.icon.height > 0 ? at.icon : null;
  const anchor = icon ?? (at.pointer && { ...at.pointer, width: 0, height: 0 });
  const screen = anchor ? screenOf(middle(anchor), at.screens) : at.screens[0];
  const { workArea } = screen;
  const size = {
    width: Math.min(at.size.width, workArea.width),
    height: Math.min(at.size.height, workArea.height),
  };
  const wanted = anchor ? beside(anchor, edgeOf(middle(anchor), screen), size) : corner(screen, size);
  return {
    x: Math.round(within(wanted.x, workArea.x, workArea.x + workArea.width - size.width)),
    y: Math.round(within(wanted.y, workArea.y, workArea.y + workArea.height - size.height)),
    ...size,
  };
}

function beside(anchor: Rect, edge: Edge, size: Size): Point {
  const centred = { x: middle(anchor).x - size.width / 2, y: middle(anchor).y - size.height / 2 };
  switch (edge) {
    case 'top':
      return { x: centred.x, y: anchor.y + anchor.height + gap };
    case 'bottom':
      return { x: centred.x, y: anchor.y - size.height - gap };
    case 'left':
      return { x: anchor.x + anchor.width + gap, y: centred.y };
    case 'right':
      return { x: anchor.x - size.width - gap, y: centred.y };
  }
}

/** The side of the screen whose bar holds the point; without a bar there, the nearest side. */
function edgeOf(point: Point, { bounds, workArea }: Screen): Edge {
  const bar = (['top', 'bottom', 'left', 'right'] as const).find((edge) => outside(point, workArea)[edge]);
  if (bar) return bar;
  const away: [Edge, number][] = [
    ['top', point.y - bounds.y],
    ['bottom', bounds.y + bounds.height - point.y],
    ['left', point.x - bounds.x],
    ['right', bounds.x + bounds.width - point.x],
  ];
  return away.reduce((nearest, each) => (each[1] < nearest[1] ? each : nearest))[0];
}

const outside = (point: Point, area: Rect): Record<Edge, boolean> => ({
  top: point.y < area.y,
  bottom: point.y >= area.y + area.height,
  left: point.x < area.x,
  right: point.x >= area.x + area.width,
});

/** Where trays are: at the end of the bar, which is where the work area leaves room; at the bottom when it leaves none. */
function corner({ bounds, workArea }: Screen, size: Size): Point {
  const end = {
    x: workArea.x + workArea.width - size.width - gap,
    y: workArea.y + workArea.height - size.height - gap,
  };
  const barOnTop = workArea.y > bounds.y;
  return barOnTop ? { x: end.x, y: workArea.y + gap } : end;
}

function screenOf(point: Point, screens: readonly [Screen, ...Screen[]]): Screen {
  const distance = ({ bounds }: Screen) =>
    Math.hypot(
      point.x - within(point.x, bounds.x, bounds.x + bounds.width - 1),
      point.y - within(point.y, bounds.y, bounds.y + bounds.height - 1),
    );
  return screens.reduce((nearest, each) => (distance(each) < distance(nearest) ? each : nearest), screens[0]);
}

const middle = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 });
const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));
