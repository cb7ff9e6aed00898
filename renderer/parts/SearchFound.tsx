/** How many a search found, and the way back to all. */
export function SearchFound({ found, clear, onClear }: { found: string; clear: string; onClear: () => void }) {
  return (
    <p className="search-found">
      <output className="faint">{found}</output>
      <button type="button" className="text-button" onClick={onClear}>
        {clear}
      </button>
    </p>
  );
}
