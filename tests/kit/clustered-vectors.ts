import { seededRandom } from './clock.ts';

/** Draws vectors that lie around so many centres, as those of texts about the same things do; the same ones for the same seed. */
export function clusteredVectors(
  seed: number,
  { length, clusters, noise = 1 }: { length: number; clusters: number; noise?: number },
) {
  const draw = seededRandom(seed).stream('vectors');
  /** Drawn once and read from random places: a normal draw per component would take most of a minute for 100,000 vectors. */
  const normal = Float32Array.from(
    { length: 65_536 },
    () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()),
  );
  const spread = () => {
    const [from, step] = [Math.floor(draw() * normal.length), 1 + 2 * Math.floor(draw() * 1_000)];
    return Float32Array.from({ length }, (_, at) => normal[(from + at * step) % normal.length] as number);
  };
  const centres = Array.from({ length: clusters }, spread);
  return {
    /** Near the n-th centre, counted round; without a number near any. */
    near(n = Math.floor(draw() * clusters)): Float32Array {
      const centre = centres[n % clusters] as Float32Array;
      return spread().map((each, at) => each * noise + (centre[at] as number));
    },
  };
}
