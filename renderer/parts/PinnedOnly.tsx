import { Pin } from 'lucide-react';

/** The filter that leaves what the owner pinned. */
export function PinnedOnly({ words, on, onToggle }: { words: string; on: boolean; onToggle: () => void }) {
  return (
    <button type="button" className="quiet-button" aria-pressed={on} onClick={onToggle}>
      <Pin aria-hidden="true" />
      {words}
    </button>
  );
}
