import { Search } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { useLater } from '../use-later.ts';
import { useSearchKeys } from '../use-search-keys.ts';

/** Keys pressed within this time are one question. */
const settleMs = 200;

interface Props {
  text: string;
  box: RefObject<HTMLInputElement | null>;
  /** What it is called, what stands in it while it is empty, and what may be typed. */
  words: { name: string; placeholder: string; hint: string };
  maxLength: number;
  onText: (text: string) => void;
  /** Down into the list. */
  onLeave: () => void;
}

/** A search box: typing asks when it pauses, Enter at once; `/` comes here from anywhere in the view, the arrow goes on to the list. */
export function SearchBox({ text, box, words, maxLength, onText, onLeave }: Props) {
  const [typed, setTyped] = useState(text);
  const [told, setTold] = useState(text);
  const later = useLater(settleMs);
  useSearchKeys(box);
  // Cleared from outside: the box follows.
  if (told !== text) {
    setTold(text);
    setTyped(text);
  }
  const tell = (next: string) => {
    later.drop();
    setTold(next);
    if (next !== text) onText(next);
  };
  return (
    <form
      className="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        tell(typed);
      }}
    >
      <Search aria-hidden="true" />
      <input
        ref={box}
        type="search"
        dir="auto"
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        aria-label={words.name}
        aria-keyshortcuts="/ Control+F"
        placeholder={words.placeholder}
        title={words.hint}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          tell(typed);
          onLeave();
        }}
        onChange={(event) => {
          const next = event.target.value;
          setTyped(next);
          later.put(() => tell(next));
        }}
      />
      <kbd className="search-key" aria-hidden="true">
        /
      </kbd>
    </form>
  );
}
