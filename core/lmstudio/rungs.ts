import type { Rung } from '../protocol.ts';
import { catalogueOf, type Known, productNames } from './known.ts';
import { hostOf, sentence, underwayWords } from './words.ts';

/** The ladder rung by rung, for the Model view and the doctor: how each stands and how to mend it. What lies above a broken rung is unknown. */
export function rungsOf(known: Known): Rung[] {
  if (!known.sighting) return [];
  const own = known.settings.model.baseUrl === '';
  const rungs = [
    ...(own ? [installedRung(known), runningRung(known)] : []),
    serverRung(known),
    tokenRung(known),
    modelsRung(known),
    loadedRung(known),
    contextRung(known),
    ...(own ? [lmsRung(known)] : []),
  ];
  // Without the program there is one thing to do, and only one.
  const [first] = rungs;
  if (first?.name !== 'installed' || first.state !== 'bad') return rungs;
  return rungs.map((each) => (each === first ? each : { ...each, state: 'unknown', remedy: null }));
}

const rung = (name: Rung['name'], state: Rung['state'], says: string, remedy: string | null = null): Rung => ({
  name,
  state,
  says,
  remedy,
});
const open = ({ sighting }: Known) => (sighting?.server.kind === 'open' ? sighting.server : null);

function installedRung({ sighting }: Known): Rung {
  const found = sighting!.installed ?? sighting!.running;
  if (found) return rung('installed', 'good', `${productNames[found]} is installed.`);
  if (sighting!.server.kind === 'open')
    return rung('installed', 'unknown', 'A model server answers; no LM Studio was found on this machine.');
  return rung(
    'installed',
    'bad',
    'LM Studio is not installed.',
    'Download it from lmstudio.ai, open it once, and come back.',
  );
}

function runningRung(known: Known): Rung {
  const { running, rival, installed } = known.sighting!;
  if (running && rival)
    return rung(
      'running',
      'warning',
      `${productNames[running]} and ${productNames[rival]} run at the same time; they get in each other’s way.`,
      `Close one of the two.`,
    );
  if (running) return rung('running', 'good', `${productNames[running]} is running.`);
  if (open(known)) return rung('running', 'good', 'Its server answers, so it is running.');
  if (!installed) return rung('running', 'unknown', 'Nothing to run yet.');
  return rung(
    'running',
    'bad',
    `${productNames[installed]} is not running.`,
    known.sighting!.lms.kind === 'found' ? 'Open it, or start its server from Reverie.' : 'Open it.',
  );
}

function serverRung(known: Known): Rung {
  const { server, address, lms } = known.sighting!;
  const at = address ? ` at ${hostOf(address)}` : '';
  if (server.kind === 'open' || server.kind === 'auth-required')
    return rung('server', 'good', `The server answers${at}.`);
  if (server.kind === 'foreign')
    return rung(
      'server',
      'bad',
      sentence(server.failure.message),
      'Give LM Studio’s server another port, or set the right base URL.',
    );
  if (server.kind === 'unwell')
    return rung(
      'server',
      'bad',
      sentence(server.failure.message),
      'It is tried again by itself. If it stays, restart the server in LM Studio.',
    );
  const remedy =
    known.settings.model.baseUrl !== ''
      ? 'Start that server, or clear the base URL so that Reverie looks for LM Studio.'
      : lms.kind === 'found'
        ? 'Start it from Reverie, or run: lms server start'
        : 'In LM Studio, open Developer and switch the server on.';
  return rung('server', 'bad', `No model server answers${at}.`, remedy);
}

function tokenRung(known: Known): Rung {
  const { server } = known.sighting!;
  if (server.kind === 'auth-required')
    return rung(
      'token',
      'bad',
      known.settings.model.apiKey === ''
        ? 'The server wants an API token.'
        : 'The server refuses the API token in the settings.',
      'Make a token in LM Studio (Developer, Server Settings) and enter it in Reverie’s Model view.',
    );
  if (server.kind !== 'open') return rung('token', 'unknown', 'Whether a token is wanted is not known yet.');
  return rung('token', 'good', known.settings.model.apiKey === '' ? 'No token is wanted.' : 'The token is accepted.');
}

