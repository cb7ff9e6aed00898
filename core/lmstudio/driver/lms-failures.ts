import type { Failure, FailureClass } from '../../errors.ts';
import type { LmsSaid } from '../../host/spawn.ts';

const failure = (kind: FailureClass, code: string, message: string): Failure => ({ class: kind, code, message });

/** What can go wrong with `lms`, said for the owner: what happened, what it means, what to do. */
export const lmsFailures = {
  none: () =>
    failure(
      'permanent',
      'no-lms',
      'LM Studio’s command line tool, lms, was not found. Start LM Studio once, or set the path to lms in the settings.',
    ),
  unusable: (why: string) =>
    failure(
      'permanent',
      'lms-unusable',
      `LM Studio’s command line tool, lms, cannot be used: ${why}. Reverie goes on over HTTP alone.`,
    ),
  staleInstall: () =>
    failure(
      'permanent',
      'lms-unusable',
      'lms wants to start LM Studio from where it is no more. Start LM Studio once by hand; then lms finds it again.',
    ),
  noAnswer: (what: string) =>
    failure('transient', 'lms-failed', `lms could not ${what}. LM Studio may be closed or busy; Reverie looks again.`),
  noList: (what: string) =>
    failure(
      'transient',
      'lms-failed',
      `lms was asked to ${what} and answered with something else. An update of LM Studio may help.`,
    ),
  late: (what: string) =>
    failure(
      'transient',
      'lms-timeout',
      `lms did not ${what} in time and was ended. LM Studio may be busy; see there whether it still works on it.`,
    ),
  resources: () =>
    failure(
      'resource',
      'insufficient-resources',
      'LM Studio refuses to load the model: too little memory is free for it. Close something, choose a smaller model or a smaller context.',
    ),
  loadFailed: () =>
    failure(
      'resource',
      'model-load-failed',
      'LM Studio could not load the model. Try to load it there by hand; it says why. A smaller context or another build of the model may help.',
    ),
  modelMissing: () =>
    failure(
      'permanent',
      'model-missing',
      'LM Studio does not have this model any more. Choose another one, or download it again.',
    ),
  identifierInUse: () =>
    failure(
      'transient',
      'identifier-in-use',
      'A model is already loaded under the name that Reverie wanted to use. Unload it in LM Studio, or let Reverie use it.',
    ),
  stillLoaded: () =>
    failure(
      'transient',
      'lms-failed',
      'lms was told to unload the model, and it is still loaded. Unload it in LM Studio by hand.',
    ),
  serverNotStarted: () =>
    failure(
      'transient',
      'lms-failed',
      'LM Studio’s server could not be started. Another program may use its port; start it in LM Studio, under Developer, or choose another port there.',
    ),
  notAName: () =>
    failure('permanent', 'download-failed', 'This is no model of the catalogue; its name looks like owner/model.'),
  downloadFailed: () =>
    failure(
      'transient',
      'download-failed',
      'LM Studio could not download the model. Check the connection and the name of the model, then try again.',
    ),
  diskFull: (freeBytes: number) =>
    failure(
      'resource',
      'disk-full',
      `The disk for models is too full for a download: ${(freeBytes / 1e9).toFixed(1)} GB are free. Make room there, then try again.`,
    ),
};

/** Whether it died because the processor does not know an instruction: by the signal, by a shell's word for it, or by Windows' code. */
export const diedOfInstruction = ({ exitCode, signal }: Pick<LmsSaid, 'exitCode' | 'signal'>): boolean =>
  signal === 'SIGILL' || exitCode === 132 || exitCode === 0xc000001d || exitCode === 0xc000001d - 2 ** 32;

/** A failed `lms load`, by its words, which may be in any language: only where nothing else tells. */
export const hintOfLoad = (said: LmsSaid): Failure =>
  /insufficient (?:system )?resources|guardrail/i.test(said.stdout + said.stderr)
    ? lmsFailures.resources()
    : lmsFailures.loadFailed();

/** Whether a failed `lms get` speaks of a full disk: a hint only. */
export const wordsOfFullDisk = (said: LmsSaid): boolean => /ENOSPC|no space left/i.test(said.stdout + said.stderr);

export const illegalInstruction =
  'it dies of an illegal instruction, since it was built for newer processors than this one';

/** An end that makes this `lms` useless, whatever was asked. */
export function brokenBy(said: LmsSaid): Failure | null {
  if (diedOfInstruction(said)) return lmsFailures.unusable(illegalInstruction);
  // The name of a system call and its error are no prose: it tried to start a program that is not there any more.
  return said.exitCode !== 0 && /\bspawn\b.*\bENOENT\b/.test(said.stderr) ? lmsFailures.staleInstall() : null;
}

/** A failure of the start itself, said for the owner; `what` completes "lms did not …". */
export const inWords = (failure: Failure, what: string): Failure => {
  if (failure.code === 'lms-timeout') return lmsFailures.late(what);
  return failure.code === 'lms-unusable' ? lmsFailures.unusable(failure.message) : failure;
};
