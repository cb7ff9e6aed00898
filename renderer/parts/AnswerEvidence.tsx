import { askWords, numberOf, type Piece } from '../ask-words.ts';
import { episodeWords } from '../episode-words.ts';
import { memoryWords } from '../memory-words.ts';
import { useStore } from '../page-context.ts';
import { useGo } from '../use-act.ts';
import { useOpened } from '../use-opened.ts';
import { Age } from './Age.tsx';

/** What memory held about a question: what it is, from whom and when, why it was found, and the way to it. */
export function AnswerEvidence({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <ul className="evidence-list pieces">
      {pieces.map((piece) => (
        <PieceRow key={piece.ref} piece={piece} />
      ))}
    </ul>
  );
}

function PieceRow({ piece }: { piece: Piece }) {
  const { summary, outcome } =
    piece.kind === 'episode' ? episodeWords(piece.text) : { summary: piece.text, outcome: '' };
  return (
    <li className="evidence-row">
      <p className="meta">
        <span className="piece-number">{numberOf(piece.ref)}</span>
        <span className={`chip kind-${piece.kind}`}>{memoryWords.oneKind[piece.kind]}</span>
        <Age at={piece.at} />
        <span>{askWords.trusts[piece.trust]}</span>
        {piece.cited && <span>{askWords.cited}</span>}
      </p>
      <p className="evidence-text" dir="auto">
        {summary}
      </p>
      {outcome && (
        <p className="memory-outcome" dir="auto">
          {memoryWords.outcome(outcome)}
        </p>
      )}
      {piece.target !== null && (
        <p className="meta" dir="auto">
          {memoryWords.about(piece.target)}
        </p>
      )}
      {piece.why.length > 0 && (
        <p className="piece-why" dir="auto">
          <span className="faint">{memoryWords.whyFound}</span> {piece.why.join(', ')}
        </p>
      )}
      <Way piece={piece} />
    </li>
  );
}

/** An episode has no page of its own: its words are all there is. */
function Way({ piece: { kind, id } }: { piece: Piece }) {
  const store = useStore();
  const go = useGo();
  const { open } = useOpened();
  if (kind === 'episode') return null;
  const toInsight = kind === 'insight';
  const openInsight = () => {
    store.set({ wantedInsight: id });
    go('insights');
  };
  return (
    <button type="button" className="quiet-button piece-way" onClick={() => (toInsight ? openInsight() : open(id))}>
      {toInsight ? askWords.openInsight : askWords.openMemory}
    </button>
  );
}
