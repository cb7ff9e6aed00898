import { useState } from 'react';
import { memoryWords } from '../memory-words.ts';
import { usePart } from '../page-context.ts';
import { MemoryList } from '../parts/MemoryList.tsx';
import { MemoryPage } from '../parts/MemoryPage.tsx';
import { Tombstones } from '../parts/Tombstones.tsx';
import { YourData } from '../parts/YourData.tsx';

type Shelf = keyof typeof memoryWords.shelves;
const shelves = Object.keys(memoryWords.shelves) as Shelf[];

/** What is remembered, what was forgotten, and what the owner may do with all of it; one opened memory in place of them. */
export function MemoryView() {
  const id = usePart((state) => state.opened?.trail.at(-1));
  const [shelf, setShelf] = useState<Shelf>('remembered');
  if (id !== undefined) return <MemoryPage key={id} id={id} />;
  return (
    <div className="memory">
      <fieldset className="segments">
        <legend className="hidden">{memoryWords.shelf}</legend>
        {shelves.map((each) => (
          <label key={each} className="segment">
            <input type="radio" name="shelf" checked={shelf === each} onChange={() => setShelf(each)} />
            <span>{memoryWords.shelves[each]}</span>
          </label>
        ))}
      </fieldset>
      {shelf === 'remembered' && <MemoryList />}
      {shelf === 'forgotten' && <Tombstones />}
      {shelf === 'yours' && <YourData />}
    </div>
  );
}
