import type { HostView, IgnorePreview } from '../core/protocol-owner.ts';
import { countWords } from './figures.ts';
import { type Bounds, listBounds, type NumberKey, type Wrong } from './settings-bounds.ts';

/** Every text of the settings that is not data. */
export const settingsWords = {
  title: 'Settings',
  index: 'Parts of the settings',
  loading: 'Reading the settings…',
  fileProblem: 'The settings file has a problem',

  saved: 'Saved',
  undo: 'Undo',
  undoOf: (name: string) => `Undo: ${name}`,
  back: (value: string) => `Back to ${value}`,
  backToSaved: 'Back to what is saved',
  notSaved: (why: string) => `Not saved: ${why}`,

  sections: {
    watching: 'Watching',
    thinking: 'Thinking',
    interruptions: 'Interruptions',
    sleep: 'Sleep',
    starting: 'Starting and power',
    appearance: 'Appearance',
    data: 'Your data',
  },

  folders: 'Folders',
  foldersHint: 'What happens in them is noticed. Their files stay as they are.',
  foldersStarted: 'This is the folder Reverie was started for. A folder you add is watched beside it.',
  folderPath: 'Add a folder by its path',
  folderPlaceholder: '/home/you/project',
  addFolder: 'Add',
  chooseFolder: 'Choose…',
  removeFolder: (folder: string) => `Remove ${folder}`,
  folderWrong: {
    relative: 'Write the whole path, such as /home/you/project.',
    known: 'It is watched already.',
    many: `It can watch ${listBounds.folders} folders at most.`,
  },

  ignore: 'Ignore rules',
  ignoreHint:
    'One rule a line, as in a .gitignore file. They come on top of .gitignore and of what is always left out.',
  ignorePlaceholder: 'logs/\n*.snap',
  ignoreWrong: {
    many: `It can keep ${listBounds.ignoreRules} rules at most.`,
    long: (line: number) => `Line ${line} is too long: a rule holds ${listBounds.ignoreRuleLength} characters.`,
    rules: 'Not saved while a rule has a problem.',
  },
  previewTitle: 'What they leave out',
  previewWait: 'Looking…',
  previewNone: 'No rules of your own. Write one, and what it leaves out stands here before it holds.',
  preview: ({ looked, ignored, partial }: Pick<IgnorePreview, 'looked' | 'ignored' | 'partial'>) =>
    `${countWords(ignored)} of ${partial ? 'the first ' : ''}${countWords(looked)} files`,
  previewRules: 'Files by rule',
  previewExamples: 'Some of them',
  matches: (count: number) => (count === 0 ? 'no file' : count === 1 ? '1 file' : `${countWords(count)} files`),
  by: (rule: string) => `by ${rule}`,

  reasoner: 'Who thinks',
  reasoners: { auto: 'Model, else rules', rules: 'Rules only' },
  reasonerHint: {
    auto: 'The model server thinks while it answers, rules while it does not.',
    rules: 'No model is asked, not even when one is loaded.',
  },
  toModel: 'To the model',

  notify: 'Tell me about',
  notifies: { important: 'Important', critical: 'Only critical', never: 'Nothing' },
  notifyHint: {
    important: 'Important insights wait for a good moment; critical ones come at once.',
    critical: 'Only what cannot wait interrupts, at any hour.',
    never: 'Nothing interrupts. Insights wait on this page.',
  },
  quiet: 'Quiet hours',
  quietHint: 'Important insights wait until they are over.',
  quietFrom: 'From',
  quietUntil: 'Until',
  quietWrong: 'Write a time of day such as 22:00.',

  sleep: 'Sleep by itself',
  sleepHint: 'It goes through what it saw while you are away. Off: only when you say so.',
  sleepModel: 'Ask the model in sleep',
  sleepModelHint: 'Off: it sleeps with rules alone.',

  battery: 'On battery',
  batteries: { spare: 'Save power', 'as-usual': 'As usual' },
  batteryHint: {
    spare: 'Sleep by itself and loading a model wait until there is mains. Thoughts go on.',
    'as-usual': 'Nothing waits for mains.',
  },

  login: 'Start when you log in',
  loginHint: 'It waits in the tray and opens nothing.',
  loginCannot: {
    headless:
      'Not from here: only the tray program can. To start this one at login, add its command to the start-up programs of your system.',
    tray: 'This system does not let a program do that. Add Reverie to its start-up programs yourself.',
  },

  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  themeHint: 'They hold for this page on every screen.',

  settingsFile: 'The settings are kept in',

  numbers: {
    'watch.uncommittedHours': { name: 'Uncommitted work', unit: 'hours' },
    'budget.tokensPerHour': { name: 'Tokens an hour', unit: 'tokens' },
    'budget.tokensPerDay': { name: 'Tokens a day', unit: 'tokens' },
    'budget.cyclesPerDay': { name: 'Thoughts a day', unit: 'thoughts' },
    'alerts.perDay': { name: 'Interruptions a day', unit: 'a day' },
    'sleep.idleMinutes': { name: 'Sleep when idle for', unit: 'minutes' },
    'store.observationDays': { name: 'Keep observations', unit: 'days' },
    'store.backupHours': { name: 'Back up every', unit: 'hours' },
  } satisfies Record<NumberKey, { name: string; unit: string }>,
} as const;

