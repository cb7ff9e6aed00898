import type { ObservationView, ProposalView, Snapshot } from '../core/protocol.ts';

type Reasoner = { kind: 'rules' | 'server'; name: string };

/** Every text of the page that is not data, in one place. */
export const words = {
  product: 'Reverie',
  views: {
    now: 'Now',
    insights: 'Insights',
    ask: 'Ask',
    dreams: 'Dreams',
    memory: 'Memory',
    delegations: 'Delegations',
    model: 'Model',
    health: 'Health',
    settings: 'Settings',
  },
  pause: 'Pause',
  resume: 'Resume',

  away: 'Not connected',
  connecting: 'Connecting to Reverie…',
  waiting: 'Reverie does not answer. This page connects by itself as soon as it does.',
  lost: 'Connection lost.',
  lostMeans: 'What you see is from before. It resumes by itself.',
  retryNow: 'Try now',
  commandFailed: 'That did not work:',

  refused: {
    'no-token': {
      title: 'This page needs its key',
      what: 'The address was opened without the key that Reverie gives to its owner.',
    },
    'wrong-token': {
      title: 'This key does not fit',
      what: 'The page was opened with the key of another Reverie, or of another data folder.',
    },
    stepsTitle: 'What to do',
    steps: ['Look at the terminal where Reverie was started.', 'Open the link it printed. It looks like this:'],
    example: 'http://127.0.0.1:…/#token=…',
    keep: 'The key stays in this tab and is taken out of the address.',
    again: 'Try again',
  },

  pausedWhy: 'Nothing is thought about until you resume.',
  attendingTo: 'Attending to',
  noFocus: 'Nothing in focus',
  noFocusWhy: 'The next edit, commit or note that matters becomes the focus.',
  focusSince: (span: string) => `for ${span}`,
  focusStrength: (strength: number) => `Strength of the focus: ${figure(strength)} of 1; it fades with time`,
  clearFocus: 'Let go',

  thought: 'Thought',
  noThought: 'Nothing to think about right now.',
  noThoughtWhy: 'When something deserves it, the thought appears here as it forms.',
  thinking: 'Thinking…',
  lastThought: 'Last thought,',
  rules: 'Rules — no model',

  latest: 'Latest insights',
  allInsights: 'All insights',
  noInsights: 'No insights yet',
  noInsightsWhy: 'Work as usual. When a change is worth a word, it appears here with its evidence.',
  older: 'Show older',
  loading: 'Loading…',
  showAll: 'Show all',
  showLess: 'Show less',
  evidence: (count: number) => (count === 1 ? 'Evidence (1)' : `Evidence (${count})`),
  noEvidence: 'The observations behind this are no longer kept.',
  keptNote: 'Kept as a note of what was seen; the observation itself is gone after 30 days.',
  missingEvidence: (count: number) => `${count} more ${count === 1 ? 'is' : 'are'} no longer kept.`,
  useful: 'Useful',
  less: 'Less of this',
  whyNoticed: 'Why did you notice this?',
  notWeighed: 'It has not been weighed yet.',
  terms: {
    relevance: { label: 'Relevance', means: 'to the focus' },
    novelty: { label: 'Novelty', means: 'against what came before' },
    urgency: { label: 'Urgency', means: 'from its priority' },
  },
  learned: (confidence: number) =>
    `Noticed sooner because of a learned pattern (held ${Math.round(confidence * 100)} % of the time):`,
  toPattern: 'Open the pattern',
  notComputed: 'left out',
  score: 'Score',
  ignored: (why: string) => `Not attended to: ${why}`,
  attended: 'Attended to',
  times: (count: number) => `${count}×`,
  figures: (confidence: number, importance: number) =>
    `Confidence ${figure(confidence)} · importance ${figure(importance)}`,

  noteLabel: 'Leave a note',
  notePlaceholder: 'Tell Reverie what matters…',
  noteSend: 'Send',
  noteHint: 'Enter sends, Shift and Enter starts a new line',
  noteKept: 'Noted.',
  noteTooLong: (over: number) => `${over.toLocaleString('en')} characters too many: a note holds 10,000.`,
  noteFailed: (why: string) => `Not noted: ${why} Your text is still here.`,

  proposalFor: (target: ProposalView['target']) => `For ${target}`,
  priority: { low: 'Low priority', medium: 'Medium priority', high: 'High priority', critical: 'Critical' },
  proposalStatus: 'Proposed, not run',
  tainted: 'Formed with observed text; read it with care',

  sources: 'Sources',
  noSources: 'Nothing is watched. Start Reverie with --watch and a folder.',
  watched: (count: number) => `${count.toLocaleString('en')} watched`,
  sourceStates: {
    starting: 'Starting',
    watching: 'Watching',
    degraded: 'Limited',
    failed: 'Failed',
    stopped: 'Stopped',
  },
  reasonerChoice: 'Who thinks',
  reasonerAuto: 'Model server when it answers',
  reasonerRules: 'Rules only',
  budget: 'Token budget',
  intake: 'Intake since start',
  intakeFigures: {
    names: {
      received: 'Received',
      written: 'Written down',
      merged: 'Merged as equal',
      folded: 'Folded into bursts',
      waiting: 'Waiting to be written',
      pending: 'Waiting for a thought',
    },
  },
  dead: 'Set aside',
  deadIntro: 'These failed three times and were set aside so that the rest could go on.',
  noDead: 'Nothing was set aside.',
  replay: 'Try again',
  attempts: (count: number) => `${count} attempts`,
  dismiss: 'Dismiss',
  troubles: 'Needs your attention',
  troubleCount: (count: number) => (count === 1 ? '1 trouble' : `${count} troubles`),
  proposalCount: (count: number) => (count === 1 ? '1 proposal' : `${count} proposals`),
  deadCount: (count: number) => `${count} set aside`,
} as const;

const figure = (value: number): string => value.toFixed(2);

/** A value of 0..1 or what may be none, as a figure. */
export const figureWords = (value: number | null): string => (value === null ? words.notComputed : figure(value));

/** Who thought it. Rules are no model and are never called one. */
export const reasonerWords = (reasoner: Reasoner): string => (reasoner.kind === 'rules' ? words.rules : reasoner.name);

/** The one word for the state. Stages that pass in milliseconds do not show: only thinking lasts long enough to be read. */
export function stateWords(snapshot: Pick<Snapshot, 'life' | 'stage'>): string {
  if (snapshot.life === 'running') return snapshot.stage === 'reflect' ? 'Thinking' : 'Awake';
  return {
    initializing: 'Starting',
    recovering: 'Recovering',
    asleep: stageOfSleep(snapshot.stage),
    paused: 'Paused',
    stopping: 'Stopping',
    stopped: 'Stopped',
  }[snapshot.life];
}

function stageOfSleep(stage: Snapshot['stage']): string {
  if (stage === 'dream') return 'Dreaming';
  return stage === 'light' || stage === 'deep' ? `Asleep, ${stage} sleep` : 'Asleep';
}

/** A source id like `files:/home/ada/shop` as its kind and its place. */
export function sourceWords(id: string): { kind: string; place: string } {
  const colon = id.indexOf(':');
  return colon < 0 ? { kind: id, place: '' } : { kind: id.slice(0, colon), place: id.slice(colon + 1) };
}

/** The origin of an observation for a person. */
export const originWords = (observation: Pick<ObservationView, 'source' | 'trust'>): string =>
  observation.trust === 'owner' ? 'you' : observation.source;
