import { spanWords } from '../age.ts';
import { usePart, useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';
import { Meter } from './Meter.tsx';

/** What it attends to, why, and since when; while paused, that. */
export function Focus() {
  const paused = useSnapshot((snapshot) => snapshot.life === 'paused');
  const focus = useSnapshot((snapshot) => snapshot.focus);
  return (
    <section className="focus" aria-labelledby="focus-topic">
      {paused && <p className="focus-paused">{words.pausedWhy}</p>}
      {focus && <p className="label">{words.attendingTo}</p>}
      <h2 id="focus-topic" className="focus-topic" dir="auto" tabIndex={-1}>
        {focus ? focus.topic : words.noFocus}
      </h2>
      <p className="soft" dir="auto">
        {focus ? focus.why : words.noFocusWhy}
      </p>
      {focus && <FocusFoot since={focus.since} strength={focus.strength} />}
    </section>
  );
}

function FocusFoot({ since, strength }: { since: number; strength: number }) {
  const span = usePart((state) => spanWords(state.nowAt - since));
  const { send, problem } = useSend();
  const title = words.focusStrength(strength);
  return (
    <div className="meta focus-foot">
      <Meter className="focus-strength" value={strength} label={title} />
      <span>{words.focusSince(span)}</span>
      <button type="button" className="quiet-button" onClick={() => send({ kind: 'clear-focus' })}>
        {words.clearFocus}
      </button>
      {problem}
    </div>
  );
}
