import type { InsightView, Snapshot } from '../core/protocol.ts';
import { exactWords } from './age.ts';
import { confidenceLevel, countWords, importanceLevel, percentWords } from './figures.ts';
import type { InsightAsk } from './insight-list.ts';

/** Every text of the views Now, Insights, Health and Delegations that is not data and stands in no other file of words. */
export const insightWords = {
  list: 'Insights, newest first',
  search: 'Search insights',
  searchPlaceholder: 'Search insights…',
  searchHint: 'Press / to search',
  importance: 'Importance',
  importances: {
    any: 'Any importance',
    worth: 'Worth knowing, or more',
    important: 'Important',
  } satisfies Record<InsightAsk['importance'], string>,
  verdict: 'Your verdict',
  verdicts: {
    any: 'Any verdict',
    useful: 'Useful',
    less: 'Less of this',
    none: 'Not judged yet',
  } satisfies Record<InsightAsk['verdict'], string>,
  pinnedOnly: 'Pinned',
  clear: 'Show all',
  found: (count: number, more: boolean) =>
    count === 1 && !more ? '1 found' : `${more ? 'The first ' : ''}${countWords(count)} found`,
  nothingFound: 'Nothing fits',
  nothingFoundWhy: 'Every word must stand in the insight, in any order. Try fewer words, or show all.',
  fresh: (count: number, more: boolean) => `${countWords(count)}${more ? ' or more' : ''} new`,
  freshSaid: (count: number) => (count === 1 ? '1 new insight' : `${countWords(count)} new insights`),
  end: 'That is all of them.',
  again: 'Try again',

  importanceSays: { 1: 'Minor', 2: 'Worth knowing', 3: 'Important' },
  confidenceSays: { 1: 'A guess', 2: 'Unsure', 3: 'Fairly sure', 4: 'Very sure' },
  importanceTitle: (importance: number) => `Importance ${importance.toFixed(2)} of 1`,
  confidenceTitle: (confidence: number) => `Confidence ${confidence.toFixed(2)} of 1`,
  told: 'Told',
  toldTitle: (at: number) => `You were told of it: ${exactWords(at)}`,
  more: 'Show more',
  less: 'Show less',
  pin: 'Pin',
  pinTitle: 'Pin: it is never let go',
  unpinTitle: 'Pinned. Press to let it go with time again',
  usefulTitle: 'Useful: more of this kind',
  lessTitle: 'Less of this kind',
  allEvidence: (count: number) => `Show all ${countWords(count)}`,

  whoThinks: 'Who thinks',
  toModel: 'To the model',
  toHealth: 'To Health',
  toSettings: 'To the settings',
  toDreams: 'To the dreams',

  vitals: 'Vital signs',
  vitalLine(vitals: { watching: number; sources: number; waiting: number; budget: number | null }): string {
    const { watching, sources, waiting, budget } = vitals;
    const some = watching === sources ? `${sources}` : `${watching} of ${sources}`;
    return [
      `${some} ${sources === 1 ? 'source' : 'sources'} watching`,
      `${countWords(waiting)} waiting`,
      budget === null ? 'budget 0' : `budget ${percentWords(Math.min(1, budget))}`,
    ].join(' · ');
  },
  vitalsTitle: 'Sources that watch, observations that wait, and how much of this hour’s tokens is used',

  firstDay: {
    watching: (folders: readonly string[]) => (folders.length === 0 ? 'Ready to watch' : `Watching ${listed(folders)}`),
    why: 'It is new here. Work as usual; what matters will appear by itself.',
    nothing: 'No folder is watched yet. Choose one in the settings; your notes are taken all the same.',
    next: 'What happens next',
    steps: [
      'You edit, commit or leave a note. Reverie notices.',
      'What stands out becomes the focus and is thought about.',
      'What is understood appears here, with its evidence.',
    ],
    try: 'Try it',
    trySave: (folder: string) => `Save a file in ${folder}, or leave a note below.`,
    tryNote: 'Leave a note below.',
  },

  health: {
    budget: 'Budget',
    hour: 'Tokens, hour',
    day: 'Tokens, day',
    cycles: 'Cycles, day',
    of: (used: number, limit: number) =>
      limit === 0
        ? 'A limit of 0: the model is not asked'
        : `${countWords(used)} of ${countWords(limit)}, ${used >= limit ? 'spent' : percentWords(used / limit)}`,
    cyclesOf: (used: number, limit: number) =>
      `${countWords(used)} of ${countWords(limit)}${used >= limit ? ', spent' : ''}`,
    budgetHint: 'When a token budget is spent, rules think until there is room again.',
    identity: 'Since it was born',
    kept: 'Kept now',
    intake: 'Intake since start',
    names: {
      born: 'Born',
      awake: 'Running for',
      uptime: 'In all',
      sessions: 'Sessions',
      observations: 'Observations',
      decisions: 'Decisions',
      insights: 'Insights',
      episodes: 'Episodes',
      memories: 'Memories',
      dreams: 'Dreams',
      power: 'Power',
      threshold: 'Notices above',
    },
    threshold: ({ threshold, thresholdShift }: { threshold: number; thresholdShift: number }) =>
      thresholdShift === 0 ? `${threshold}` : `${threshold}, learned from you`,
    power: ({ onBattery, spares }: { onBattery: boolean; spares: boolean }) =>
      spares ? 'Battery, spared' : onBattery ? 'Battery' : 'Mains',
  },

  delegations: {
    intro: 'Work that Reverie would hand to an agent. Nothing here is ever run by itself.',
    empty: 'Nothing to delegate yet',
    emptyWhy: 'When a thought concludes that an agent should do something, it appears here:',
    appears: [
      'The exact command, and for which agent',
      'Why, in the words of the thought',
      'How sure that was, and how urgent it is',
    ],
    never: 'It only waits here. Reverie runs nothing by itself; approving comes in a later version.',
  },
} as const;

/** The name of a model without its publisher, which the title still tells. */
export const reasonerName = (name: string): string => name.slice(name.lastIndexOf('/') + 1) || name;

/** How much an insight matters, in words. */
export const importanceLabel = ({ importance }: Pick<InsightView, 'importance'>): string =>
  insightWords.importanceSays[importanceLevel(importance)];

/** How sure an insight is, in words. */
export const confidenceLabel = ({ confidence }: Pick<InsightView, 'confidence'>): string =>
  insightWords.confidenceSays[confidenceLevel(confidence)];

/** The folders that are watched, whole, as the sources name them; before there are sources, those of the settings. */
export function watchedFolders({ sources, settings }: Pick<Snapshot, 'sources' | 'settings'>): string[] {
  const told = sources.flatMap(({ id }) => (id.startsWith('files:') ? [id.slice('files:'.length)] : []));
  return told.length > 0 ? told : settings.folders;
}

/** The last part of a path, whichever way its slashes lean. */
export const folderName = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;

function listed(names: readonly string[]): string {
  if (names.length > 3) return `${names.length} folders`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const excerptLength = 360;
/** A text that is only a little longer is shown whole. */
const wholeLength = 480;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The beginning of a long text, cut between two words where one ends near, else between two characters as people see them; null when it is short. */
export function excerptOf(text: string): string | null {
  if (text.length <= wholeLength) return null;
  const head = text.slice(0, excerptLength);
  const space = head.lastIndexOf(' ');
  if (space > excerptLength * 0.75) return `${head.slice(0, space)}…`;
  // The last one may be cut in two: it is left out.
  const starts = [...graphemes.segment(head)].map(({ index }) => index);
  return `${head.slice(0, starts.at(-1))}…`;
}
