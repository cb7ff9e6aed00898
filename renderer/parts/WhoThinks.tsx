import { insightWords } from '../insight-words.ts';
import { useSnapshot, useStore } from '../page-context.ts';
import { ReasonerBadge } from './ReasonerBadge.tsx';

/** Who thinks, why that one, and the way to change it. */
export function WhoThinks() {
  const store = useStore();
  const reasoner = useSnapshot((snapshot) => snapshot.reasoner);
  const what = useSnapshot(({ server, settings }) => (settings.reasoner === 'rules' ? null : server.what));
  return (
    <div className="who-thinks">
      <p className="reasoner-line">
        <ReasonerBadge reasoner={reasoner} />
      </p>
      <p className="soft" dir="auto">
        {what ?? reasoner.why}
      </p>
      <button type="button" className="text-button" onClick={() => store.set({ view: 'model' })}>
        {insightWords.toModel}
      </button>
    </div>
  );
}
