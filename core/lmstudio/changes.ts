import type { Instance } from './catalogue.ts';
import { catalogueOf } from './known.ts';
import type { Sighting } from './lm-studio.ts';

/** What somebody else changed between two looks. */
export interface Changes {
  /** The server is back, or a model appeared that we did not load: earlier refusals and crashes count no more. */
  afresh: boolean;
  /** Instances that are not there any more. */
  gone: Instance[];
}

/** Compares two looks; `ours` are ids that Reverie loaded. A list that does not tell what is loaded tells of no instance that went. */
export function changesBetween(before: Sighting | null, next: Sighting, ours: ReadonlySet<string>): Changes {
  const was = catalogueOf(before);
  const is = catalogueOf(next);
  if (!is || before === null) return { afresh: false, gone: [] };
  if (!was) return { afresh: true, gone: [] };
  const had = new Set(was.instances.map(({ id }) => id));
  const has = new Set(is.instances.map(({ id }) => id));
  return {
    afresh: is.instances.some(({ id }) => !had.has(id) && !ours.has(id)),
    gone: is.tellsLoaded ? was.instances.filter(({ id }) => !has.has(id)) : [],
  };
}

/** One failed look is a hiccup, two are a state (section 8 of the reference); a refused connection leaves no doubt. */
export const isHiccup = ({ server }: Sighting): boolean =>
  server.kind === 'unwell' || (server.kind === 'away' && server.failure.code !== 'connection-refused');
