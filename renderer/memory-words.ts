import type { CalibrationView, DreamsView, MemoryView, SleepView } from '../core/protocol-memory.ts';
import { countWords, percentWords, sizeWords, waitWords } from './figures.ts';
import { restOf } from './phase-shares.ts';

type Phase = SleepView['phases'][number]['phase'];

/** Every text about memory, sleep and dreams that is not data. */
export const memoryWords = {
  shelves: { remembered: 'Remembered', forgotten: 'Forgotten', yours: 'Your data' },
  shelf: 'What to show',
  search: 'Search memory',
  searchPlaceholder: 'Search: refund, last week…',
  searchHint: 'Words go through everything. Times like “yesterday”, “last week” or “in June” narrow the search.',
  kind: 'Kind',
  kinds: {
    any: 'Memories',
    all: 'Everything',
    note: 'Notes',
    learning: 'Learnings',
    principle: 'Principles',
    lesson: 'Lessons',
    pattern: 'Patterns',
    insight: 'Insights',
    episode: 'Episodes',
    summary: 'Summaries',
  },
  oneKind: {
    insight: 'Insight',
    episode: 'Episode',
    note: 'Note',
    learning: 'Learning',
    principle: 'Principle',
    lesson: 'Lesson',
    pattern: 'Pattern',
    summary: 'Summary',
    dream: 'Dream',
  },
  trust: 'From whom',
  trusts: {
    any: 'From all',
    owner: 'From you',
    derived: 'Own conclusions',
    app: 'From Reverie',
    observed: 'From what was seen',
  },
  span: 'When',
  spans: { any: 'Any time', today: 'Today', week: 'Last 7 days', month: 'Last 30 days' },
  pinnedOnly: 'Pinned',
  pinned: 'Pinned',
  about: (target: string) => `About ${target}`,
  allAbout: 'All about this',
  clearTarget: (target: string) => `About ${target}: show all again`,
  clear: 'Show all',
  /** `best`: the best match stands first. */
  found: (count: number, more: boolean, best: boolean) =>
    `${more ? 'The first ' : ''}${countWords(count)} found${best ? ', best first' : ''}`,
  nothingYet: 'Nothing is remembered yet',
  nothingYetWhy:
    'A note that you leave is remembered at once. The rest is learned in sleep, from what happens as you work.',
  onlyHappened:
    'A note that you leave is remembered at once, the rest is learned in sleep. What happened so far is in everything, and a search goes through all of it.',
  nothingFound: 'Nothing fits',
  nothingFoundWhy: 'Try fewer or other words, or show all.',
  onlyMemories:
    'Only memories were looked at. Everything holds insights, episodes and summaries too, and a search goes through all of it.',
  showEverything: 'Show everything',
  outcome: (outcome: string) => `Outcome: ${outcome}`,
  toNewest: 'Back to the newest',
  letGo: 'The newest are not shown, to keep the page light.',
  whyFound: 'Found because',
  strength: 'Strength',
  importance: 'Importance',
  recalled: (times: number) =>
    times === 0 ? 'never recalled' : times === 1 ? 'recalled once' : `recalled ${countWords(times)} times`,
  open: 'Open',
  openInsight: 'Open in Insights',

  back: { memory: 'Back to the list', dreams: 'Back to dreams', other: 'Back' },
  goneTitle: 'It is not there any more',
  gone: 'It was forgotten or deleted meanwhile. What was forgotten can be brought back under Forgotten.',
  support: (count: number) => `rests on ${countWords(count)} ${count === 1 ? 'piece' : 'pieces'} of evidence`,
  because: 'Why it is that important',
  noBecause: 'No reason was recorded.',
  ruleTitle: 'The rule',
  predictions: 'What it predicted',
  noPredictions: 'Nothing was predicted by it yet.',
  score: (hits: number, misses: number) =>
    hits + misses === 0
      ? 'Not tested yet'
      : `Held ${countWords(hits)} of ${countWords(hits + misses)} times (${percentWords(hits / (hits + misses))})`,
  settlements: { open: 'Waiting', met: 'Held', 'not-met': 'Did not hold', unknown: 'Nobody can tell' },
  settledBy: (count: number) => (count === 1 ? 'Show what settled it' : `Show the ${count} that settled it`),
  settledByNothing: 'Nothing was seen until its time was over.',
  due: (when: string) => `due ${when}`,
  evidence: (count: number) => `Evidence (${countWords(count)})`,
  noEvidence: 'It rests on no evidence that was kept.',
  evidenceKinds: { observation: 'Seen', episode: 'Episode', insight: 'Insight', memory: 'Memory' },
  showWhole: {
    observation: 'Show the observation',
    episode: 'Show the episode',
    insight: 'Show the insight',
    memory: 'Open that memory',
  },
  onlySnapshot: 'Only this note of it is kept.',
  wholeGone: 'It is not kept any more; the note above is what is left.',
  contradicting: 'It is contradicted by',
  validations: {
    seen: 'Seen',
    'needs-validation': 'Not tested yet',
    confirmed: 'Confirmed',
    refuted: 'Refuted',
    expired: 'Expired',
  },

  actions: 'What to do with it',
  pin: 'Pin',
  unpin: 'Unpin',
  pinDone: 'Pinned. It is never forgotten.',
  unpinDone: 'Unpinned. It may fade as others do.',
  correct: 'Correct',
  correctLabel: 'In your words',
  correctHint: 'Ctrl and Enter saves, Escape leaves it as it was.',
  save: 'Save',
  cancel: 'Cancel',
  correctDone: 'Corrected. Your words stand now; the old ones stay as evidence.',
  correctEmpty: 'A memory needs words. To be rid of it, forget it.',
  correctSame: 'The words are the same as before.',
  tooLong: (over: number) => `${countWords(over)} characters too many: a memory holds 10,000.`,
  forget: 'Forget',
  pinnedHint: 'Pinned memories are kept. Unpin it to forget it.',
  forgotten: 'Forgotten',
  forgottenMeans: 'It plays no part in any thought now. For 30 days it can be brought back.',
  bringBack: 'Bring back',
  broughtBack: 'It is back.',
  remove: 'Delete…',
  removeTitle: 'Delete this for good?',
  removeMeans:
    'It goes from the database, from the search and from every backup. Nobody can bring it back. To be able to, forget it instead.',
  removeSure: 'Delete for good',
  keep: 'Keep it',
  removed: 'Deleted for good',
  removedMeans: 'Nothing of it is left, in the file or in its backups.',

  noTombstones: 'Nothing was forgotten',
  noTombstonesWhy: 'What fades or is forgotten waits here for 30 days, with the reason.',
  tombstonesIntro: 'These play no part in any thought. Until its day, each can be brought back.',
  tombstoneUntil: (when: string) => `until ${when}`,

  exportTitle: 'Take it with you',
  exportMeans: 'Writes everything that is remembered, with its evidence, into one file in the data folder.',
  exportJson: 'Export as JSON',
  exportMarkdown: 'Export as Markdown',
  wipeTitle: 'Delete everything',
  wipeMeans:
    'All that was seen, learned and dreamt goes, from the file and its backups. Settings stay. Nobody can bring it back.',
  wipeLabel: (phrase: string) => `Type “${phrase}” to be sure`,
  wipePhrase: 'delete everything',
  wipe: 'Delete everything',
  wipeWrong: (phrase: string) => `Type exactly “${phrase}” first.`,
  dataDir: 'Data folder',

  digest: 'While you slept',
  digestOf: (from: string, until: string) => `${from} to ${until}`,
  noDigest: 'Nothing to tell yet',
  noDigestWhy: 'After a sleep it stands here what was learned, confirmed, refuted and forgotten.',
  digestMore: (count: number) => (count === 0 ? 'Read it in Dreams' : `${countWords(count)} more in Dreams`),
  toMemory: 'Open',
  toMemories: (index: number) => `Memory ${index}`,

  sleep: 'Sleep',
  awake: 'Awake',
  asleep: 'Asleep',
  sleepsNow: (phase: Phase) =>
    ({ light: 'Light sleep', deep: 'Deep sleep', dream: 'Dreaming', digest: 'Summing up the night' })[phase],
  since: (span: string) => `for ${span}`,
  next: 'Next sleep',
  sleepNow: 'Sleep now',
  dreamNow: 'Dream now',
  wake: 'Wake',
  sleepAsked: 'It goes to sleep.',
  dreamAsked: 'It goes to sleep, and will dream.',
  wakeAsked: 'It wakes up.',
  cannotSleep: 'It is paused. Resume it first.',
  progress: 'Progress of this phase',

  history: 'Sleeps',
  historyHint: 'Choose a night to see what each phase brought and what it cost.',
  noSleeps: 'It has not slept yet',
  noSleepsWhy: 'It sleeps when you are away or after much work, sorts what it saw and learns from it.',
  rest: 'Rest',
  restMeans: 'slept on, with nothing to do',
  phases: { light: 'Light', deep: 'Deep', dream: 'Dream', digest: 'Digest' },
  phaseMeans: {
    light: 'learns from episodes',
    deep: 'finds patterns and principles, forgets the rest',
    dream: 'imagines what could be tested',
    digest: 'sums up for you',
  },
  reasons: {
    cycles: 'after much work',
    idle: 'while you were away',
    request: 'when you asked',
    shutdown: 'when it was closed',
    resumed: 'to finish an interrupted sleep',
  },
  endings: { done: 'whole', interrupted: 'woken by something critical', owner: 'woken by you', shutdown: 'cut off' },
  lasts: 'still asleep',
  allSleeps: (count: number) => `Show all ${count}`,
  sleepTable: 'Sleeps, newest first, with the time of each phase',
  when: 'When',
  skipped: 'left out',
  cost: (calls: number, tokens: number) =>
    calls === 0 ? 'No call' : `${countWords(tokens)} tokens, ${calls === 1 ? '1 call' : `${countWords(calls)} calls`}`,
  madeNothing: 'nothing new',

  dreams: 'Dreams',
  dreamsIntro:
    'Hunches to be tested against what is seen later. No thought and no decision ever uses one before it is confirmed.',
  noDreams: 'No dreams yet',
  noDreamsWhy: 'Now and then a sleep dreams up a rule that could be true, and waits for it to be borne out.',
  tally: { waiting: 'waiting', confirmed: 'confirmed', refuted: 'refuted', expired: 'expired' },
  dreamStates: {
    seen: 'Seen',
    'needs-validation': 'Waiting',
    confirmed: 'Confirmed',
    refuted: 'Refuted',
    expired: 'Expired',
  },
  expires: (when: string) => `lets go of it ${when}`,
  evidenceOf: 'Evidence and predictions',

  calibration: 'Is it as sure as it should be?',
  calibrationX: 'How sure it was',
  calibrationEmpty: 'Nothing was judged yet. When what a decision expected came, or did not, it shows here.',
  calibrationRow: (from: number, until: number, met: number, judged: number) =>
    `${percentWords(from)} to ${percentWords(until)} sure: ${judged === 0 ? 'none' : `right ${countWords(met)} of ${countWords(judged)} times`}`,
  calibrationLegend: 'The line is where being sure and being right would be the same.',
  unknown: (count: number) => (count === 0 ? '' : `${countWords(count)} more could not be judged by what was seen.`),
  verdicts: (useful: number, less: number) =>
    useful + less === 0
      ? 'You have judged no insight yet.'
      : `You found ${countWords(useful)} insights useful and wanted less of ${countWords(less)}.`,

  audit: 'Last check of the memory',
  noAudit: 'It is checked at the end of each night. None has passed yet.',
  auditFigures: {
    memories: 'Memories',
    duplicates: 'Pairs that say the same',
    neverRecalled: 'Never recalled',
    contradicted: 'Contradicted',
    tainted: 'Resting on observed text alone',
    withoutEvidence: 'Without evidence to open',
    bytes: 'Size on the disk',
  },
  auditExamples: {
    duplicates: 'Pairs that say the same',
    contradicted: 'Contradicted',
    'without-evidence': 'Without evidence to open',
  },
  example: (index: number) => `No. ${index}`,

  enabled: 'Sleep by itself',
  enabledHint: 'Off: only when you ask.',
  sleepModel: 'Ask the model in sleep',
  sleepModelHint: 'Only a loaded one, within its budget. Off: rules alone.',
  fetching: 'Asking…',
} as const;

