import { spanWords } from '../age.ts';
import { usePart, useSnapshot } from '../page-context.ts';
import { useSend } from '../use-send.ts';
import { words } from '../words.ts';

/** What it attends to, why, and since when; while paused, that. */
export function Focus() {
  const paused = useSnapshot((snapshot) => snapshot.life === 'paused');
  const focus = useSnapshot((snapshot) => snapshot.focus);
  return (
    <section className="focus" aria-labelledby="focus-topic">
      {paused && <p className="focus-paused">{words.pausedWhy}</p>}
      <p className="label">{focus ? words.attendingTo : words.noFocus}</p>
      {focus ? (
        <>
          <h2 id="focus-topic" className="focus-topic" dir="auto">
            {focus.topic}
          </h2>
          <p className="soft" dir="auto">
            {focus.why}
          </p>
          <FocusFoot since={focus.since} strength={focus.strength} />
        </>
      ) : (
        <p id="focus-topic" className="soft">
          {words.noFocusWhy}
        </p>
      )}
    </section>
  );
}

function FocusFoot({ since, strength }: { since: number; strength: number }) {
  const span = usePart((state) => spanWords(state.nowAt - since));
  const { send, problem } = useSend();
  const title = words.focusStrength(strength);
  return (
    <div className="meta focus-foot">
      <meter className="focus-strength" min={0} max={1} value={strength} title={title} aria-label={title} />
      <span>{words.focusSince(span)}</span>
      <button type="button" className="quiet-button" onClick={() => send({ kind: 'clear-focus' })}>
        {words.clearFocus}
      </button>
      {problem}
    </div>
  );
}
