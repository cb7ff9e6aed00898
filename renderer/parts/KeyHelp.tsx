import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { frameWords } from '../frame-words.ts';
import { keyMap, keyName } from '../keys.ts';
import { usePart, useStore } from '../page-context.ts';
import { isMac } from '../use-frame.ts';
import { words } from '../words.ts';

interface Row {
  name: string;
  keys: string[];
}

/** Every key of the page, from the same table that the page listens by. */
export function KeyHelp() {
  const store = useStore();
  const open = usePart((state) => state.layer === 'keys');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => store.set({ layer: next ? 'keys' : null })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="sheet keys-sheet">
          <header className="sheet-head">
            <Dialog.Title className="sheet-title">{frameWords.keysTitle}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={frameWords.close}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </header>
          <Dialog.Description className="soft">{frameWords.keysIntro}</Dialog.Description>
          <div className="keys-groups">
            <KeyGroup title={frameWords.keyGroups.page} rows={pageRows(isMac())} />
            <KeyGroup title={frameWords.keyGroups.views} rows={viewRows} />
          </div>
          <button type="button" className="text-button" onClick={() => store.set({ layer: 'welcome' })}>
            {frameWords.commands.welcome}
          </button>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyGroup({ title, rows }: { title: string; rows: readonly Row[] }) {
  return (
    <section>
      <h3 className="label">{title}</h3>
      <dl className="keys-list">
        {rows.map(({ name, keys }) => (
          <div key={name} className="keys-row">
            <dt>{name}</dt>
            <dd>
              {keys.map((each, index) => (
                <span key={each}>
                  {index > 0 && <span className="faint"> {frameWords.or} </span>}
                  <kbd className="key">{each}</kbd>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const viewRows: readonly Row[] = keyMap.flatMap(({ key, action }) =>
  action.kind === 'view' ? [{ name: words.views[action.view], keys: [key] }] : [],
);

/** One row for each thing, with all keys for it. */
function pageRows(mac: boolean): Row[] {
  const kinds = Object.keys(frameWords.keyNames) as (keyof typeof frameWords.keyNames)[];
  return kinds.map((kind) => ({
    name: frameWords.keyNames[kind],
    keys: keyMap.filter(({ action }) => action.kind === kind).map((row) => keyName(row, mac)),
  }));
}