/** Which colour and pattern a phase has, in the order of a night. */
export const phaseOrder: readonly Phase[] = ['light', 'deep', 'dream', 'digest'];

const madeWords: Record<string, readonly [one: string, many: string]> = {
  found: ['finding counted', 'findings counted'],
  settled: ['expectation settled', 'expectations settled'],
  contradictions: ['contradiction', 'contradictions'],
  gaps: ['gap in what is known', 'gaps in what is known'],
  weakened: ['weakened', 'weakened'],
  failed: ['failure', 'failures'],
  episodes: ['episode read', 'episodes read'],
  learnings: ['learning', 'learnings'],
  principles: ['principle', 'principles'],
  lessons: ['lesson', 'lessons'],
  patterns: ['pattern', 'patterns'],
  notes: ['note', 'notes'],
  dreams: ['dream', 'dreams'],
  merged: ['merged with a known one', 'merged with known ones'],
  reinforced: ['confirmed anew', 'confirmed anew'],
  contradicted: ['contradiction', 'contradictions'],
  confirmed: ['confirmed', 'confirmed'],
  refuted: ['refuted', 'refuted'],
  expired: ['expired', 'expired'],
  forgotten: ['forgotten', 'forgotten'],
  faded: ['faded', 'faded'],
  summaries: ['summary', 'summaries'],
  lines: ['line', 'lines'],
  rejected: ['turned down', 'turned down'],
};

