import { useEffect, useState } from 'react';
import { usePart } from './page-context.ts';

export type Fetched<T> = { ok: true; value: T } | { ok: false; message: string } | null;

/**
 * What `ask` answers; null until the first answer. Asked again whenever memory changed, the connection is new, or `ask` is another
 * function (keep it with useCallback). An answer that comes after a newer question is dropped.
 */
export function useFetched<T>(ask: () => Promise<NonNullable<Fetched<T>>>): Fetched<T> {
  const changes = usePart((state) => state.memoryChanges);
  const open = usePart((state) => state.link.kind === 'open');
  const [fetched, setFetched] = useState<{ by: unknown; answer: Fetched<T> }>({ by: ask, answer: null });
  useEffect(() => {
    if (!open) return;
    let wanted = true;
    void ask().then((answer) => {
      if (!wanted) return;
      // What was known stays when a later question fails.
      setFetched((held) => (answer.ok || held.by !== ask || !held.answer?.ok ? { by: ask, answer } : held));
    });
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a change of memory is a reason to ask, though the count is not used
  }, [ask, open, changes]);
  return fetched.by === ask ? fetched.answer : null;
}
