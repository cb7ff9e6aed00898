import type { Matcher, Memory, Tombstone } from '../memory.ts';
import { hashText } from '../observe/stamp.ts';
import type { Json } from '../types.ts';
import type { Draft } from './draft.ts';

/** Why the owner's tombstones say that they are there. */
export const saidSo = 'you said so';

/** The row of named state that knows what was deleted for good, by salted hashes alone. */
export const deletedKey = 'let-go';
interface DeletedNames {
  salt: string;
  /** Oldest first. */
  hashes: string[];
}
const deletedAtMost = 500;

type Named = Pick<Memory, 'kind' | 'key' | 'rule'>;

/** What it is called by, whoever finds it again: its key, and what its rule comes to. A dream is called otherwise than what was seen. */
export function namesOf({ kind, key, rule }: Named): string[] {
  const names = [
    ...(key === null ? [] : [`key ${key}`]),
    ...(rule ? [`rule ${thing(rule.when)} ${thing(rule.then)}`] : []),
  ];
  return kind === 'dream' ? names.map((name) => `dream ${name}`) : names;
}

const thing = ({ source, type, target, place }: Matcher): string =>
  JSON.stringify(target ? [type, target] : [source, type, place]);

/** A dream of what was let go would bring it back when it came true; what is seen may be remembered although it was once dreamt. */
const namesToAvoid = (draft: Named): string[] =>
  draft.kind === 'dream' ? [...namesOf(draft), ...namesOf({ ...draft, kind: 'pattern' })] : namesOf(draft);

/** Reads the row; null when there is none, or when it cannot be read. */
export function deletedFromJson(value: Json): DeletedNames | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { salt, hashes } = value;
  if (typeof salt !== 'string' || !Array.isArray(hashes)) return null;
  return { salt, hashes: hashes.filter((each) => typeof each === 'string') };
}

/** The row with the names of one more that is deleted; of more than 500 the oldest go. */
export function withDeleted({ salt, hashes }: DeletedNames, memory: Named): DeletedNames {
  const more = namesOf(memory).map((name) => hashText(salt + name));
  return { salt, hashes: [...hashes.filter((each) => !more.includes(each)), ...more].slice(-deletedAtMost) };
}

/**
 * Tells of a draft whether it would bring back what was let go: what was deleted for good, what the owner forgot while its tombstone
 * stands, and what was forgotten otherwise unless the draft rests on something that happened since.
 */
export function staysAway(tombstones: readonly Tombstone[], deleted: DeletedNames | null): (draft: Draft) => boolean {
  const hashes = new Set(deleted?.hashes);
  const until = new Map<string, number>();
  for (const { was, why, forgottenAt } of tombstones)
    for (const name of namesOf(was))
      until.set(name, Math.max(until.get(name) ?? -Infinity, why === saidSo ? Infinity : forgottenAt));
  return (draft) => {
    const newest = Math.max(-Infinity, ...draft.evidence.map(({ at }) => at));
    return namesToAvoid(draft).some(
      (name) =>
        (until.has(name) && newest <= (until.get(name) ?? 0)) ||
        (deleted !== null && hashes.has(hashText(deleted.salt + name))),
    );
  };
}
