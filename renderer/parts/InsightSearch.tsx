import { useRef } from 'react';
import { anyInsight, type InsightAsk, narrowsInsights } from '../insight-list.ts';
import { insightWords } from '../insight-words.ts';
import { useActions, usePart, useStore } from '../page-context.ts';
import { FilterChoice, optionsOf } from './FilterChoice.tsx';
import { PinnedOnly } from './PinnedOnly.tsx';
import { SearchBox } from './SearchBox.tsx';
import { SearchFound } from './SearchFound.tsx';

const importances = optionsOf<InsightAsk['importance']>(insightWords.importances);
const verdicts = optionsOf<InsightAsk['verdict']>(insightWords.verdicts);

/** The search box and its filters. Each change asks at once; typing asks when it pauses, or on Enter. `onLeave`: down into the list. */
export function InsightSearch({ onLeave }: { onLeave: () => void }) {
  const store = useStore();
  const actions = useActions();
  const ask = usePart((state) => state.insightList.ask);
  const box = useRef<HTMLInputElement>(null);
  const change = (patch: Partial<InsightAsk>) =>
    void actions.findInsights({ ...store.get().insightList.ask, ...patch });
  return (
    <search className="insight-search">
      <SearchBox
        text={ask.text}
        box={box}
        words={{
          name: insightWords.search,
          placeholder: insightWords.searchPlaceholder,
          hint: insightWords.searchHint,
        }}
        maxLength={200}
        onText={(text) => change({ text })}
        onLeave={onLeave}
      />
      <div className="filters">
        <FilterChoice
          name={insightWords.importance}
          options={importances}
          value={ask.importance}
          neutral="any"
          onChoose={(importance) => change({ importance })}
        />
        <FilterChoice
          name={insightWords.verdict}
          options={verdicts}
          value={ask.verdict}
          neutral="any"
          onChoose={(verdict) => change({ verdict })}
        />
        <PinnedOnly words={insightWords.pinnedOnly} on={ask.pinned} onToggle={() => change({ pinned: !ask.pinned })} />
      </div>
      {narrowsInsights(ask) && (
        <Found
          onClear={() => {
            change(anyInsight);
            // The button goes with the filters.
            box.current?.focus();
          }}
        />
      )}
    </search>
  );
}

/** How many fit, and the way back to all. */
function Found({ onClear }: { onClear: () => void }) {
  const { rows, more } = usePart((state) => state.insightList);
  return (
    <SearchFound
      found={rows.length > 0 ? insightWords.found(rows.length, more) : ''}
      clear={insightWords.clear}
      onClear={onClear}
    />
  );
}
