import { ChevronRight, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useId, useState } from 'react';
import type { InsightView } from '../../core/protocol.ts';
import { useSend } from '../use-send.ts';
import { confidenceWords, importanceWords, words } from '../words.ts';
import { Age } from './Age.tsx';
import { Evidence } from './Evidence.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';

/** One insight: what was understood, by whom, how sure; its evidence on request; the owner's verdict. */
export function InsightCard({ insight }: { insight: InsightView }) {
  const [open, setOpen] = useState(false);
  const evidenceId = useId();
  return (
    <li className={insight.verdict === 'less' ? 'card insight insight-less' : 'card insight'}>
      <p className={open ? 'insight-text' : 'insight-text insight-clamped'} dir="auto">
        {insight.text}
      </p>
      <p className="meta">
        <Age at={insight.formedAt} />
        <span title={words.figures(insight.confidence, insight.importance)}>
          {confidenceWords(insight.confidence)}, {importanceWords(insight.importance)}
        </span>
        <ReasonerBadge reasoner={insight.reasoner} />
      </p>
      <div className="insight-actions">
        <button
          type="button"
          className="quiet-button disclosure"
          aria-expanded={open}
          aria-controls={evidenceId}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight aria-hidden="true" />
          {words.evidence(insight.evidenceIds.length)}
        </button>
        <Verdicts insight={insight} />
      </div>
      <div id={evidenceId}>{open && <Evidence insight={insight} />}</div>
    </li>
  );
}

/** Pressing the chosen verdict again takes it back. */
function Verdicts({ insight }: { insight: InsightView }) {
  const { send, problem } = useSend();
  const judge = (verdict: 'useful' | 'less') =>
    send({ kind: 'judge-insight', id: insight.id, verdict: insight.verdict === verdict ? null : verdict });
  return (
    <div className="verdicts">
      <button
        type="button"
        className="quiet-button"
        aria-pressed={insight.verdict === 'useful'}
        onClick={() => judge('useful')}
      >
        <ThumbsUp aria-hidden="true" />
        {words.useful}
      </button>
      <button
        type="button"
        className="quiet-button"
        aria-pressed={insight.verdict === 'less'}
        onClick={() => judge('less')}
      >
        <ThumbsDown aria-hidden="true" />
        {words.less}
      </button>
      {problem}
    </div>
  );
}
