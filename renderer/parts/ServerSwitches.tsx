import { modelWords } from '../model-words.ts';
import { useSnapshot } from '../page-context.ts';
import { Switch } from './Switch.tsx';

/** What Reverie may do by itself. */
export function ServerSwitches() {
  const lmStudio = useSnapshot((snapshot) => snapshot.settings.lmStudio);
  return (
    <>
      <Switch
        name={modelWords.start}
        hint={modelWords.startHint}
        on={lmStudio.start === 'always'}
        patch={(on) => ({ lmStudio: { start: on ? 'always' : 'ask' } })}
      />
      <Switch
        name={modelWords.loadWhenNeeded}
        hint={modelWords.loadHint}
        on={lmStudio.load === 'when-needed'}
        patch={(on) => ({ lmStudio: { load: on ? 'when-needed' : 'ask' } })}
      />
      <Switch
        name={modelWords.yield}
        hint={modelWords.yieldHint}
        on={lmStudio.yield}
        patch={(on) => ({ lmStudio: { yield: on } })}
      />
    </>
  );
}
