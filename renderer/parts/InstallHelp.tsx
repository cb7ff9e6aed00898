import { useState } from 'react';
import { modelWords, type System, setupSteps, systemOf } from '../model-words.ts';

const systems = Object.keys(modelWords.systems) as System[];

/** How to get LM Studio going, for the system at hand or another one. */
export function InstallHelp() {
  const [system, setSystem] = useState<System>(() => systemOf(navigator.platform));
  return (
    <>
      <fieldset className="segments">
        <legend className="hidden">{modelWords.system}</legend>
        {systems.map((each) => (
          <label key={each} className="segment">
            <input type="radio" name="system" checked={system === each} onChange={() => setSystem(each)} />
            <span>{modelWords.systems[each]}</span>
          </label>
        ))}
      </fieldset>
      <ol className="setup">
        {setupSteps[system].map((step, index) => (
          <li key={step.title}>
            <h3>{step.title}</h3>
            <p className="soft">
              {index === 0 && (
                <>
                  {modelWords.downloadFrom}{' '}
                  <a className="text-button" href="https://lmstudio.ai/download" target="_blank" rel="noreferrer">
                    {modelWords.download}
                  </a>
                  {'. '}
                </>
              )}
              {step.text}
            </p>
            {step.code && <code className="command">{step.code}</code>}
          </li>
        ))}
      </ol>
      <p className="faint hint">{modelWords.helpFoot}</p>
    </>
  );
}
