/**
 * A thin bar from 0 to 1. The drawing is SVG: its width is an attribute, which a strict content policy allows, and it looks alike in
 * every browser; the real meter beside it is for screen readers.
 */
export function Meter({ value, label, className }: { value: number; label: string; className: string }) {
  const held = Math.min(1, Math.max(0, value));
  return (
    <span className={`meter ${className}`} title={label}>
      <meter className="hidden" min={0} max={1} value={held} aria-label={label} />
      <svg aria-hidden="true">
        <rect className="meter-value" width={`${held * 100}%`} height="100%" />
      </svg>
    </span>
  );
}
