import { ArrowUp } from 'lucide-react';
import { insightWords } from '../insight-words.ts';
import { usePart } from '../page-context.ts';

/** Says that new ones formed while the reader is elsewhere in the list, and brings them on request. Moves nothing. */
export function FreshInsights({ onShow }: { onShow: () => void }) {
  const count = usePart((state) => state.insightList.fresh.length);
  const gap = usePart((state) => state.insightList.gap);
  return (
    <div className="fresh-place">
      <output className="hidden">{count > 0 && insightWords.freshSaid(count)}</output>
      {count > 0 && (
        <button type="button" className="fresh" onClick={onShow}>
          <ArrowUp aria-hidden="true" />
          {insightWords.fresh(count, gap)}
        </button>
      )}
    </div>
  );
}
