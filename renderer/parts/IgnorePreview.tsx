import { useId } from 'react';
import type { IgnorePreview as Preview } from '../../core/protocol-owner.ts';
import { settingsWords } from '../settings-words.ts';

interface Seen {
  preview: Preview | null;
  problem: string;
}

/** What rules would leave out. The box keeps its height, whatever it says. */
export function IgnorePreview({ seen, isBehind }: { seen: Seen | null; isBehind: boolean }) {
  const id = useId();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reachable by keyboard
    <section className="preview" aria-labelledby={id} aria-busy={isBehind} tabIndex={0}>
      <h3 id={id} className="label">
        {settingsWords.previewTitle}
      </h3>
      {seen?.problem && (
        <p className="problem" role="alert" dir="auto">
          {seen.problem}
        </p>
      )}
      {seen?.preview ? (
        <Found preview={seen.preview} />
      ) : (
        <p className="faint">{isBehind ? settingsWords.previewWait : seen ? '' : settingsWords.previewNone}</p>
      )}
    </section>
  );
}

function Found({ preview }: { preview: Preview }) {
  return (
    <>
      <output className="preview-sum">{settingsWords.preview(preview)}</output>
      <ul className="preview-rules" aria-label={settingsWords.previewRules}>
        {preview.rules.map(({ rule, matches, problem }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the same rule may stand twice; the order is all that tells them apart
          <li key={index} className="preview-rule">
            <code className="path">{rule}</code>
            <span className={problem === null ? 'faint' : 'problem'} dir="auto">
              {problem ?? (rule.startsWith('#') ? '' : settingsWords.matches(matches))}
            </span>
          </li>
        ))}
      </ul>
      {preview.examples.length > 0 && (
        <>
          <h4 className="label">{settingsWords.previewExamples}</h4>
          <ul className="preview-examples">
            {preview.examples.map(({ path, rule }) => (
              <li key={path}>
                <span dir="auto">{path}</span> <span className="faint">{settingsWords.by(rule)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
