import type { Snapshot } from '../core/protocol.ts';
import type { KeyAction } from './keys.ts';
import { stateWords, words } from './words.ts';

type ByKey = Exclude<KeyAction['kind'], 'view'>;

/** Every text of the frame of the page: rail, bar, palette, keys, first run, small news. */
export const frameWords = {
  views: 'Views',
  search: 'Search or run a command',

  palette: 'Command palette',
  paletteField: 'Search views, commands and insights',
  palettePlaceholder: 'Search or run a command…',
  paletteEmpty: 'Nothing by that name. Try fewer letters.',
  paletteFoot: 'Enter runs it, Escape closes',
  close: 'Close',
  groups: { go: 'Go to', do: 'Commands', with: 'With these words', insights: 'Recent insights' },
  commands: {
    pause: 'Pause Reverie',
    resume: 'Resume Reverie',
    sleep: 'Sleep now',
    dream: 'Dream now',
    wake: 'Wake',
    clearFocus: 'Let go of the focus',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' } satisfies Record<
      Snapshot['settings']['theme'],
      string
    >,
    exportJson: 'Export memory as JSON',
    exportMarkdown: 'Export memory as Markdown',
    keys: 'Show all keys',
    welcome: 'How Reverie works',
    ask: (text: string) => `Ask “${text}”`,
    setFocus: (text: string) => `Set the focus to “${text}”`,
    searchMemory: (text: string) => `Search memory for “${text}”`,
    searchInsights: (text: string) => `Search insights for “${text}”`,
  },
  /** Other words for the same thing. */
  also: {
    pause: ['stop', 'halt', 'quiet'],
    resume: ['continue', 'start', 'go on'],
    sleep: ['rest', 'consolidate'],
    dream: ['hypotheses'],
    wake: ['awake'],
    clearFocus: ['clear focus', 'drop focus'],
    theme: ['appearance', 'colours', 'dark mode', 'light mode'],
    export: ['save memory', 'download', 'backup'],
    keys: ['keyboard shortcuts', 'help'],
    welcome: ['help', 'first run', 'tour'],
    views: {
      now: ['home', 'focus', 'attention', 'thought'],
      insights: ['findings'],
      ask: ['question', 'chat'],
      dreams: ['sleep', 'hypotheses', 'digest'],
      memory: ['remember', 'forget', 'recall'],
      delegations: ['proposals', 'agents'],
      model: ['LM Studio', 'server'],
      health: ['budget', 'sources', 'vital signs'],
      settings: ['preferences', 'folders', 'quiet hours', 'theme'],
    },
  },
  done: {
    pause: 'Paused. Nothing is thought about until you resume.',
    resume: 'Awake again.',
    sleep: 'It goes to sleep.',
    dream: 'It goes to sleep, and dreams.',
    wake: 'It wakes up.',
    clearFocus: 'The focus was let go.',
    setFocus: (text: string) => `It attends to ${text} now.`,
    theme: 'Theme changed.',
    export: 'Memory was exported.',
    server: 'Asked for. The Model view says how it goes.',
  },
  undo: 'Undo',
  undone: 'As it was before.',
  openInsight: 'Open',
  dismiss: 'Dismiss',
  news: 'News',

  keysTitle: 'Keys',
  keysIntro: 'They work wherever you are not typing. In Insights and Memory, / goes to the search of that view.',
  keyGroups: { views: 'Views', page: 'Everywhere' },
  keyNames: {
    palette: 'Search and commands',
    pause: 'Pause or resume',
    next: 'Next in the list',
    previous: 'Previous in the list',
    keys: 'This help',
    escape: 'Leave the field, close what is open',
  } satisfies Record<ByKey, string>,
  or: 'or',

  welcome: {
    title: 'Welcome to Reverie',
    again: 'How Reverie works',
    step: (at: number, of: number) => `step ${at} of ${of}`,
    skip: 'Skip',
    back: 'Back',
    next: 'Next',
    start: 'Start',
    watch: {
      title: 'What it watches',
      intro: 'Reverie notices your edits, your commits and the notes you leave, here:',
      none: 'No folder yet. Choose one in the settings, or start Reverie with --watch and a folder.',
      changeFolders: 'Choose folders',
      neverTitle: 'Never watched',
      never: [
        'Anything outside these folders.',
        'Dependencies, caches and whatever your .gitignore files leave out.',
        'The content of files whose names speak of secrets, such as .env and keys.',
      ],
      stays: 'Nothing leaves this machine but to the model server that you set.',
    },
    think: {
      title: 'Who thinks',
      rules: 'Until a model is there, plain rules do the thinking. They are useful, and always named as rules.',
      rulesOnly: 'You chose rules only: no model is asked.',
      model: (name: string) => `${name} thinks, on your own model server.`,
    },
    expect: {
      title: 'What to expect',
      points: [
        {
          title: 'It speaks rarely',
          text: 'Insights wait in the page. Quiet hours keep the night free of interruptions.',
        },
        { title: 'It shows its evidence', text: 'Every insight opens to what was seen, and why it was noticed.' },
        { title: 'You steer it', text: 'Useful or less of this, a focus, a note. P pauses it at any time.' },
        { title: 'Keys for everything', text: '1 to 9 open the views, ? shows all keys.' },
      ],
      palette: (key: string) => `${key} finds any command.`,
    },
  },
} as const;

/** How it is, in one short line: what it thinks about while it thinks. */
export function lifeWords(snapshot: Pick<Snapshot, 'life' | 'stage'>): string {
  if (snapshot.life === 'asleep' && snapshot.stage === 'dream') return 'Asleep, dreaming';
  return stateWords({ life: snapshot.life, stage: 'resting', ...(snapshot.life !== 'running' && snapshot) });
}

/** What it thinks about right now; null when it does not. */
export function thinkingWords({ life, stage, thought }: Pick<Snapshot, 'life' | 'stage' | 'thought'>): string | null {
  if (life !== 'running' || stage !== 'reflect') return null;
  return thought && !thought.done ? `Thinking about ${thought.about}` : 'Thinking';
}

/** The title of the window: troubles first, for it is often all that is seen. `lost`: there is no connection. */
export function titleWords(snapshot: Pick<Snapshot, 'life' | 'stage' | 'troubles'> | null, lost: boolean): string {
  if (!snapshot) return words.product;
  if (lost) return `${words.away} · ${words.product}`;
  const troubles = snapshot.troubles.length > 0 ? `(${snapshot.troubles.length}) ` : '';
  return `${troubles}${lifeWords(snapshot)} · ${words.product}`;
}
