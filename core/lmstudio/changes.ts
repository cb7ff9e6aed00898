import type { Instance } from './catalogue.ts';
import { catalogueOf } from './known.ts';
import type { Sighting } from './lm-studio.ts';

/** What somebody else changed between two looks. */
export interface Changes {
  /** The server was away and is back. */
  cameBack: boolean;
  /** A model is there that we did not load. */
  appeared: boolean;
  /** Instances that are not there any more. */
  gone: Instance[];
}

/** Compares two looks. A list that does not tell what is loaded tells of no instance that went. */
export function changesBetween(before: Sighting | null, next: Sighting, isOurs: (each: Instance) => boolean): Changes {
  const was = catalogueOf(before);
  const is = catalogueOf(next);
  if (!is || before === null || !was) return { cameBack: before !== null && is !== null, appeared: false, gone: [] };
  const had = new Set(was.instances.map(({ id }) => id));
  const has = new Set(is.instances.map(({ id }) => id));
  return {
    cameBack: false,
    appeared: is.instances.some((each) => !had.has(each.id) && !isOurs(each)),
    gone: is.tellsLoaded ? was.instances.filter(({ id }) => !has.has(id)) : [],
  };
}

/** One failed look is a hiccup, two are a state (section 8 of the reference); a refused connection leaves no doubt. */
export const isHiccup = ({ server }: Sighting): boolean =>
  server.kind === 'unwell' || (server.kind === 'away' && server.failure.code !== 'connection-refused');
