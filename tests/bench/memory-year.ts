import { figure, type Measurement, median, percentile, type Reading } from './measurement.ts';
import { countDuplicates } from './memory-year-duplicates.ts';
import { type Lived, live, recallLimit } from './memory-year-life.ts';

const yearDays = 365;

/** A year of a busy owner, lived through by the parts of the product in simulated time. `options.paths[0]`: so many days instead. */
export const year: Measurement = {
  rows: {
    'year-store-mb': { unit: 'MB', target: 500, want: 'at-most' },
    'year-duplicates-percent': { unit: '%', target: 2, want: 'at-most' },
    'year-night-median-s': { unit: 's', target: 3, want: 'at-most' },
    'year-relevant-drop-points': { unit: 'points', target: 2, want: 'at-most' },
    'dream-in-decision': { unit: 'decisions', target: 0, want: 'exactly' },
    'dream-cites-dream': { unit: 'dreams', target: 0, want: 'exactly' },
  },
  async take({ paths }) {
    const days = paths[0] === undefined ? yearDays : Number(paths[0]);
    if (!Number.isInteger(days) || days < 1) throw new Error(`“${paths[0]}” is no number of days`);
    return readingsOf(await live(days), days);
  },
};

function readingsOf(lived: Lived, days: number): Record<string, Reading> {
  const { watched, facts, memories, nights, naps, sizesMb } = lived;
  const only = days === yearDays ? '' : `only ${days} days; `;
  const row = (value: number, note: string): Reading => ({ value, note: only + note });
  const inOrder = memories.toSorted((a, b) => a.formedAt - b.formedAt || (a.id < b.id ? -1 : 1));
  const { duplicates, examples } = countDuplicates(inOrder.map(({ text }) => text));
  const folded = countDuplicates(inOrder.map(({ text }) => text.replace(/\d+/g, '0'))).duplicates;
  const of = (which: (each: Lived['facts'][number]) => boolean, among = facts) =>
    (100 * among.filter(which).length) / Math.max(1, among.length);
  const early = of((each) => each.early);
  const late = of((each) => each.late);
  const byKind = [...Map.groupBy(facts, (each) => each.fact.kind)].map(
    ([kind, these]) =>
      `${kind} ${figure(of((each) => each.early, these))} → ${figure(of((each) => each.late, these))} of ${these.length}`,
  );
  const share = memories.length === 0 ? 0 : (100 * duplicates) / memories.length;
  const counts = (figures: Record<string, number>) =>
    Object.entries(figures)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  const byMemoryKind = counts(
    Object.fromEntries([...Map.groupBy(memories, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length])),
  );
  const [twin] = examples;
  return {
    'year-store-mb': row(
      Math.max(...sizesMb),
      `file and log after a checkpoint at ${sizesMb.length} month ends: ${sizesMb.map(figure).join(', ')} MB; ${lived.observations.toLocaleString('en')} observations in ${Math.round(lived.seconds)} s, ${lived.kept.toLocaleString('en')} of them kept; ${lived.cycles} cycles, ${lived.thoughts} with a thought; peak of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MB${lived.failures.length > 0 ? `; logged: ${counts(tally(lived.failures))}` : ''}`,
    ),
    'year-duplicates-percent': row(
      share,
      `${duplicates} of ${memories.length} memories (${byMemoryKind}) have an earlier one of almost the same words; ${folded} when all figures count as equal; formed ${counts(watched.formed)}; forgotten ${counts(watched.forgotten)}${twin ? `; e.g. “${twin[0]}” and “${twin[1]}”` : ''}`,
    ),
    'year-night-median-s': row(
      median(nights),
      `${nights.length} nights without the least length: p95 ${figure(percentile(nights, 0.95))} s, longest ${figure(Math.max(...nights))} s; ${naps.length} more sleeps by day: median ${figure(median(naps))} s; ${Math.round([...nights, ...naps].reduce((sum, each) => sum + each, 0))} s in all`,
    ),
    'year-relevant-drop-points': row(
      early - late,
      `${facts.length} facts fixed beforehand: ${figure(early)} % among the first ${recallLimit} on the next morning, ${figure(late)} % at the end; ${byKind.join(', ')}`,
    ),
    'dream-in-decision': row(
      watched.dreamsInDecisions,
      `${lived.thoughts} prompts, contexts and records of decisions against ${watched.formed.dream ?? 0} dreams (${counts(watched.validated)})${watched.examples[0] ? `; first: ${watched.examples[0]}` : ''}`,
    ),
    'dream-cites-dream': row(watched.dreamsCitingDreams, `evidence of ${watched.formed.dream ?? 0} dreams`),
  };
}

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
