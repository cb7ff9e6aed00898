export type Mood = 'awake' | 'thinking' | 'asleep' | 'paused' | 'starting' | 'lost';

/** The sign of the state: a ring with a core that breathes while it thinks. Decorative; the state word stands beside it. */
export function StateMark({ mood }: { mood: Mood }) {
  return (
    <svg className={`mark mark-${mood}`} viewBox="0 0 32 32" aria-hidden="true">
      <circle className="mark-ring" cx="16" cy="16" r="12" />
      {mood === 'thinking' && <circle className="mark-orbit" cx="16" cy="16" r="12" pathLength="100" />}
      {mood === 'asleep' ? (
        <path className="mark-core" d="M19.5 18.8a5.6 5.6 0 0 1-6.3-6.3 5.6 5.6 0 1 0 6.3 6.3Z" />
      ) : mood === 'paused' ? (
        <path className="mark-bars" d="M13 11.5v9M19 11.5v9" />
      ) : (
        <circle className="mark-core" cx="16" cy="16" r="5" />
      )}
    </svg>
  );
}
