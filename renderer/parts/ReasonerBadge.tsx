import { Cpu, ListChecks } from 'lucide-react';
import { reasonerName } from '../insight-words.ts';
import { reasonerWords } from '../words.ts';

/** Which mind it was. Rules are always shown as rules. */
export function ReasonerBadge({
  reasoner,
  why,
}: {
  reasoner: { kind: 'rules' | 'server'; name: string };
  why?: string;
}) {
  const Icon = reasoner.kind === 'rules' ? ListChecks : Cpu;
  return (
    <span className="reasoner" title={why ?? reasonerWords(reasoner)}>
      <Icon aria-hidden="true" />
      <span dir="auto">{reasonerName(reasonerWords(reasoner))}</span>
    </span>
  );
}
