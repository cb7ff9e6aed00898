import type { Failure } from '../errors.ts';
import type { NearlySpent } from '../think/gateway/budget.ts';
import type { Stamp, Trouble } from '../types.ts';

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
  'model-missing': {
    means: 'The model named in the settings is not there. Rules think meanwhile.',
    remedy: 'Load it, or choose another model in the settings.',
  },
  'not-openai': {
    means: 'Something else answers at the model server’s address. Rules think meanwhile.',
    remedy: 'Check model.baseUrl in the settings; it usually ends in /v1.',
  },
  'no-model': {
    means: 'The server contradicts its own list of models. Rules formed this thought.',
    remedy: 'If it happens again, load the model anew in LM Studio.',
  },
  'larger-than-rate': {
    means: 'This thought was larger than what the remote server may be asked in a minute. Rules formed it.',
    remedy: 'Raise remote.tokensPerMinute, or lower model.contextTokens in the settings.',
  },
  'model-crashed': {
    means: 'Rules formed this thought. Nothing is lost.',
    remedy: 'Open Model: it says what can be done. A smaller context or another runtime often helps.',
  },
  'model-unloaded': {
    means: 'Somebody unloaded the model during a thought; that is respected. Rules think meanwhile.',
    remedy: 'Load it again in LM Studio or in Model when you want Reverie to think with it.',
  },
  'purpose-budget-spent': {
    means: 'Other purposes still have tokens. Nothing is lost.',
    remedy: 'Wait, or raise budget.purposes in the settings.',
  },
  'window-too-small': {
    means: 'Rules formed this thought: the prompt would not have fitted.',
    remedy: 'Load the model with a larger context.',
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
};
const otherwise = {
  means: 'Rules formed this thought. Nothing is lost.',
  remedy: 'It is tried again by itself. If it stays, look at the model server.',
};

/** Told by the state of the server (lmstudio/trouble.ts), where it is a trouble at all. */
const toldByTheServer = new Set(['connection-refused', 'busy-elsewhere', 'circuit-open', 'auth-required']);

/** A model that could not be used for a thought. Null for what the state of the server tells. */
export function modelTrouble(failure: Failure, now: number): Trouble | null {
  if (toldByTheServer.has(failure.code)) return null;
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

/** Four fifths of a budget are gone (TH8): said once a day. */
export const nearlySpentTrouble = ({ span, purpose, used, limit }: NearlySpent, now: number): Trouble => ({
  key: 'nearly-spent',
  at: now,
  what: `${Math.floor((used / limit) * 100)} % of the token budget of this ${span}${purpose === null ? '' : ` for “${purpose}”`} is used.`,
  means: 'When it is used up, rules think until there is room again. Nothing is lost.',
  remedy: 'See under Model what it was used for; raise the budget in the settings if that was well spent.',
  severity: 'info',
});

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;

/** A whole night failed: the store refused it. */
export const sleepTrouble = (now: Stamp): Trouble => ({
  key: 'sleep',
  at: now,
  what: 'The last sleep failed.',
  means: 'What happened since the one before is not learned from yet. Nothing is lost; the next sleep tries again.',
  remedy: 'Make room on the disk. If it happens again, start Reverie anew.',
  severity: 'warning',
});
