import type { Failure } from '../errors.ts';
import type { Trouble } from '../types.ts';

/** What went wrong, for the owner: what happened, what it means, what to do. One entry per cause. */
const words: Record<string, { means: string; remedy: string }> = {
  'budget-spent': {
    means: 'Rules think until the budget has room again. Nothing is lost.',
    remedy: 'Wait, or raise the token budget in the settings.',
  },
  'larger-than-budget': {
    means: 'This model cannot be used at all with such a budget.',
    remedy: 'Raise the token budget, or lower the context size in the settings.',
  },
  'auth-required': {
    means: 'The server answers only with a key. Rules think meanwhile.',
    remedy: 'Put the server’s API token into the settings (model.apiKey).',
  },
  'no-model': {
    means: 'The server runs but has no model to think with. Rules think meanwhile.',
    remedy: 'Load a model in the server, for example in LM Studio.',
  },
  'model-missing': {
    means: 'The model named in the settings is not there. Rules think meanwhile.',
    remedy: 'Load it, or choose another model in the settings.',
  },
  'not-openai': {
    means: 'Something else answers at the model server’s address. Rules think meanwhile.',
    remedy: 'Check model.baseUrl in the settings; it usually ends in /v1.',
  },
  'context-overflow': {
    means: 'The model’s window is smaller than the prompt. Rules formed this thought.',
    remedy: 'Load the model with a larger context, or lower model.contextTokens.',
  },
  'stream-silent': {
    means: 'The model stopped answering in the middle. Rules formed this thought.',
    remedy: 'If it happens again, restart the model server or choose a smaller model.',
  },
  'empty-answer': {
    means: 'The model answered with nothing. Rules formed this thought.',
    remedy: 'If it happens again, reload the model or choose another.',
  },
  'unreadable-answer': {
    means: 'The model’s words held no decision. Rules formed this thought.',
    remedy: 'Choose a model that follows instructions; 7 billion parameters or more usually do.',
  },
  'circuit-open': {
    means: 'The server failed several times in a row and is left alone for a while. Rules think meanwhile.',
    remedy: 'See what the model server says; it is tried again by itself.',
  },
};
const otherwise = {
  means: 'Rules formed this thought. Nothing is lost.',
  remedy: 'It is tried again by itself. If it stays, look at the model server.',
};

/** A model that could not be used for a thought. Null for a server that is simply not there: that is a state, not a trouble. */
export function modelTrouble(failure: Failure, now: number): Trouble | null {
  if (failure.code === 'connection-refused') return null;
  const { means, remedy } = words[failure.code] ?? otherwise;
  return {
    key: 'model',
    at: now,
    what: sentence(failure.message),
    means,
    remedy,
    severity: failure.class === 'resource' ? 'warning' : 'error',
  };
}

/** The store refuses to write. */
export function writeTrouble(failure: Failure, now: number): Trouble {
  const full = /full|ENOSPC/i.test(failure.message);
  if (/malformed|corrupt/i.test(failure.message)) return damagedTrouble(now);
  return {
    key: 'store',
    at: now,
    what: full
      ? 'The disk is full: what was just seen cannot be written down.'
      : `What was just seen cannot be written down: ${failure.message}.`,
    means:
      'It is kept in memory and written as soon as possible; a crash before that would make Reverie look again at the next start.',
    remedy: full
      ? 'Free some space on the disk that holds the data folder.'
      : 'Check that the data folder exists and may be written.',
    severity: 'error',
  };
}

const damagedTrouble = (now: number): Trouble => ({
  key: 'store',
  at: now,
  what: 'The database is damaged: what was just seen cannot be written down.',
  means: 'It is kept in memory for now. What was remembered before is still in the file.',
  remedy: 'Start Reverie again: it sets the damaged file aside, begins a new one, and looks again at what changed.',
  severity: 'error',
});

/** The settings file cannot be used as it is. */
export const settingsTrouble = (problem: string, now: number): Trouble => ({
  key: 'settings',
  at: now,
  what: sentence(problem),
  means: 'Reverie runs with the settings that were good last, or with the defaults.',
  remedy: 'Mend settings.json in the data folder and start Reverie again.',
  severity: 'warning',
});

/** An observation failed three times and was set aside. */
export const setAsideTrouble = (error: string, now: number): Trouble => ({
  key: 'set-aside',
  at: now,
  what: `An observation failed three times and was set aside: ${error}`,
  means: 'Everything else goes on. It is kept whole and can be tried again.',
  remedy: 'Open Health, read its error, and choose “Try again”.',
  severity: 'warning',
});

export const cyclesTrouble = (limit: number, now: number): Trouble => ({
  key: 'cycles',
  at: now,
  what: `Reverie had ${limit.toLocaleString('en')} cycles today and stops thinking until tomorrow (UTC).`,
  means: 'It goes on observing; what it sees waits.',
  remedy: 'If this was real work and no loop, raise budget.cyclesPerDay in the settings.',
  severity: 'warning',
});

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
