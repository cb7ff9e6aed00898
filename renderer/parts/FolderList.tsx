import { FolderOpen, Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useActions, usePart, useSnapshot } from '../page-context.ts';
import { listBounds } from '../settings-bounds.ts';
import { settingsWords } from '../settings-words.ts';
import { useSave, useSetting } from '../use-setting.ts';
import { useInForce } from '../use-settings.ts';
import { sourceWords } from '../words.ts';
import { SettingRow } from './SettingRow.tsx';

/** The folders that are watched: what is added and removed holds at once. */
export function FolderList() {
  const id = useId();
  const save = useSave();
  const own = useInForce().watch?.folders ?? [];
  const watching = usePart((state) => state.settings.seen?.watching) ?? own;
  const setting = useSetting(own, (folders: string[]) => save({ watch: { folders } }));
  // Without a folder of the settings it watches the one it was started for; that one stays when another is added.
  const shown = setting.shown.length > 0 ? setting.shown : watching;
  const isStarted = setting.shown.length === 0;
  return (
    <>
      <SettingRow
        id={id}
        name={settingsWords.folders}
        hint={isStarted ? settingsWords.foldersStarted : settingsWords.foldersHint}
        setting={setting}
        labels="group"
        isWide
      >
        <ul id={id} className="folders" tabIndex={-1} aria-labelledby={`${id}-name`}>
          {shown.map((folder) => (
            <Folder
              key={folder}
              folder={folder}
              onRemove={isStarted ? null : () => setting.save(setting.shown.filter((each) => each !== folder))}
            />
          ))}
        </ul>
      </SettingRow>
      <AddFolder known={shown} onAdd={(folder) => setting.save([...shown, folder])} />
    </>
  );
}

function Folder({ folder, onRemove }: { folder: string; onRemove: (() => void) | null }) {
  const trouble = useSnapshot(({ sources }) => {
    const source = sources.find(({ id }) => sourceWords(id).place === folder && sourceWords(id).kind === 'files');
    return source?.state === 'failed' || source?.state === 'degraded' ? source.message : '';
  });
  return (
    <li className="folder">
      <span className="folder-words">
        <span className="folder-path" dir="auto">
          {folder}
        </span>
        {trouble && (
          <span className="remedy hint" dir="auto">
            {trouble}
          </span>
        )}
      </span>
      {onRemove && (
        <button
          type="button"
          className="icon-button"
          aria-label={settingsWords.removeFolder(folder)}
          onClick={(event) => {
            event.currentTarget.closest('ul')?.focus();
            onRemove();
          }}
        >
          <X aria-hidden="true" />
        </button>
      )}
    </li>
  );
}

const isAbsolute = (path: string): boolean => /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(path);

/** A folder is itself with or without a slash at its end. */
const bare = (path: string): string => path.replace(/(?<=[^:/\\])[/\\]+$/, '');

function wrongWith(path: string, known: readonly string[]): string {
  if (path === '') return '';
  if (!isAbsolute(path)) return settingsWords.folderWrong.relative;
  if (known.map(bare).includes(bare(path))) return settingsWords.folderWrong.known;
  return known.length >= listBounds.folders ? settingsWords.folderWrong.many : '';
}

function AddFolder({ known, onAdd }: { known: readonly string[]; onAdd: (folder: string) => void }) {
  const id = useId();
  const actions = useActions();
  const picks = useSnapshot(({ host }) => host.picksFolders);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const path = typed.trim();
  const wrong = wrongWith(path, known);
  const add = () => {
    if (path === '' || wrong) return;
    onAdd(bare(path));
    setTyped('');
  };
  const choose = async () => {
    const picked = await actions.pickFolder();
    const folder = picked.ok ? picked.value : null;
    setProblem(picked.ok ? wrongWith(folder ?? '', known) : picked.message);
    if (folder !== null && wrongWith(folder, known) === '') onAdd(bare(folder));
  };
  return (
    <form
      className="set-add"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <label htmlFor={id} className="hidden">
        {settingsWords.folderPath}
      </label>
      <div className="setting-line">
        <input
          id={id}
          className="field"
          dir="auto"
          autoComplete="off"
          spellCheck={false}
          placeholder={settingsWords.folderPlaceholder}
          value={typed}
          aria-invalid={wrong !== ''}
          aria-describedby={`${id}-wrong`}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem('');
          }}
        />
        <button type="submit" className="button" aria-disabled={path === '' || wrong !== ''}>
          <Plus aria-hidden="true" />
          {settingsWords.addFolder}
        </button>
        {picks && (
          <button type="button" className="button" onClick={() => void choose()}>
            <FolderOpen aria-hidden="true" />
            {settingsWords.chooseFolder}
          </button>
        )}
      </div>
      <p id={`${id}-wrong`} className="problem hint set-add-wrong" role="alert" dir="auto">
        {wrong || problem}
      </p>
    </form>
  );
}
