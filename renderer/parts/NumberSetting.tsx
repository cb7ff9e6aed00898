import { useId, useState } from 'react';
import { type NumberKey, numberAt, numberBounds, numberPatch, readNumber } from '../settings-bounds.ts';
import { numberHint, settingsWords, typedWords, wrongWords } from '../settings-words.ts';
import { useLater } from '../use-later.ts';
import { useSave, useSetting } from '../use-setting.ts';
import { useInForce } from '../use-settings.ts';
import { SettingRow } from './SettingRow.tsx';

const pauseMs = 700;

/** A figure, checked as it is typed and saved when the typing pauses. What cannot stand is not sent and stays in its box. */
export function NumberSetting({ at }: { at: NumberKey }) {
  const id = useId();
  const save = useSave();
  const inForce = numberAt(useInForce(), at);
  const setting = useSetting(inForce, (value) => save(numberPatch(at, value)));
  const [typed, setTyped] = useState<string | null>(null);
  const later = useLater(pauseMs);
  const bounds = numberBounds[at];
  const read = typed === null ? { value: setting.shown } : readNumber(typed, bounds);
  const wrong = 'wrong' in read ? wrongWords(read.wrong, bounds) : '';
  const { name, unit } = settingsWords.numbers[at];

  function onType(text: string) {
    setTyped(text);
    setting.hush();
    const next = readNumber(text, bounds);
    if ('value' in next) later.put(() => setting.save(next.value));
    else later.drop();
  }
  function onLeave() {
    later.now();
    // What was refused stays to be seen; anything else is shown as it is in force.
    if (!wrong && !setting.problem) setTyped(null);
  }
  const goBack = () => {
    later.drop();
    setting.hush();
    setTyped(null);
  };

  return (
    <SettingRow
      id={id}
      name={name}
      hint={numberHint(at, 'value' in read ? read.value : setting.shown)}
      setting={{ ...setting, undo: setting.undo && (() => (setTyped(null), setting.undo?.())) }}
      wrong={wrong}
      back={{ label: settingsWords.back(typedWords(inForce)), go: goBack }}
    >
      <input
        id={id}
        className="field set-figure"
        inputMode={bounds.isWhole ? 'numeric' : 'decimal'}
        autoComplete="off"
        spellCheck={false}
        value={typed ?? typedWords(setting.shown)}
        aria-invalid={wrong !== '' || setting.problem !== ''}
        aria-describedby={`${id}-unit ${id}-hint`}
        onChange={(event) => onType(event.target.value)}
        onBlur={onLeave}
        onKeyDown={(event) => {
          if (event.key === 'Enter') later.now();
          if (event.key === 'Escape' && typed !== null && (wrong || setting.problem)) {
            event.stopPropagation();
            goBack();
          }
        }}
      />
      <span id={`${id}-unit`} className="faint set-unit">
        {unit}
      </span>
    </SettingRow>
  );
}
