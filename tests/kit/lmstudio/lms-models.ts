import type { Item } from './lms-machine.ts';
import { connect, Exit, known, must, numberOf, type Shell, textOf, usage } from './lms-shell.ts';

/** The commands of the double that have to do with models. */

export async function ls(shell: Shell): Promise<void> {
  const { flags, rest, machine, out, cli } = shell;
  if (rest[0] !== undefined && flags['variants']) throw usage('a model key and --variants exclude each other');
  await connect(shell);
  const { models } = await must(machine.models());
  const kinds = ['llm', 'embedding'].filter((kind) => flags[kind]);
  const asked = models
    .filter((model) => kinds.length === 0 || kinds.includes(String(model['type'])))
    .filter((model) => rest[0] === undefined || model['modelKey'] === rest[0])
    .map((model) => known(cli, model));
  if (flags['variants']) {
    const several = asked.filter((model) => Array.isArray(model['variants']) && model['variants'].length > 0);
    out(`${JSON.stringify(several.map((model) => ({ model, variants: [model] })))}\n`);
  } else if (flags['json']) out(`${JSON.stringify(asked)}\n`);
  else
    for (const model of asked)
      out(`\u001b[36m${String(model['modelKey'])}\u001b[39m  ${String(model['paramsString'])}\n`);
}

export async function ps(shell: Shell): Promise<void> {
  await connect(shell);
  const { instances } = await must(shell.machine.instances());
  const shown = instances.map((each) => known(shell.cli, each));
  if (shell.flags['json']) shell.out(`${JSON.stringify(shown)}\n`);
  else if (shown.length === 0) shell.err(shell.words.noModels);
  else
    for (const each of shown)
      shell.out(`\u001b[36m${String(each['identifier'])}\u001b[39m  ${String(each['status'])}\n`);
}

export async function load(shell: Shell): Promise<void> {
  const { machine, words, err, flags } = shell;
  if (flags['parallel'] !== undefined && !shell.cli.parallelFlag) throw usage("unknown option '--parallel'");
  const gpu = gpuOf(textOf(shell, 'gpu'));
  const body = {
    identifier: textOf(shell, 'identifier'),
    contextLength: numberOf(shell, 'context-length'),
    parallel: numberOf(shell, 'parallel'),
    ttlSeconds: numberOf(shell, 'ttl'),
    gpu,
  };
  await connect(shell);
  const key = keyOf(shell, (await must(machine.models())).models);
  if (flags['estimate-only']) return err(words.estimate);
  const startedAt = performance.now();
  for await (const step of spin(shell, machine.steps('load', { key, ...body }), (share) => words.loading(key, share))) {
    if ('error' in step) throw new Exit(1, words.failed(step.error));
    if (!('loaded' in step)) continue;
    err(words.loaded((performance.now() - startedAt) / 1_000));
    err(words.use(step.loaded.identifier));
    return;
  }
  throw new Exit(1, words.failed('the connection was lost'));
}

function gpuOf(given: string | undefined): string | number | undefined {
  if (given === undefined || given === 'off' || given === 'max') return given;
  if (/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/.test(given)) return Number(given);
  throw usage(`option '--gpu <value>' argument '${given}' is invalid.`);
}

/** The model that is meant: by its path, by subsequence with `-y`, else by a part of the key that only one has. */
function keyOf({ flags, rest, words }: Shell, models: Item[]): string {
  const wanted = rest[0] ?? '';
  const keys = models.map((model) => String(model['modelKey']));
  const found = flags['exact']
    ? models.filter((model) => model['path'] === wanted).map((model) => String(model['modelKey']))
    : keys.filter((key) => (flags['yes'] ? isSubsequence(wanted, key) : key.includes(wanted)));
  if (found[0] === undefined) throw new Exit(1, words.noSuchModel(wanted));
  // It would ask which one is meant, and nobody is there to answer.
  if (found.length > 1 && !flags['yes']) throw new Exit(1, 'ExitPromptError: User force closed the prompt');
  return found[0];
}

function isSubsequence(part: string, whole: string): boolean {
  let at = -1;
  return part
    .toLowerCase()
    .split('')
    .every((char) => (at = whole.toLowerCase().indexOf(char, at + 1)) >= 0);
}

/** Passes steps on and draws those that tell a share, with the bytes of a spinner. */
async function* spin<Step extends object>(
  { out }: Shell,
  steps: AsyncIterable<Step>,
  say: (percent: number) => string,
): AsyncGenerator<Step> {
  out('\u001b[?25l');
  try {
    for await (const step of steps) {
      if ('progress' in step) out(`\r\u001b[K\u001b[33m⠋\u001b[39m ${say(Math.round(Number(step.progress) * 100))}`);
      yield step;
    }
  } finally {
    out('\r\u001b[K\u001b[?25h');
  }
}

export async function unload(shell: Shell): Promise<void> {
  const { machine, words, err, rest, flags } = shell;
  const id = rest[0];
  if (id !== undefined && flags['all']) return err(words.oneOrAll);
  await connect(shell);
  if (id === undefined && !flags['all']) {
    const { instances } = await must(machine.instances());
    throw new Exit(1, instances.length === 0 ? words.nothingLoaded : 'ExitPromptError: User force closed the prompt');
  }
  const { unloaded, unknown } = await must(machine.unload(id === undefined ? { all: true } : { identifier: id }));
  // An error in words, and yet exit code 0, as the real one has it.
  if (unknown && id !== undefined) err(words.noInstance(id));
  for (const each of unloaded) err(words.unloaded(each));
}

export async function get(shell: Shell): Promise<void> {
  const { machine, words, out, err, rest } = shell;
  const name = rest[0];
  if (name === undefined) throw new Exit(1, 'ExitPromptError: User force closed the prompt');
  await connect(shell);
  out(`${words.plan(name)}\n  └─ ${name}\n`);
  const bar = (percent: number) => `[${'#'.repeat(percent / 5).padEnd(20)}] ${percent.toFixed(2)}%`;
  for await (const step of spin(shell, machine.steps('get', { name }), bar)) {
    if ('error' in step) throw new Exit(1, words.notDownloaded(step.error));
    if ('done' in step) return err(words.downloaded);
  }
  throw new Exit(1, words.notDownloaded('the connection was lost'));
}
