import type { TrayState } from './tray-state.ts';

/** Every word that the tray says, in one place. */
export const words = {
  name: 'Reverie',
  states: {
    awake: 'Awake',
    thinking: 'Thinking',
    asleep: 'Asleep',
    dreaming: 'Dreaming',
    paused: 'Paused',
    'model-away': 'Awake, without a model',
    'needs-you': 'Needs you',
  } satisfies Record<TrayState, string>,
  about: (topic: string) => `about ${topic}`,
  starting: 'Starting',
  stopping: 'Ending',
  menu: {
    open: 'Open Reverie',
    pause: 'Pause',
    resume: 'Resume',
    sleepNow: 'Sleep now',
    wake: 'Wake up',
    settings: 'Settings…',
    quit: 'Quit Reverie',
  },
  notice: { useful: 'Useful', less: 'Less of this' },
  notStarted: 'Reverie could not start',
  pickFolder: 'Choose a folder to watch',
  watch: 'Watch this folder',
  comment: 'Watches your work and says what matters',
  login: {
    badPath: 'The path of Reverie cannot be written into a start entry. Move Reverie to a folder with a plain name.',
    notWritten: (why: string) =>
      `The start at login could not be changed: ${why}. Look at the rights of your autostart folder.`,
    notTaken: 'The system did not take the change. Look at its settings for login items.',
  },
};
