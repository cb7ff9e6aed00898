import type { TrayState } from '../electron/tray-state.ts';

/** `template`: black and alpha, macOS colours it. `panel`: colours that stand out on light and on dark panels alike. */
export type Ink = 'template' | 'panel';

// Each of the panel's colours has a contrast of at least 3 to 1 on white and on #202020 (WCAG 1.4.11).
export const panelInk = { live: '#7a75e6', still: '#83838f', call: '#d0741a' } as const;
type Tone = keyof typeof panelInk;

const toneOf: Record<TrayState, Tone> = {
  awake: 'live',
  thinking: 'live',
  asleep: 'live',
  dreaming: 'live',
  paused: 'still',
  'model-away': 'still',
  'needs-you': 'call',
};

interface Circle {
  x: number;
  y: number;
  r: number;
}

/**
 * One state as SVG text of `size` × `size` pixels. Drawn on a grid of 16 after the mark (a ring with a core): the ring opens while it
 * thinks, wanes to a crescent at night, is broken when the model is away, and fills when the owner is wanted. Straight edges fall on
 * whole pixels at every size.
 */
export function stateIcon(state: TrayState, ink: Ink, size: number): string {
  const colour = ink === 'template' ? '#000' : panelInk[toneOf[state]];
  const shapes = shapesOf(state, (at) => (Math.round((at * size) / 16) * 16) / size);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 16 16"><g fill="${colour}" color="${colour}">${shapes}</g></svg>`;
}

/** `whole` moves a coordinate to the next edge between two pixels. */
function shapesOf(state: TrayState, whole: (at: number) => number): string {
  switch (state) {
    case 'awake':
      return ring() + dot({ x: 8, y: 8, r: 2.6 });
    case 'thinking':
      return orbit() + dot({ x: 8, y: 8, r: 2.6 });
    case 'asleep':
      return crescent();
    case 'dreaming':
      return crescent() + star({ x: 12, y: 4, r: 3.7 });
    case 'paused':
      return ring() + bar(whole, 5, 5, 7, 11) + bar(whole, 9, 5, 11, 11);
    case 'model-away':
      return ring(dashes(8));
    case 'needs-you':
      return call(whole);
  }
}

const centre: Circle = { x: 8, y: 8, r: 6.25 };

const dot = ({ x, y, r }: Circle) => `<circle cx="${x}" cy="${y}" r="${r}"/>`;
const ring = (broken = '') =>
  `<circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"${broken}/>`;

/** Equal dashes, the first one in the middle of the right edge: even on every side. */
function dashes(count: number): string {
  const step = (2 * Math.PI * centre.r) / count;
  const dash = 0.6 * step;
  return ` stroke-dasharray="${round(dash)} ${round(step - dash)}" stroke-dashoffset="${round(dash / 2)}"`;
}

/** The ring with a gap, and in the gap a satellite. */
function orbit(): string {
  const at = (degrees: number) => {
    const angle = (degrees * Math.PI) / 180;
    return { x: round(centre.x + centre.r * Math.cos(angle)), y: round(centre.y + centre.r * Math.sin(angle)) };
  };
  const [from, to, satellite] = [at(-7), at(-83), at(-45)];
  const arc = `<path d="M${from.x} ${from.y}A${centre.r} ${centre.r} 0 1 1 ${to.x} ${to.y}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>`;
  return arc + dot({ ...satellite, r: 2.1 });
}

/** The moon: a disc without the disc that covers its upper right. */
function crescent(): string {
  const disc: Circle = { x: 7.4, y: 8.6, r: 6.4 };
  const cover: Circle = { x: 10.6, y: 5.4, r: 5.2 };
  const [from, to] = crossings(disc, cover);
  return `<path d="M${from.x} ${from.y}A${disc.r} ${disc.r} 0 1 1 ${to.x} ${to.y}A${cover.r} ${cover.r} 0 0 0 ${from.x} ${from.y}Z"/>`;
}

/** Where two circles cross. */
function crossings(a: Circle, b: Circle) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const far = Math.hypot(dx, dy);
  const along = (a.r ** 2 - b.r ** 2 + far ** 2) / (2 * far);
  const aside = Math.sqrt(a.r ** 2 - along ** 2);
  const [mx, my] = [a.x + (along * dx) / far, a.y + (along * dy) / far];
  const point = (side: number) => ({
    x: round(mx - (side * aside * dy) / far),
    y: round(my + (side * aside * dx) / far),
  });
  return [point(1), point(-1)] as const;
}

/** Four points with hollow sides. */
function star({ x, y, r }: Circle): string {
  const waist = r * 0.26;
  const tips = [
    [0, -r],
    [waist, -waist],
    [r, 0],
    [waist, waist],
    [0, r],
    [-waist, waist],
    [-r, 0],
    [-waist, -waist],
  ];
  return `<path d="M${tips.map(([dx = 0, dy = 0]) => `${round(x + dx)} ${round(y + dy)}`).join('L')}Z"/>`;
}

const box = (whole: (at: number) => number, left: number, top: number, right: number, bottom: number) =>
  `M${whole(left)} ${whole(top)}H${whole(right)}V${whole(bottom)}H${whole(left)}Z`;
const bar = (...[whole, left, top, right, bottom]: Parameters<typeof box>) =>
  `<path d="${box(whole, left, top, right, bottom)}"/>`;

/** A full disc with a call cut out of it, so that what lies behind shows through. */
const call = (whole: (at: number) => number) =>
  `<path fill-rule="evenodd" d="M1 8A7 7 0 1 1 15 8A7 7 0 1 1 1 8Z${box(whole, 7, 4, 9, 9)}${box(whole, 7, 10, 9, 12)}"/>`;

/**
 * The program's own icon, SVG text of `size` × `size` pixels: the mark on a night sky. `margin` is the free edge in parts of the whole
 * (macOS wants 0.1 around its rounded square).
 */
export function programIcon(size: number, margin: number): string {
  const [edge, side] = [round(100 * margin), round(100 * (1 - 2 * margin))];
  const part = (share: number) => round(share * side);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8682f2"/><stop offset="1" stop-color="#3a3392"/></linearGradient></defs>
<rect x="${edge}" y="${edge}" width="${side}" height="${side}" rx="${part(0.225)}" fill="url(#sky)"/>
<circle cx="50" cy="50" r="${part(0.27)}" fill="#fff" fill-opacity="0.16"/>
<circle cx="50" cy="50" r="${part(0.27)}" fill="none" stroke="#fff" stroke-width="${part(0.066)}"/>
<circle cx="50" cy="50" r="${part(0.11)}" fill="#fff"/>
</svg>`;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
