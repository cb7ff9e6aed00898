import { Eye, FolderOpen, Lightbulb, Sparkles } from 'lucide-react';
import { folderName, insightWords, watchedFolders } from '../insight-words.ts';
import { usePart, useSnapshot, useStore } from '../page-context.ts';
import { WhoThinks } from './WhoThinks.tsx';

const icons = [Eye, Sparkles, Lightbulb];
const { firstDay } = insightWords;

/** Before anything was seen: what it watches, what happens next, and how to try it. */
export function FirstDay() {
  const folders = usePart(({ snapshot }) => (snapshot ? watchedFolders(snapshot).join('\n') : ''))
    .split('\n')
    .filter(Boolean);
  return (
    <section className="first-day" aria-labelledby="first-day-title">
      <h2 id="first-day-title" className="focus-topic" dir="auto">
        {firstDay.watching(folders.map(folderName))}
      </h2>
      <p className="soft">{folders.length > 0 ? firstDay.why : firstDay.nothing}</p>
      <Folders folders={folders} />
      <div className="card first-day-next">
        <h3 className="label">{firstDay.next}</h3>
        <ol className="first-day-steps">
          {firstDay.steps.map((step, index) => {
            const Icon = icons[index]!;
            return (
              <li key={step}>
                <Icon aria-hidden="true" />
                {step}
              </li>
            );
          })}
        </ol>
        <p className="first-day-try" dir="auto">
          <strong>{firstDay.try}</strong> {folders[0] ? firstDay.trySave(folderName(folders[0])) : firstDay.tryNote}
        </p>
      </div>
      <p className="label first-day-who">{insightWords.whoThinks}</p>
      <WhoThinks />
    </section>
  );
}

const shown = 5;

function Folders({ folders }: { folders: readonly string[] }) {
  const store = useStore();
  const messages = useSnapshot(({ sources }) => sources);
  if (folders.length === 0)
    return (
      <button type="button" className="button" onClick={() => store.set({ view: 'settings' })}>
        {insightWords.toSettings}
      </button>
    );
  return (
    <ul className="first-day-folders">
      {folders.slice(0, shown).map((folder) => (
        <li key={folder}>
          <FolderOpen aria-hidden="true" />
          <span className="path" dir="auto">
            {folder}
          </span>
          <span className="faint" dir="auto">
            {messages.find(({ id }) => id === `files:${folder}`)?.message}
          </span>
        </li>
      ))}
    </ul>
  );
}
