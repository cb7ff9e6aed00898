/** Small ways of drawing, all by a given source of chance. */

export const pick = <T>(of: readonly T[], draw: () => number): T => of[Math.floor(draw() * of.length)]!;

/** The first ones much more often: roughly as often as their place divides. */
export const pickOften = <T>(of: readonly T[], draw: () => number): T => of[Math.floor(of.length * draw() ** 3)]!;

/** In a random order (Fisher and Yates 1938). */
export function shuffled<T>(things: readonly T[], draw: () => number): T[] {
  const mixed = [...things];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(draw() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
