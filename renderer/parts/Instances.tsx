import type { ModelView } from '../../core/protocol.ts';
import { instanceFacts, modelWords } from '../model-words.ts';
import { usePart } from '../page-context.ts';
import { useCommand } from '../use-command.ts';

type Instance = ModelView['instances'][number];

/** What is in memory, who loaded it and until when. Only what Reverie loaded can be unloaded from here. */
export function Instances({ view: { instances, api, at } }: { view: ModelView }) {
  if (instances.length === 0)
    return <p className="soft">{api === 'openai' ? modelWords.untoldInstances : modelWords.noInstances}</p>;
  return (
    <ul className="rows">
      {instances.map((instance) => (
        <InstanceRow key={instance.id} instance={instance} at={at} />
      ))}
    </ul>
  );
}

function InstanceRow({ instance, at }: { instance: Instance; at: number }) {
  const facts = usePart((state) => instanceFacts(instance, Math.max(0, state.nowAt - at)).join('\n')).split('\n');
  const { run, busy, said } = useCommand();
  const { id, ours, inUse, duplicate, work } = instance;
  const atWork = work !== 'idle' && work !== 'unknown';
  return (
    <li className="row row-source">
      <span className={`dot dot-${atWork ? 'working' : inUse ? 'watching' : 'idle'}`} aria-hidden="true" />
      <div className="row-words">
        <p className="instance-name">
          <span dir="auto">{id}</span>
          {inUse && <span className="chip">{modelWords.inUse}</span>}
        </p>
        <ul className="facts">
          {facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
        {duplicate && <p className="remedy">{modelWords.duplicate[inUse ? 'inUse' : ours ? 'ours' : 'theirs']}</p>}
        {said}
      </div>
      {ours && (
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          aria-label={`${modelWords.unload} ${id}`}
          onClick={() => void run({ kind: 'unload-model', id })}
        >
          {modelWords.unload}
        </button>
      )}
    </li>
  );
}