function modelsRung(known: Known): Rung {
  const catalogue = catalogueOf(known.sighting);
  if (!catalogue) return rung('models', 'unknown', 'The list of models is not known yet.');
  const thinkers = catalogue.models.filter((each) => each.type === 'llm').length;
  const loaded = catalogue.instances.some((each) => each.type === 'llm');
  if (thinkers === 0 && !loaded)
    return rung(
      'models',
      'bad',
      'The server offers no language model.',
      'Download one in LM Studio; Reverie’s Model view says which suits this machine.',
    );
  const listed = thinkers === 1 ? 'One language model is' : `${thinkers.toLocaleString('en')} language models are`;
  return rung('models', 'good', `${listed} listed.`);
}

function loadedRung(known: Known): Rung {
  const { choice, refused, breaker } = known;
  if (!catalogueOf(known.sighting)) return rung('loaded', 'unknown', 'What is loaded is not known yet.');
  if (breaker.state === 'open')
    return rung(
      'loaded',
      'bad',
      sentence(breaker.why ?? 'The circuit breaker is open'),
      'Change something in LM Studio, or choose “Try again”.',
    );
  if (known.underway?.kind === 'load' && choice.kind !== 'use')
    return rung('loaded', 'unknown', underwayWords(known.underway));
  if (choice.kind === 'use') return rung('loaded', 'good', `Reverie thinks with ${choice.instance.id}: ${choice.why}.`);
  if (refused)
    return rung(
      'loaded',
      'bad',
      `${refused.about}: ${sentence(refused.failure.message)}`,
      remedyFor(refused.failure.code),
    );
  if (choice.kind === 'load')
    return rung(
      'loaded',
      'warning',
      known.ejected
        ? `${choice.entry.name} was unloaded and stays so until you load it.`
        : `${choice.entry.name} is not loaded; the settings name it.`,
      !known.ejected && known.settings.lmStudio.load === 'when-needed'
        ? 'It is loaded when a thought needs it.'
        : 'Load it in LM Studio or in Reverie’s Model view.',
    );
  return rung('loaded', 'bad', `No model thinks: ${choice.why}.`, 'Load one in LM Studio or in Reverie’s Model view.');
}

const remedies: Record<string, string> = {
  'insufficient-resources': 'Choose a smaller model or a smaller context, or close what needs memory.',
  'model-load-failed': 'Try another runtime in LM Studio, a smaller context, or another build of the model.',
  'model-missing': 'Choose a model that is on the disk.',
  'disk-full': 'Free some space and download it again.',
  'no-lms': 'Open LM Studio once, so that it installs its command line tool.',
  'load-timeout': 'Look into LM Studio: it may still be loading.',
};
export const remedyFor = (code: string): string =>
  remedies[code] ?? 'Look into LM Studio, then choose “Try again” in Reverie.';

function contextRung({ choice, settings, sighting }: Known): Rung {
  if (!catalogueOf(sighting) || choice.kind !== 'use')
    return rung('context', 'unknown', 'The window of the model is not known yet.');
  const { contextTokens } = choice.instance;
  if (contextTokens === null)
    return rung(
      'context',
      'warning',
      'The server does not tell how large the loaded window is; Reverie stays within 4,096 tokens.',
      null,
    );
  const window = `The loaded window is ${contextTokens.toLocaleString('en')} tokens`;
  if (!choice.short) return rung('context', 'good', `${window}.`);
  return rung(
    'context',
    'warning',
    `${window}; prompts are shortened to fit.`,
    `Load the model with ${settings.model.windowTokens.toLocaleString('en')} tokens of context.`,
  );
}

function lmsRung({ sighting }: Known): Rung {
  const { lms, running } = sighting!;
  if (lms.kind === 'found') return rung('lms', 'good', `lms ${lms.version} works.`);
  const http =
    'Reverie works over HTTP alone: it cannot start the server, show load progress, or tell whether LM Studio is busy.';
  if (lms.kind === 'unusable')
    return rung(
      'lms',
      'warning',
      `lms cannot be used: ${sentence(lms.why)} ${http}`,
      'Open LM Studio once; it replaces its command line tool.',
    );
  return rung(
    'lms',
    'warning',
    `lms was not found. ${http}`,
    running
      ? 'Restart LM Studio: that puts it back. Or set lmStudio.lmsPath in the settings.'
      : 'Open LM Studio once, or set lmStudio.lmsPath in the settings.',
  );
}
