import { Gauge, ListTree, ShieldAlert, ShieldCheck, SquareTerminal } from 'lucide-react';
import type { ProposalView } from '../../core/protocol.ts';
import { confidenceLevel } from '../figures.ts';
import { confidenceLabel, insightWords } from '../insight-words.ts';
import { usePart } from '../page-context.ts';
import { Age } from '../parts/Age.tsx';
import { Level } from '../parts/Level.tsx';
import { words } from '../words.ts';

const { delegations } = insightWords;

/** Work that would be handed to agents. Nothing runs from here. */
export function DelegationsView() {
  const { items, loaded } = usePart((state) => state.proposals);
  if (loaded && items.length === 0) return <NothingYet />;
  return (
    <div className="column">
      <p className="notice">{delegations.intro}</p>
      <ul className="stack" data-list>
        {items.map((proposal) => (
          <ProposalCard key={proposal.id} proposal={proposal} />
        ))}
      </ul>
    </div>
  );
}

const icons = [SquareTerminal, ListTree, Gauge];

/** What will appear here, and that nothing of it is ever done unasked. */
function NothingYet() {
  return (
    <div className="column">
      <section className="card nothing-yet" aria-labelledby="nothing-yet-title">
        <h2 id="nothing-yet-title" className="card-title">
          {delegations.empty}
        </h2>
        <p className="soft">{delegations.emptyWhy}</p>
        <ul className="nothing-yet-list">
          {delegations.appears.map((each, index) => {
            const Icon = icons[index]!;
            return (
              <li key={each}>
                <Icon aria-hidden="true" />
                {each}
              </li>
            );
          })}
        </ul>
        <p className="nothing-yet-never">
          <ShieldCheck aria-hidden="true" />
          {delegations.never}
        </p>
      </section>
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
        <span>{words.priority[proposal.priority]}</span>
        <span className="sign">
          <Level value={confidenceLevel(proposal.confidence)} of={4} />
          {confidenceLabel(proposal)}
        </span>
        <Age at={proposal.proposedAt} />
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