/** What a phase made, in words, zeros left out: "40 episodes read, 3 learnings". Names that are not known are shown as they are. */
export function madeOf(made: Record<string, number>): string {
  const parts = Object.entries(made)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${countWords(count)} ${madeWords[name]?.[count === 1 ? 0 : 1] ?? name}`);
  return parts.length === 0 ? memoryWords.madeNothing : parts.join(', ');
}

/** How long a phase or a sleep took, in milliseconds; one that lasts is measured against the host's `nowMs`. */
export const lengthMs = (part: { startedAt: number; endedAt: number | null }, nowMs: number): number =>
  Math.max(0, (part.endedAt ?? nowMs) - part.startedAt);

/** How long a sleep did nothing, in milliseconds. */
export const restMs = (sleep: Pick<SleepView, 'startedAt' | 'endedAt' | 'phases'>, nowMs: number): number =>
  restOf(
    sleep.phases.map((phase) => lengthMs(phase, nowMs)),
    lengthMs(sleep, nowMs),
  );

/** Phases of a sleep in one line for people who hear it: "Light 12 s, Deep 1 min". */
export function phasesWords(sleep: SleepView, nowMs: number): string {
  const parts = sleep.phases.map((each) => `${memoryWords.phases[each.phase]} ${waitWords(lengthMs(each, nowMs))}`);
  const rest = restMs(sleep, nowMs);
  return [...parts, ...(rest > 0 ? [`${memoryWords.rest} ${waitWords(rest)}`] : [])].join(', ');
}

/** How a sleep went, in words. */
export function sleepWords(sleep: SleepView): string {
  const began = memoryWords.reasons[sleep.reason];
  return `${began}, ${sleep.ended === null ? memoryWords.lasts : memoryWords.endings[sleep.ended]}`;
}

/** How strong something is, for people. */
export function strengthWords(strength: number): string {
  if (strength >= 0.75) return 'fresh';
  if (strength >= 0.4) return 'clear';
  return strength >= 0.15 ? 'fading' : 'nearly gone';
}

/** The Brier score explained with one plain comparison. */
export function brierWords(brier: number): string {
  const figure = brier.toFixed(2);
  const verdict =
    brier < 0.1
      ? 'its confidence can be relied on'
      : brier < 0.2
        ? 'its confidence says something'
        : brier < 0.26
          ? 'hardly better than saying 50 % every time'
          : 'worse than saying 50 % every time';
  return `Brier score ${figure}: ${verdict} (0 is perfect, 0.25 is a coin).`;
}

/** The audit in one sentence, then its figures are for those who want them. */
export function auditWords(audit: NonNullable<DreamsView['audit']>): string {
  const wrong = [
    audit.duplicates > 0 &&
      `${countWords(audit.duplicates)} ${audit.duplicates === 1 ? 'pair says' : 'pairs say'} the same`,
    audit.contradicted > 0 &&
      `${countWords(audit.contradicted)} ${audit.contradicted === 1 ? 'is' : 'are'} contradicted`,
    audit.withoutEvidence > 0 &&
      `${countWords(audit.withoutEvidence)} ${audit.withoutEvidence === 1 ? 'has' : 'have'} no evidence left to open`,
  ].filter((each) => each !== false);
  const base = `${countWords(audit.memories)} ${audit.memories === 1 ? 'memory' : 'memories'} in ${sizeWords(audit.bytes)}`;
  return wrong.length === 0 ? `${base}. Nothing stands out.` : `${base}; ${wrong.join(', ')}.`;
}

/** What the calibration says in one sentence; null bins are passed over. */
export function calibrationWords({ judged, bins }: CalibrationView): string {
  const met = bins.reduce((sum, bin) => sum + bin.met, 0);
  return `It was right in ${countWords(met)} of ${countWords(judged)} things that could be judged.`;
}

/** What an opened memory says of itself in one quiet line. */
export const memoryFacts = (memory: MemoryView): string[] => [
  memoryWords.recalled(memory.recalled),
  memoryWords.support(memory.support),
];
