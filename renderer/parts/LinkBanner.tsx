import { useActions, usePart } from '../page-context.ts';
import { words } from '../words.ts';

/** Says that the connection is gone, that it comes back by itself, and offers not to wait. */
export function LinkBanner() {
  const lost = usePart((state) => state.link.kind === 'lost');
  const actions = useActions();
  return (
    <div role="status" className="banner-place">
      {lost && (
        <div className="banner">
          <p>
            <strong>{words.lost}</strong> {words.lostMeans}
          </p>
          <button type="button" className="button" onClick={actions.retryNow}>
            {words.retryNow}
          </button>
        </div>
      )}
    </div>
  );
}
