import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { chooseModel } from '../lmstudio/choice.ts';
import { catalogueOf, type Known, standingOf } from '../lmstudio/known.ts';
import type { LmStudio } from '../lmstudio/lm-studio.ts';
import { rungsOf } from '../lmstudio/rungs.ts';
import { serverWords } from '../lmstudio/words.ts';
import type { Rung } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import { type LiveOptions, liveLmStudio } from './live.ts';
import { openSettings } from './settings-file.ts';

/** What the doctor found: how the server stands, rung by rung, and how to mend each. */
export interface Findings {
  state: Known['state'];
  what: string;
  does: string;
  address: string | null;
  rungs: Rung[];
}

const patienceMs = 30_000;
const noLog = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Looks at the model server as the settings and the command line say; starts, loads and wakes nothing, needs no lock and writes nothing.
 * `healthy`: a model is ready.
 */
export async function examine(
  options: Pick<LiveOptions, 'dataDir' | 'model'>,
  as: 'json' | 'words',
): Promise<{ healthy: boolean; text: string }> {
  const problems: string[] = [];
  const settings = openSettings({
    dataDir: resolve(options.dataDir),
    overrides: options.model ? { model: options.model } : {},
    onProblem: (problem) => problem && problems.push(problem),
  });
  const rules = settings.current().model.reasoner === 'rules';
  const found = rules ? rulesChosen : await look(liveLmStudio(settings, noLog), settings.current());
  settings.close();
  const text = as === 'json' ? JSON.stringify({ ...found, problems }) : inWords(found, problems);
  return { healthy: rules || found.state === 'ready', text };
}

/** Then no server is asked, not even how it is. */
const rulesChosen: Findings = {
  state: 'looking',
  what: 'You chose rules: no model is called.',
  does: 'Rules think.',
  address: null,
  rungs: [],
};

/** One look, told as the keeper would tell it. */
async function look(lmStudio: LmStudio, settings: Settings): Promise<Findings> {
  const sighting = await lmStudio.look(AbortSignal.timeout(patienceMs));
  const catalogue = catalogueOf(sighting);
  const { name, windowTokens, baseUrl } = settings.model;
  const choice = catalogue
    ? chooseModel(catalogue, { name, type: 'llm', contextTokens: windowTokens })
    : { kind: 'none' as const, why: 'no server has been seen' };
  const known: Known = {
    state: standingOf(sighting, choice, baseUrl),
    sighting,
    choice,
    underway: null,
    download: null,
    ejected: false,
    refused: null,
    breaker: { state: 'closed', why: null, until: null },
    settings,
    memoryBytes: totalmem(),
  };
  const { what, does } = serverWords(known);
  return { state: known.state, what, does, address: sighting.address, rungs: rungsOf(known) };
}

const marks: Record<Rung['state'], string> = { good: '✓', bad: '✗', warning: '!', unknown: '·' };

function inWords({ what, does, rungs }: Findings, problems: readonly string[]): string {
  const lines = rungs.flatMap(({ name, state, says, remedy }) => [
    `${marks[state]} ${name.padEnd(10)}${says}`,
    ...(remedy === null ? [] : [`  ${' '.repeat(10)}→ ${remedy}`]),
  ]);
  return [what, does, '', ...lines, ...problems.map((problem) => `! settings  ${problem}`)].join('\n');
}
