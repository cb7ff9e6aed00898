import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import {
  CornerDownRight,
  Lightbulb,
  type LucideIcon,
  MessageCircleQuestionMark,
  Search,
  SquareTerminal,
} from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { frameWords } from '../frame-words.ts';
import { viewOrder } from '../keys.ts';
import { usePart, useSnapshot, useStore } from '../page-context.ts';
import { type Act, type Entry, type EntryGroup, paletteFor } from '../palette-entries.ts';
import { useAct } from '../use-act.ts';

/** Any view, any command, and what can be done with the words that were typed: by name, from anywhere. */
export function Palette() {
  const store = useStore();
  const open = usePart((state) => state.layer === 'palette');
  const act = useAct();
  // What was chosen is done when the palette is gone: it may move the focus.
  const chosen = useRef<Act | null>(null);
  const close = (next: Act | null) => {
    chosen.current = next;
    store.set({ layer: null });
  };
  const finalFocus = () => {
    const done = chosen.current;
    chosen.current = null;
    if (!done) return true;
    act(done);
    return !movesFocus(done);
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? store.set({ layer: 'palette' }) : close(null))}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="sheet palette" aria-label={frameWords.palette} finalFocus={finalFocus}>
          <Finder onChoose={close} />
          <Dialog.Close className="hidden">{frameWords.close}</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const movesFocus = ({ kind }: Act): boolean => kind !== 'command' && kind !== 'theme';

function Finder({ onChoose }: { onChoose: (act: Act) => void }) {
  const [typed, setTyped] = useState('');
  const snapshot = useSnapshot((now) => now);
  const insights = usePart((state) => state.insights.items);
  const groups = useMemo(() => paletteFor(typed, snapshot, insights), [typed, snapshot, insights]);
  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      items={groups}
      value={typed}
      onValueChange={setTyped}
      autoHighlight="always"
      keepHighlight
      itemToStringValue={(entry: Entry) => entry.name}
    >
      <div className="palette-field">
        <Search aria-hidden="true" />
        <Autocomplete.Input
          className="palette-input"
          aria-label={frameWords.paletteField}
          placeholder={frameWords.palettePlaceholder}
          dir="auto"
          maxLength={2_000}
          spellCheck={false}
        />
      </div>
      <div className="palette-scroll">
        <Autocomplete.Empty className="palette-empty">{frameWords.paletteEmpty}</Autocomplete.Empty>
        <Autocomplete.List className="palette-list">
          {(group: EntryGroup) => (
            <Autocomplete.Group key={group.value} items={group.items} className="palette-group">
              <Autocomplete.GroupLabel className="label palette-label">
                {frameWords.groups[group.value]}
              </Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(entry: Entry) => <Item key={entry.id} entry={entry} onChoose={() => onChoose(entry.act)} />}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
      <p className="palette-foot faint">{frameWords.paletteFoot}</p>
    </Autocomplete.Root>
  );
}

const icons: Record<Act['kind'], LucideIcon> = {
  view: CornerDownRight,
  command: SquareTerminal,
  theme: SquareTerminal,
  layer: SquareTerminal,
  ask: MessageCircleQuestionMark,
  'search-memory': Search,
  'search-insights': Search,
  insight: Lightbulb,
};

function Item({ entry, onChoose }: { entry: Entry; onChoose: () => void }) {
  const Icon = icons[entry.act.kind];
  return (
    <Autocomplete.Item value={entry} className="palette-item" onClick={onChoose}>
      <Icon aria-hidden="true" />
      <span className="palette-name" dir="auto">
        {entry.name}
      </span>
      {entry.act.kind === 'view' && (
        <kbd className="key" aria-hidden="true">
          {viewOrder.indexOf(entry.act.view) + 1}
        </kbd>
      )}
    </Autocomplete.Item>
  );
}
