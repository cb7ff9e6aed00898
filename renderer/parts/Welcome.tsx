import { Dialog } from '@base-ui/react/dialog';
import { type RefObject, useRef, useState } from 'react';
import { frameWords } from '../frame-words.ts';
import { keyName, keysFor } from '../keys.ts';
import { wantsClick } from '../model-words.ts';
import { useActions, usePart, useSnapshot, useStore } from '../page-context.ts';
import { useGo } from '../use-act.ts';
import { isMac } from '../use-frame.ts';
import { sourceWords } from '../words.ts';
import { Offers } from './Offers.tsx';

const said = frameWords.welcome;

/**
 * The first run: what it watches, who thinks, what to expect. May be left at any step, is then over for every window, and comes back
 * only when it is asked for.
 */
export function Welcome() {
  const store = useStore();
  const actions = useActions();
  const welcomed = useSnapshot((snapshot) => snapshot.settings.welcomed);
  const asked = usePart((state) => state.layer === 'welcome');
  const [left, setLeft] = useState(false);
  const go = useGo();
  const goesOn = useRef<'settings' | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const leave = (then: 'settings' | null = null) => {
    goesOn.current = then;
    setLeft(true);
    if (asked) store.set({ layer: null });
    if (!welcomed) void actions.send({ kind: 'change-settings', patch: { page: { welcomed: true } } });
  };
  const finalFocus = () => {
    if (goesOn.current) go(goesOn.current);
    // The very first time nothing had the focus: the reader begins at the heading.
    return goesOn.current ? false : asked || document.getElementById('view-title');
  };
  return (
    <Dialog.Root open={asked || (!welcomed && !left)} onOpenChange={(open) => !open && leave()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="sheet first-run" initialFocus={heading} finalFocus={finalFocus}>
          <Steps title={asked ? said.again : said.title} heading={heading} onLeave={leave} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const steps = [WhatItWatches, WhoThinks, WhatToExpect];

function Steps(props: {
  title: string;
  heading: RefObject<HTMLHeadingElement | null>;
  onLeave: (then?: 'settings') => void;
}) {
  const { title, heading, onLeave } = props;
  const [at, setAt] = useState(0);
  const turn = (to: number) => {
    setAt(to);
    // The heading stays and its words change; read from the top again.
    heading.current?.focus();
  };
  const Step = steps[at]!;
  const last = at === steps.length - 1;
  return (
    <>
      <div className="first-run-head label">
        <Dialog.Title>{title}</Dialog.Title>
        <span>{said.step(at + 1, steps.length)}</span>
      </div>
      <div className="first-run-step">
        <h3 ref={heading} className="sheet-title" tabIndex={-1}>
          {[said.watch, said.think, said.expect][at]!.title}
        </h3>
        <Step onSettings={() => onLeave('settings')} />
      </div>
      <footer className="first-run-foot">
        <span>
          {!last && (
            <button type="button" className="quiet-button" onClick={() => onLeave()}>
              {said.skip}
            </button>
          )}
        </span>
        <span className="first-run-dots" aria-hidden="true">
          {steps.map((step, index) => (
            <i key={step.name} className={index === at ? 'dot-now' : undefined} />
          ))}
        </span>
        <span className="first-run-turn">
          {at > 0 && (
            <button type="button" className="button" onClick={() => turn(at - 1)}>
              {said.back}
            </button>
          )}
          <button type="button" className="button button-strong" onClick={() => (last ? onLeave() : turn(at + 1))}>
            {last ? said.start : said.next}
          </button>
        </span>
      </footer>
    </>
  );
}

function WhatItWatches({ onSettings }: { onSettings: () => void }) {
  const { watch } = said;
  const ids = useSnapshot((snapshot) => snapshot.sources);
  const folders = ids.map(({ id }) => sourceWords(id)).flatMap(({ kind, place }) => (kind === 'files' ? [place] : []));
  return (
    <>
      <p className="soft">{folders.length > 0 ? watch.intro : watch.none}</p>
      {folders.length > 0 && (
        <ul className="first-run-folders">
          {folders.map((folder) => (
            <li key={folder} className="path" dir="auto">
              {folder}
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="text-button" onClick={onSettings}>
        {watch.changeFolders}
      </button>
      <h4 className="label">{watch.neverTitle}</h4>
      <ul className="first-run-points">
        {watch.never.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className="soft">{watch.stays}</p>
    </>
  );
}

function WhoThinks() {
  const { think } = said;
  const server = useSnapshot((snapshot) => snapshot.server);
  const reasoner = useSnapshot((snapshot) => snapshot.reasoner);
  const rulesOnly = useSnapshot((snapshot) => snapshot.settings.reasoner === 'rules');
  const urgent = useSnapshot(wantsClick);
  if (rulesOnly) return <p className="soft">{think.rulesOnly}</p>;
  return (
    <>
      <p dir="auto">{reasoner.kind === 'server' ? think.model(reasoner.name) : server.what}</p>
      <p className="soft" dir="auto">
        {reasoner.kind === 'server' ? server.does : think.rules}
      </p>
      {urgent && server.offers.length > 0 && <Offers offers={server.offers} urgent={urgent} />}
    </>
  );
}

function WhatToExpect() {
  const { expect } = said;
  return (
    <>
      <dl className="first-run-expect">
        {expect.points.map(({ title, text }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd className="soft">{text}</dd>
          </div>
        ))}
      </dl>
      <p className="soft">{expect.palette(keyName(keysFor('palette')[0]!, isMac()))}</p>
    </>
  );
}
