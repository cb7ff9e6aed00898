import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { Snapshot } from '../../core/protocol.ts';
import { useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };

/** What is wrong: what happened, what it means, what to do. First on the page, and nothing at all when all is well. */
export function Troubles() {
  const troubles = useSnapshot((snapshot) => snapshot.troubles);
  if (troubles.length === 0) return null;
  return (
    <section aria-label={words.troubles}>
      <ul className="stack">
        {troubles.map((trouble) => (
          <TroubleCard key={trouble.key} trouble={trouble} />
        ))}
      </ul>
    </section>
  );
}

function TroubleCard({ trouble }: { trouble: Snapshot['troubles'][number] }) {
  const { send, problem } = useSend();
  const Icon = icons[trouble.severity];
  return (
    <li className={`trouble trouble-${trouble.severity}`}>
      <Icon aria-hidden="true" className="trouble-icon" />
      <div className="trouble-words" dir="auto">
        <h2 className="trouble-what">{trouble.what}</h2>
        <p>{trouble.means}</p>
        <p className="trouble-remedy">{trouble.remedy}</p>
        <Age at={trouble.at} />
        {problem}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={`${words.dismiss}: ${trouble.what}`}
        title={words.dismiss}
        onClick={() => send({ kind: 'dismiss-trouble', key: trouble.key })}
      >
        <X aria-hidden="true" />
      </button>
    </li>
  );
}
