import { useState } from 'react';
import type { Command, Offer } from '../../core/protocol.ts';
import { modelWords } from '../model-words.ts';
import { usePart } from '../page-context.ts';
import { useCommand } from '../use-command.ts';

/** What one click would do. Where something is wrong (`urgent`) the first one is the way to go. */
export function Offers({ offers, urgent }: { offers: readonly Offer[]; urgent: boolean }) {
  const { run, busy, said } = useCommand();
  const thinker = usePart((state) => state.model.seen?.roles.find(({ role }) => role === 'thinker')?.wanted ?? '');
  const [opened, setOpened] = useState(false);
  return (
    <div className="offers">
      <ul className="offer-list">
        {offers.map((offer, index) => (
          <li key={`${offer.action} ${offer.model}`} className="offer">
            <OfferButton
              offer={offer}
              strong={urgent && index === 0}
              busy={busy}
              onOpen={() => setOpened(true)}
              onAsk={() => {
                const command = commandFor(offer, thinker);
                if (command) void run(command);
                else showPlace(offer);
              }}
            />
            <p id={whyId(offer)} className="offer-why" dir="auto">
              {offer.why}
            </p>
          </li>
        ))}
      </ul>
      <output className="said">{opened && modelWords.openHint}</output>
      {said}
    </div>
  );
}

const whyId = ({ action }: Offer) => `offer-why-${action}`;

function OfferButton(props: { offer: Offer; strong: boolean; busy: boolean; onAsk: () => void; onOpen: () => void }) {
  const { offer, strong, busy, onAsk, onOpen } = props;
  const look = { className: strong ? 'button button-strong' : 'button', 'aria-describedby': whyId(offer) };
  if (offer.action === 'open-lm-studio')
    return (
      <a {...look} href="lmstudio://" onClick={onOpen}>
        {offer.label}
      </a>
    );
  return (
    <button {...look} type="button" aria-disabled={busy} onClick={onAsk}>
      {offer.label}
    </button>
  );
}

/** The command of an offer; null for those that only need another place of the page. `thinker` is loaded where none is named. */
function commandFor({ action, model }: Offer, thinker: string): Command | null {
  const key = model ?? thinker;
  switch (action) {
    case 'start-server':
    case 'test-model':
    case 'try-again':
      return { kind: action };
    case 'load-model':
      return key === '' ? null : { kind: action, key, role: 'thinker' };
    case 'get-model':
      return model === null ? null : { kind: action, name: model };
    case 'open-lm-studio':
    case 'set-token':
    case 'install':
      return null;
  }
}

/** Brings the place where the owner goes on into view, and the focus with it. */
function showPlace({ action }: Offer): void {
  const id = action === 'set-token' ? 'model-token' : action === 'install' ? 'model-help' : 'role-thinker';
  const place = document.getElementById(id);
  place?.scrollIntoView({ block: 'center' });
  place?.focus({ preventScroll: true });
}
