import { Pin, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { InsightView } from '../../core/protocol.ts';
import { insightWords } from '../insight-words.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';

/** The owner's word on an insight. Pressing the chosen one again takes it back. */
export function Verdicts({ insight }: { insight: InsightView }) {
  const { send, problem } = useSend();
  const { id, verdict, pinned } = insight;
  const judge = (next: 'useful' | 'less') =>
    send({ kind: 'judge-insight', id, verdict: verdict === next ? null : next });
  return (
    <div className="verdicts">
      <button
        type="button"
        className="quiet-button verdict"
        aria-pressed={verdict === 'useful'}
        title={insightWords.usefulTitle}
        onClick={() => judge('useful')}
      >
        <ThumbsUp aria-hidden="true" />
        <span className="verdict-name">{words.useful}</span>
      </button>
      <button
        type="button"
        className="quiet-button verdict"
        aria-pressed={verdict === 'less'}
        title={insightWords.lessTitle}
        onClick={() => judge('less')}
      >
        <ThumbsDown aria-hidden="true" />
        <span className="verdict-name">{words.less}</span>
      </button>
      <button
        type="button"
        className="quiet-button verdict"
        aria-pressed={pinned}
        title={pinned ? insightWords.unpinTitle : insightWords.pinTitle}
        onClick={() => send({ kind: 'pin-insight', id, pinned: !pinned })}
      >
        <Pin aria-hidden="true" />
        <span className="verdict-name">{insightWords.pin}</span>
      </button>
      {problem}
    </div>
  );
}
