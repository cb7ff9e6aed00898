import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { Snapshot } from '../../core/protocol.ts';
import { usePart, useSnapshot, useStore } from '../page-context.ts';
import { type Way, waysFor } from '../trouble-ways.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';
import { Age } from './Age.tsx';

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };
const weight = { error: 0, warning: 1, info: 2 };

/** What is wrong: what happened, what it means, what to do, and a button where one click does it. The worst first; nothing when all is well. */
export function Troubles() {
  const troubles = useSnapshot((snapshot) => snapshot.troubles);
  if (troubles.length === 0) return null;
  return (
    <section aria-label={words.troubles}>
      <ul className="stack">
        {troubles
          .toSorted((a, b) => weight[a.severity] - weight[b.severity])
          .map((trouble) => (
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
        <Ways trouble={trouble} send={send} />
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

function Ways(props: { trouble: Snapshot['troubles'][number]; send: ReturnType<typeof useSend>['send'] }) {
  const store = useStore();
  const offers = useSnapshot(({ server }) => server.offers);
  const here = usePart(({ view }) => view);
  const ways = waysFor(props.trouble.key, offers).filter((way) => !('view' in way) || way.view !== here);
  const go = (way: Way) => {
    if ('command' in way) void props.send(way.command);
    else store.set({ view: way.view });
  };
  return (
    <p className="trouble-foot">
      {ways.map((way) => (
        <button key={way.label} type="button" className="button" onClick={() => go(way)}>
          {way.label}
        </button>
      ))}
      <Age at={props.trouble.at} />
    </p>
  );
}
