import { useEffect, useId, useState } from 'react';
import type { IgnorePreview as Preview } from '../../core/protocol-owner.ts';
import { useActions } from '../page-context.ts';
import { listBounds } from '../settings-bounds.ts';
import { settingsWords } from '../settings-words.ts';
import { useLater } from '../use-later.ts';
import { useSave, useSetting } from '../use-setting.ts';
import { useInForce } from '../use-settings.ts';
import { IgnorePreview } from './IgnorePreview.tsx';
import { SettingRow } from './SettingRow.tsx';

const pauseMs = 500;

const rulesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

function wrongWith(text: string): string {
  if (rulesOf(text).length > listBounds.ignoreRules) return settingsWords.ignoreWrong.many;
  const long = text.split('\n').findIndex((line) => line.trimEnd().length > listBounds.ignoreRuleLength);
  return long < 0 ? '' : settingsWords.ignoreWrong.long(long + 1);
}

/** Rules as in a .gitignore file. What they leave out is seen before they hold; a rule with a problem holds them all back. */
export function IgnoreRules() {
  const id = useId();
  const actions = useActions();
  const save = useSave();
  const inForce = useInForce().watch?.ignore ?? [];
  const setting = useSetting(inForce, (ignore: string[]) => save({ watch: { ignore } }));
  const [typed, setTyped] = useState<string | null>(null);
  const [seen, setSeen] = useState<{ rules: string; preview: Preview | null; problem: string } | null>(null);
  const later = useLater(pauseMs);
  const text = typed ?? setting.shown.join('\n');
  const rules = rulesOf(text).join('\n');
  const bad = seen?.rules === rules && seen.preview?.rules.some((each) => each.problem !== null);
  const wrong = wrongWith(text) || (bad ? settingsWords.ignoreWrong.rules : '');

  /** Looks what the rules leave out; whether they may be saved. */
  async function look(wanted: string): Promise<boolean> {
    const list = wanted === '' ? [] : wanted.split('\n');
    const asked = await actions.previewIgnore(list);
    setSeen({ rules: wanted, preview: asked.ok ? asked.value : null, problem: asked.ok ? '' : asked.message });
    return asked.ok && asked.value.rules.every(({ problem }) => problem === null);
  }
  const saved = rulesOf(inForce.join('\n')).join('\n');
  useEffect(() => {
    if (saved !== '') void look(saved);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- looked at once for what is saved; what is typed is looked at as it is typed
  }, [saved]);

  function onType(value: string) {
    setTyped(value);
    setting.hush();
    const wanted = rulesOf(value).join('\n');
    if (wrongWith(value)) return later.drop();
    later.put(() => {
      void look(wanted).then((isGood) => {
        if (isGood) setting.save(wanted === '' ? [] : wanted.split('\n'));
      });
    });
  }

  return (
    <>
      <SettingRow
        id={id}
        name={settingsWords.ignore}
        hint={settingsWords.ignoreHint}
        setting={{ ...setting, undo: setting.undo && (() => (setTyped(null), setting.undo?.())) }}
        wrong={wrong}
        back={{
          label: settingsWords.backToSaved,
          go: () => {
            later.drop();
            setting.hush();
            setTyped(null);
            void look(saved);
          },
        }}
        isWide
      >
        <textarea
          id={id}
          className="field rules"
          dir="ltr"
          rows={5}
          spellCheck={false}
          placeholder={settingsWords.ignorePlaceholder}
          value={text}
          aria-invalid={wrong !== '' || setting.problem !== ''}
          aria-describedby={`${id}-hint`}
          onChange={(event) => onType(event.target.value)}
          onBlur={() => later.now()}
        />
      </SettingRow>
      <IgnorePreview seen={rules === '' ? null : seen} isBehind={rules !== '' && seen?.rules !== rules} />
    </>
  );
}
