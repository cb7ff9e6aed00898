import type { ReactNode } from 'react';
import { settingsWords } from '../settings-words.ts';
import type { Setting } from '../use-setting.ts';

interface RowProps {
  /** Of its control; the hint is `<id>-hint`. */
  id: string;
  name: string;
  hint: ReactNode;
  setting: Pick<Setting<never>, 'isSaved' | 'undo' | 'problem'>;
  /** What is wrong with what was typed; goes before the words of the host. */
  wrong?: string;
  /** The way back from what was typed and cannot stand. */
  back?: { label: string; go: () => void } | null | undefined;
  /** Whether the control stands under its name, over the whole width; else beside it. */
  isWide?: boolean;
  /** `group`: the name belongs to several controls. */
  labels?: 'control' | 'group';
  children: ReactNode;
}

/** One setting with its words. Room for every word it may say is kept free, so that nothing moves when it says one. */
export function SettingRow(props: RowProps) {
  const { id, name, hint, setting, wrong = '', children } = props;
  const problem = wrong || (setting.problem && settingsWords.notSaved(setting.problem));
  return (
    <div className={props.isWide ? 'set-row set-row-wide' : 'set-row'}>
      {props.labels === 'group' ? (
        <span id={`${id}-name`} className="set-name">
          {name}
        </span>
      ) : (
        <label htmlFor={id} className="set-name">
          {name}
        </label>
      )}
      <div className="set-control">{children}</div>
      <div className="set-hint" id={`${id}-hint`}>
        <p className={problem ? 'faint set-unsaid' : 'faint'} aria-hidden={problem !== ''}>
          {hint}
        </p>
        <p className="problem" role="alert" dir="auto">
          {problem}
        </p>
      </div>
      <Said id={id} name={name} setting={setting} back={problem ? props.back : null} />
    </div>
  );
}

function Said({ id, name, setting, back }: Pick<RowProps, 'id' | 'name' | 'setting' | 'back'>) {
  const { undo } = setting;
  const first = () => document.getElementById(id)?.focus();
  return (
    <div className="set-said">
      <output>{setting.isSaved && !back ? settingsWords.saved : ''}</output>
      {undo && !back && (
        <button
          type="button"
          className="set-undo"
          aria-label={settingsWords.undoOf(name)}
          onClick={() => {
            // The button may go with the click.
            first();
            undo();
          }}
        >
          {settingsWords.undo}
        </button>
      )}
      {back && (
        <button
          type="button"
          className="set-undo"
          onClick={() => {
            first();
            back.go();
          }}
        >
          {back.label}
        </button>
      )}
    </div>
  );
}
