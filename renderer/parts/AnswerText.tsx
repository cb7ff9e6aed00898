import { memo, useId, useState } from 'react';
import type { AnswerView } from '../../core/protocol-owner.ts';
import { askWords, isRunning, numberOf, paragraphsOf, type Stretch, stretchesOf } from '../ask-words.ts';
import { usePart } from '../page-context.ts';
import { AnswerEvidence } from './AnswerEvidence.tsx';

/** The answer as plain text. While it grows only its last paragraph draws again. */
export function AnswerText({ answer, onOpen }: { answer: AnswerView; onOpen: () => void }) {
  const growing = isRunning(answer);
  const paragraphs = paragraphsOf(answer.text, { growing });
  const refs = answer.evidence.map(({ ref }) => ref).join(' ');
  if (paragraphs.length === 0 && answer.state === 'done') return <p className="faint">{askWords.noText}</p>;
  if (paragraphs.length === 0 && growing) paragraphs.push('');
  return (
    <div className="answer-text">
      {paragraphs.map((text, index) => (
        <Paragraph
          // oxlint-disable-next-line react/no-array-index-key -- an answer only grows at its end
          key={index}
          answerId={answer.id}
          text={text}
          refs={refs}
          isGrowing={answer.state === 'answering' && index === paragraphs.length - 1}
          onOpen={onOpen}
        />
      ))}
    </div>
  );
}

interface ParagraphProps {
  answerId: string;
  text: string;
  /** The references that are known, with blanks between: equal for as long as no other evidence comes. */
  refs: string;
  isGrowing: boolean;
  onOpen: () => void;
}

/** What its citations rest on opens right under it. */
const Paragraph = memo(function Paragraph({ answerId, text, refs, isGrowing, onOpen }: ParagraphProps) {
  const [open, setOpen] = useState<string | null>(null);
  const pieceId = useId();
  const toggle = (ref: string) => {
    onOpen();
    setOpen(open === ref ? null : ref);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape from the citations and what they opened
    <div
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || open === null) return;
        event.stopPropagation();
        setOpen(null);
      }}
    >
      <p className="answer-paragraph" dir="auto">
        {stretchesOf(text, new Set(refs.split(' '))).map((stretch, index) => (
          <StretchText
            // oxlint-disable-next-line react/no-array-index-key -- a paragraph only grows at its end
            key={index}
            answerId={answerId}
            stretch={stretch}
            open={open}
            pieceId={pieceId}
            onToggle={toggle}
          />
        ))}
        {isGrowing && <span className="caret" aria-hidden="true" />}
      </p>
      <div id={pieceId} hidden={open === null}>
        {open !== null && <Opened answerId={answerId} at={open} />}
      </div>
    </div>
  );
});

function StretchText(props: {
  answerId: string;
  stretch: Stretch;
  open: string | null;
  pieceId: string;
  onToggle: (ref: string) => void;
}) {
  const { stretch, open } = props;
  if ('text' in stretch) return stretch.text;
  return stretch.refs.map((ref) => (
    <Citation
      key={ref}
      answerId={props.answerId}
      at={ref}
      isOpen={open === ref}
      pieceId={props.pieceId}
      onToggle={() => props.onToggle(ref)}
    />
  ));
}

/** Keeps a figure on the line of the word before it. */
const wordJoiner = '\u2060';

function Citation(props: { answerId: string; at: string; isOpen: boolean; pieceId: string; onToggle: () => void }) {
  const name = usePart(({ answers }) => {
    const piece = answers.items.find(({ id }) => id === props.answerId)?.evidence.find(({ ref }) => ref === props.at);
    return piece ? askWords.citation(piece) : props.at;
  });
  return (
    <>
      {wordJoiner}
      <button
        type="button"
        className="citation"
        aria-label={name}
        aria-expanded={props.isOpen}
        aria-controls={props.pieceId}
        onClick={props.onToggle}
      >
        <span>{numberOf(props.at)}</span>
      </button>
    </>
  );
}

function Opened({ answerId, at }: { answerId: string; at: string }) {
  const answer = usePart(({ answers }) => answers.items.find(({ id }) => id === answerId));
  return <AnswerEvidence pieces={answer?.evidence.filter(({ ref }) => ref === at) ?? []} />;
}
