import { useSnapshot } from '../page-context.ts';
import { sourceWords, words } from '../words.ts';

/** What is watched, how each stands in words, and what mends it. */
export function Sources() {
  const sources = useSnapshot((snapshot) => snapshot.sources);
  if (sources.length === 0) return <p className="soft">{words.noSources}</p>;
  return (
    <ul className="rows">
      {sources.map((source) => {
        const { kind, place } = sourceWords(source.id);
        return (
          <li key={source.id} className="row row-source">
            <span className={`dot dot-${source.state}`} aria-hidden="true" />
            <div className="row-words">
              <p>
                <span className="row-title">{kind}</span> <span className="faint path">{place}</span>
              </p>
              <p className="soft" dir="auto">
                {source.message}
              </p>
              {source.remedy && (
                <p className="remedy" dir="auto">
                  {source.remedy}
                </p>
              )}
            </div>
            <p className="row-end" title={source.watched === undefined ? undefined : words.watched(source.watched)}>
              {words.sourceStates[source.state]}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
