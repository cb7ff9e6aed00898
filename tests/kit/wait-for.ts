/**
 * Resolves with the first truthy answer of `look`, asked every few milliseconds; rejects at the deadline with what was awaited.
 * The deadline is generous on purpose: it ends a broken test, it measures nothing.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<Exclude<T, null | undefined | false | 0 | ''>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen as Exclude<T, null | undefined | false | 0 | ''>;
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
