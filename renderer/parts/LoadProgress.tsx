import { percentWords } from '../figures.ts';
import { modelWords } from '../model-words.ts';

const steps = 4;

/**
 * A bar for a load of 0..1, or one that only shows that something goes on when `share` is null. Told to a screen reader in quarters, so
 * that it is not talked over.
 */
export function LoadProgress({ share }: { share: number | null }) {
  const quarter = share === null ? 0 : Math.floor(share * steps) / steps;
  return (
    <div className="progress">
      <progress
        className="hidden"
        max={1}
        aria-label={modelWords.loadProgress}
        {...(share !== null && { value: share })}
      />
      <span className="meter" aria-hidden="true">
        <svg>
          {share === null ? (
            <rect className="meter-value progress-unknown" width="30%" height="100%" />
          ) : (
            <rect className="meter-value" width={`${Math.max(0, share) * 100}%`} height="100%" />
          )}
        </svg>
      </span>
      {share !== null && (
        <span className="progress-figure" aria-hidden="true">
          {percentWords(share)}
        </span>
      )}
      <output className="hidden">{quarter > 0 && modelWords.loadedTo(quarter)}</output>
    </div>
  );
}