/** What a figure comes to, in plain words; zero always says what it means. */
export function numberHint(key: NumberKey, value: number): string {
  const zero = value === 0;
  switch (key) {
    case 'watch.uncommittedHours':
      return 'After so many hours uncommitted work is worth a word.';
    case 'budget.tokensPerHour':
      return zero
        ? 'Zero: the model is never asked; rules think.'
        : 'When they are used up, rules think until the next hour.';
    case 'budget.tokensPerDay':
      return zero
        ? 'Zero: the model is never asked; rules think.'
        : 'When they are used up, rules think until the next day.';
    case 'budget.cyclesPerDay':
      return zero
        ? 'Zero: nothing is thought about. What is seen is kept and waits.'
        : 'A guard against loops. After that many, what is seen waits for the next day.';
    case 'alerts.perDay':
      return zero ? 'Zero: only critical ones interrupt.' : 'In 24 hours. Critical ones are not counted.';
    case 'sleep.idleMinutes':
      return 'So long must nothing happen before it goes to sleep.';
    case 'store.observationDays':
      return 'What was learned from them is kept longer.';
    case 'store.backupHours':
      return zero ? 'Zero: no backups are made.' : 'Of the database, in the data folder.';
  }
}

const figureWords = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

/** A figure as its box shows it. */
export const typedWords = figureWords;

/** Why a typed figure cannot stand, with its bounds. */
export function wrongWords(wrong: Wrong, { least, most, isWhole }: Bounds): string {
  const between = `${figureWords(least)} to ${figureWords(most)}`;
  if (wrong === 'empty') return `Write a number, ${between}.`;
  if (wrong === 'no-number') return `That is not a number. It can be ${between}.`;
  if (wrong === 'not-whole') return `It must be a whole number, ${between}.`;
  return isWhole ? `It can be ${between}.` : `It can be ${between}, fractions too.`;
}

export interface Interruptions {
  notify: 'important' | 'critical' | 'never';
  perDay: number;
  quiet: { enabled: boolean; from: string; until: string };
}

/** What the settings of interruptions come to together, in one sentence. */
export function interruptionWords({ notify, perDay, quiet }: Interruptions): string {
  if (notify === 'never') return 'Nothing interrupts you.';
  if (notify === 'critical' || perDay === 0) return 'Only critical insights interrupt you, at any hour.';
  const upTo = perDay === 1 ? 'One interruption a day at most' : `Up to ${perDay} interruptions a day`;
  if (!quiet.enabled || quiet.from === quiet.until) return `${upTo}, at any hour; critical ones come besides.`;
  const overnight = quiet.from > quiet.until ? ' the next day' : '';
  return `Quiet from ${quiet.from} to ${quiet.until}${overnight}; critical ones still come. ${upTo} otherwise.`;
}

/** Why it cannot start at login here; empty where it can. */
export const loginReason = ({ kind, login }: HostView): string =>
  login === 'cannot' ? settingsWords.loginCannot[kind] : '';
