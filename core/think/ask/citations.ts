/** What stands in brackets, if it is short; a ref, or a list or span of refs, may. */
const bracketed = /([ \t]*)[[【(]([^[\]【】()\n]{2,80})[\]】)]/g;

/**
 * Hands every group of refs in a text (`[m1]`, `[m1, m3]`, `[M1-m3]`, `【m2】`, `(m4)`) to `rewrite` as lower-case refs with the white space
 * before it, and puts what it returns in its place. Other brackets stay.
 */
export function rewriteRefs(text: string, rewrite: (refs: string[], space: string) => string): string {
  return text.replace(bracketed, (whole, space: string, inside: string) => {
    const refs = refsIn(inside);
    return refs === null ? whole : rewrite(refs, space);
  });
}

/** A text that is quoted: what looks like a ref in it must not count as one. */
export const withoutRefs = (text: string): string => rewriteRefs(text, (refs, space) => `${space}${refs.join(', ')}`);

/** How refs stand in an answer. */
export const refsText = (refs: readonly string[]): string => refs.map((ref) => `[${ref}]`).join('');

const spanAtMost = 30;

/** The refs of a list; null when it holds anything else. */
function refsIn(inside: string): string[] | null {
  const parts = inside
    .toLowerCase()
    .split(/[\s,;&]+|\band\b/)
    .filter((part) => part !== '');
  if (!/^m\d/.test(parts[0] ?? '')) return null;
  const refs = parts.map(refsOf);
  return refs.every((each) => each !== null) ? refs.flat() : null;
}

/** `m2`, `2` behind another, or `m2-m5`. */
function refsOf(part: string): string[] | null {
  const found = /^m?(\d{1,4})(?:[-–]m?(\d{1,4}))?$/.exec(part);
  if (!found) return null;
  const first = Number(found[1]);
  const last = Math.min(found[2] === undefined ? first : Number(found[2]), first + spanAtMost);
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, n) => `m${first + n}`);
}
