import { useActions, usePart } from '../page-context.ts';
import { words } from '../words.ts';

/** Says that the connection is gone, that it comes back by itself, and offers not to wait. */
export function LinkBanner() {
  const lost = usePart((state) => state.link.kind === 'lost');
  const actions = useActions();
  return (
    <output className="banner-place">
      {lost && (
        <span className="banner">
          <span className="banner-words">
            <strong>{words.lost}</strong> {words.lostMeans}
          </span>
          <button type="button" className="button" onClick={actions.retryNow}>
            {words.retryNow}
          </button>
        </span>
      )}
    </output>
  );
}
