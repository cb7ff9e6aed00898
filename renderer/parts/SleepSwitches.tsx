import { memoryWords } from '../memory-words.ts';
import { useSnapshot } from '../page-context.ts';
import { Switch } from './Switch.tsx';

/** Whether it sleeps by itself, and whether a model thinks in its sleep. */
export function SleepSwitches() {
  const sleep = useSnapshot((snapshot) => snapshot.settings.sleep);
  return (
    <>
      <Switch
        name={memoryWords.enabled}
        hint={memoryWords.enabledHint}
        on={sleep.enabled}
        patch={(enabled) => ({ sleep: { enabled } })}
      />
      <Switch
        name={memoryWords.sleepModel}
        hint={memoryWords.sleepModelHint}
        on={sleep.model}
        patch={(model) => ({ sleep: { model } })}
      />
    </>
  );
}
