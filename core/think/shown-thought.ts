import type { Clock } from '../ports.ts';
import { readableThought } from './answer.ts';
import { createChunker } from './stream/chunker.ts';

/** An answer that is shown while it comes: its readable part, whole each time, whenever that grew. */
export interface ShownThought {
  hear(text: string): void;
  /** An owner's question went first: what was said before is void. */
  restart(): void;
  /** Shows what is left. */
  end(): void;
  /** Shows nothing more. Idempotent. */
  stop(): void;
}

/** Shows an answer by chunks of 50 tokens or a tenth of a second: a fast model says more than anyone reads. Leaves no timer once it ended. */
export function createShownThought(clock: Clock, onThought: (text: string) => void): ShownThought {
  let said = '';
  let shown = '';
  const show = () => {
    const thought = readableThought(said);
    if (thought !== shown) onThought(thought);
    shown = thought;
  };
  const chunks = () =>
    createChunker({
      clock,
      onChunk({ text }) {
        said += text;
        show();
      },
    });
  let chunker = chunks();
  return {
    hear: (text) => chunker.push({ channel: 'answer', text }),
    restart() {
      chunker.stop();
      chunker = chunks();
      said = '';
      show();
    },
    end: () => chunker.end(),
    stop: () => chunker.stop(),
  };
}
