import { Bell, ChevronRight } from 'lucide-react';
import { memo, useId } from 'react';
import type { InsightView } from '../../core/protocol.ts';
import { confidenceLevel, importanceLevel } from '../figures.ts';
import { confidenceLabel, excerptOf, importanceLabel, insightWords } from '../insight-words.ts';
import type { CardState } from '../use-cards.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';
import { Evidence } from './Evidence.tsx';
import { Level } from './Level.tsx';
import { ReasonerBadge } from './ReasonerBadge.tsx';
import { Verdicts } from './Verdicts.tsx';

interface Props {
  insight: InsightView;
  open: CardState;
  onToggle: (id: string, part: keyof CardState) => void;
  /** The id of its text, for what is named by it. */
  textId?: string;
}

/** One insight: what was understood, how much it matters, how sure it is and by whom; its evidence on request; the owner's word on it. */
export const InsightCard = memo(function InsightCard({ insight, open, onToggle, textId }: Props) {
  const evidenceId = useId();
  return (
    <div className={insight.verdict === 'less' ? 'card insight insight-less' : 'card insight'}>
      <Text insight={insight} id={textId} whole={open.whole} onToggle={() => onToggle(insight.id, 'whole')} />
      <Signs insight={insight} />
      <div className="insight-actions">
        <button
          type="button"
          className="quiet-button disclosure"
          aria-expanded={open.evidence}
          aria-controls={evidenceId}
          onClick={() => onToggle(insight.id, 'evidence')}
        >
          <ChevronRight aria-hidden="true" />
          {words.evidence(insight.evidenceIds.length)}
        </button>
        <Verdicts insight={insight} />
      </div>
      <div id={evidenceId}>{open.evidence && <Evidence insight={insight} />}</div>
    </div>
  );
});

/** A long text begins short, so that one insight never takes the place of ten. */
function Text(props: { insight: InsightView; id: string | undefined; whole: boolean; onToggle: () => void }) {
  const { insight, id, whole, onToggle } = props;
  const excerpt = excerptOf(insight.text);
  return (
    <>
      <p className="insight-text" dir="auto" id={id}>
        {whole || excerpt === null ? insight.text : excerpt}
      </p>
      {excerpt !== null && (
        <button type="button" className="text-button hint" aria-expanded={whole} onClick={onToggle}>
          {whole ? insightWords.less : insightWords.more}
        </button>
      )}
    </>
  );
}

function Signs({ insight }: { insight: InsightView }) {
  const importance = importanceLevel(insight.importance);
  return (
    <p className="meta insight-signs">
      <span className={`sign importance-${importance}`} title={insightWords.importanceTitle(insight.importance)}>
        <Level value={importance} of={3} />
        {importanceLabel(insight)}
      </span>
      <span className="sign" title={insightWords.confidenceTitle(insight.confidence)}>
        <Level value={confidenceLevel(insight.confidence)} of={4} />
        {confidenceLabel(insight)}
      </span>
      <Age at={insight.formedAt} />
      {insight.toldAt !== null && (
        <span className="sign" title={insightWords.toldTitle(insight.toldAt)}>
          <Bell aria-hidden="true" />
          {insightWords.told}
        </span>
      )}
      <ReasonerBadge reasoner={insight.reasoner} />
    </p>
  );
}
