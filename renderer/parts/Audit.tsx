import type { DreamsView } from '../../core/protocol-memory.ts';
import { countWords, sizeWords } from '../figures.ts';
import { auditWords, memoryWords } from '../memory-words.ts';
import { useOpened } from '../use-opened.ts';
import { Age } from './Age.tsx';
import { Figures } from './Figures.tsx';

/** What the last nightly check of the memory found, in a sentence, in figures, and a few examples to open. */
export function Audit({ audit }: Pick<DreamsView, 'audit'>) {
  if (!audit) return <p className="soft">{memoryWords.noAudit}</p>;
  const { auditFigures: names } = memoryWords;
  return (
    <div className="stack">
      <p>
        {auditWords(audit)} <Age at={audit.at} />
      </p>
      <Figures
        figures={[
          [names.memories, countWords(audit.memories)],
          [names.duplicates, countWords(audit.duplicates)],
          [names.neverRecalled, countWords(audit.neverRecalled)],
          [names.contradicted, countWords(audit.contradicted)],
          [names.tainted, countWords(audit.tainted)],
          [names.withoutEvidence, countWords(audit.withoutEvidence)],
          [names.bytes, sizeWords(audit.bytes)],
        ]}
      />
      {audit.examples
        .filter(({ ids }) => ids.length > 0)
        .map(({ what, ids }) => (
          <Examples key={what} name={memoryWords.auditExamples[what]} ids={ids} />
        ))}
    </div>
  );
}

const mostExamples = 5;

function Examples({ name, ids }: { name: string; ids: readonly string[] }) {
  const { open } = useOpened();
  return (
    <p className="meta audit-examples">
      <span>{name}:</span>
      {ids.slice(0, mostExamples).map((id, index) => (
        <button
          key={id}
          type="button"
          className="text-button"
          aria-label={`${name}, ${memoryWords.example(index + 1)}`}
          onClick={() => open(id)}
        >
          {memoryWords.example(index + 1)}
        </button>
      ))}
    </p>
  );
}
