import { Combobox } from '@base-ui/react/combobox';
import { Check, ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import type { ModelView } from '../../core/protocol.ts';
import { entryWords, modelWords } from '../model-words.ts';

type Entry = ModelView['models'][number];
/** One line of the list: a model on the disk, no choice at all (`key` empty), or a key that was typed. */
interface Option {
  key: string;
  name: string;
  facts: string;
}

interface Choice {
  id: string;
  label: string;
  /** How an empty choice reads. */
  none: string;
  wanted: string;
  models: readonly Entry[];
  total: number;
  onChoose: (key: string) => void;
}

/** Chooses one model of the list by name; where the list is not whole, a key that is not listed can be typed. */
export function ModelPicker({ id, label, none, wanted, models, total, onChoose }: Choice) {
  const [typed, setTyped] = useState('');
  const options = optionsFor(models, none, wanted);
  const whole = models.length > 0 && total <= models.length;
  const listed = typed.trim() === '' || options.some(({ key }) => key === typed.trim());
  const items = whole || listed ? options : [...options, typedOption(typed.trim())];
  return (
    <Combobox.Root
      items={items}
      value={options.find(({ key }) => key === wanted) ?? null}
      isItemEqualToValue={(one, other) => one.key === other.key}
      itemToStringLabel={({ name, key }) => `${name} ${key}`}
      inputValue={typed}
      onInputValueChange={setTyped}
      onOpenChange={() => setTyped('')}
      onValueChange={(option) => option && option.key !== wanted && onChoose(option.key)}
      autoHighlight
    >
      <Combobox.Trigger id={id} className="picker" aria-label={`${label}: ${nameOf(options, wanted)}`}>
        <span className={wanted === '' ? 'picker-value faint' : 'picker-value'} dir="auto">
          {nameOf(options, wanted)}
        </span>
        <ChevronsUpDown aria-hidden="true" />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="picker-place" align="start" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className="picker-popup" aria-label={label}>
            <Combobox.Input
              className="field picker-filter"
              placeholder={modelWords.filter}
              aria-label={modelWords.filter}
            />
            <Combobox.Empty className="picker-note">{modelWords.noMatch}</Combobox.Empty>
            <Combobox.List className="picker-list">
              {(option: Option) => (
                <Combobox.Item key={option.key} value={option} className="picker-option">
                  <Combobox.ItemIndicator className="picker-chosen">
                    <Check aria-hidden="true" />
                  </Combobox.ItemIndicator>
                  <span className="picker-name" dir="auto">
                    {option.name}
                  </span>
                  <span className="picker-facts">{option.facts}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
            {total > models.length && <p className="picker-note">{modelWords.shown(models.length, total)}</p>}
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** No choice first, then the list, and what is wanted even where the list does not hold it. */
function optionsFor(models: readonly Entry[], none: string, wanted: string): Option[] {
  const listed = models.map((each) => ({ key: each.key, name: each.name, facts: entryWords(each) }));
  const missing = wanted !== '' && !listed.some(({ key }) => key === wanted);
  return [
    { key: '', name: none, facts: '' },
    ...(missing ? [{ key: wanted, name: wanted, facts: '' }] : []),
    ...listed,
  ];
}

const typedOption = (key: string): Option => ({ key, name: modelWords.useExact(key), facts: '' });

const nameOf = (options: readonly Option[], wanted: string): string =>
  options.find(({ key }) => key === wanted)?.name ?? wanted;
