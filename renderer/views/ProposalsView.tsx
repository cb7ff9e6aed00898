import { ShieldAlert } from 'lucide-react';
import type { ProposalView } from '../../core/protocol.ts';
import { usePart } from '../page-context.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { confidenceWords, words } from '../words.ts';

/** Work that would be handed to agents. Nothing runs from here. */
export function ProposalsView() {
  const { items, loaded } = usePart((state) => state.proposals);
  if (loaded && items.length === 0)
    return (
      <div>
        <p className="notice">{words.proposalsIntro}</p>
        <Empty title={words.noProposals} text={words.noProposalsWhy} />
      </div>
    );
  return (
    <div className="column">
      <p className="notice">{words.proposalsIntro}</p>
      <ul className="stack">
        {items.map((proposal) => (
          <ProposalCard key={proposal.id} proposal={proposal} />
        ))}
      </ul>
    </div>
  );
}

function ProposalCard({ proposal }: { proposal: ProposalView }) {
  return (
    <li className="card">
      <header className="card-head">
        <h2 className="card-title">{words.proposalFor(proposal.target)}</h2>
        <span className="chip">{words.proposalStatus}</span>
      </header>
      <pre className="command" dir="auto">
        {proposal.command}
      </pre>
      <p className="soft" dir="auto">
        {proposal.reasoning}
      </p>
      <p className="meta">
        <Age at={proposal.proposedAt} />
        <span>{words.priority[proposal.priority]}</span>
        <span>{confidenceWords(proposal.confidence)}</span>
      </p>
      {proposal.tainted && (
        <p className="tainted">
          <ShieldAlert aria-hidden="true" />
          {words.tainted}
        </p>
      )}
    </li>
  );
}
