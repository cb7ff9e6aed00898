import type { DreamsView } from '../../core/protocol-memory.ts';
import { dateTimeWords } from '../age.ts';
import { memoryWords } from '../memory-words.ts';
import { useOpened } from '../use-opened.ts';

export type DigestView = NonNullable<DreamsView['sleeps'][number]['digest']>;

/** What the last night brought, one sentence each, with the memories behind it. */
export function Digest({ digest }: { digest: DigestView | null }) {
  if (!digest || digest.lines.length === 0)
    return (
      <>
        <p className="empty-title">{memoryWords.noDigest}</p>
        <p className="faint">{memoryWords.noDigestWhy}</p>
      </>
    );
  return (
    <>
      <p className="faint hint">{memoryWords.digestOf(dateTimeWords(digest.from), dateTimeWords(digest.until))}</p>
      <ul className="digest-lines">
        {digest.lines.map((line) => (
          <li key={`${line.text} ${line.memoryIds.join(' ')}`}>
            <span dir="auto">{line.text}</span> <ToMemories ids={line.memoryIds} line={line.text} />
          </li>
        ))}
      </ul>
    </>
  );
}

const mostLinks = 5;

function ToMemories({ ids, line }: { ids: readonly string[]; line: string }) {
  const { open } = useOpened();
  return ids.slice(0, mostLinks).map((id, index) => (
    <button key={id} type="button" className="text-button digest-link" onClick={() => open(id)}>
      {ids.length === 1 ? memoryWords.toMemory : memoryWords.toMemories(index + 1)}
      <span className="hidden" dir="auto">
        {`: ${line.slice(0, 120)}`}
      </span>
    </button>
  ));
}
