import { Eye, Lightbulb, SlidersHorizontal } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';

const icons = [Eye, Lightbulb, SlidersHorizontal];

/** First-run help over the page, which goes on behind it. Shown until it was closed once, and again when asked for. */
export function Welcome({ open, onClose }: { open: boolean; onClose: () => void }) {
  const welcomed = useSnapshot((snapshot) => snapshot.settings.welcomed);
  const dialog = useRef<HTMLDialogElement>(null);
  const [closed, setClosed] = useState(false);
  const { send } = useSend();
  const show = open || (!welcomed && !closed);

  useEffect(() => {
    if (show) dialog.current?.showModal();
    else dialog.current?.close();
  }, [show]);

  const leave = () => {
    setClosed(true);
    onClose();
    if (!welcomed) void send({ kind: 'change-settings', patch: { page: { welcomed: true } } });
  };
  return (
    <dialog ref={dialog} className="welcome" aria-labelledby="welcome-title" onClose={leave}>
      <h2 id="welcome-title">{words.welcome.title}</h2>
      <p className="soft">{words.welcome.intro}</p>
      <ol className="welcome-steps">
        {words.welcome.steps.map((step, index) => {
          const Icon = icons[index]!;
          return (
            <li key={step.title}>
              <Icon aria-hidden="true" />
              <div>
                <h3>{step.title}</h3>
                <p className="soft">{step.text}</p>
              </div>
            </li>
          );
        })}
      </ol>
      <button type="button" className="button button-strong button-wide" onClick={() => dialog.current?.close()}>
        {words.welcome.start}
      </button>
    </dialog>
  );
}
