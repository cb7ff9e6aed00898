import { Toast } from '@base-ui/react/toast';
import { useMemo } from 'react';

/** A small piece of news. What went wrong stays until it is dismissed; the rest leaves by itself, later where there is something to press. */
export interface News {
  title?: string;
  text: string;
  tone?: 'good' | 'bad';
  /** One thing that can be done about it, such as taking it back. */
  action?: { name: string; run: () => void };
}

const shownMs = { said: 5_000, offered: 10_000 };

/** Tells small news: said, undo. Read out politely, what went wrong at once; waits while it has the pointer or the focus. */
export function useNews(): (news: News) => void {
  const { add } = Toast.useToastManager();
  return useMemo(
    () =>
      ({ title, text, tone = 'good', action }) => {
        add({
          ...(title !== undefined && { title }),
          description: text,
          type: tone,
          priority: tone === 'bad' ? 'high' : 'low',
          timeout: tone === 'bad' ? 0 : action ? shownMs.offered : shownMs.said,
          ...(action && { actionProps: { children: action.name, onClick: action.run } }),
        });
      },
    [add],
  );
}
