import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { writeHome } from './home.ts';
import { type ProfileName, profileNames, profiles } from './profiles.ts';
import { obey } from './server-prompt.ts';
import { createSimulator } from './simulator.ts';

/**
 * The simulator by hand, for trying the product against it:
 * `node tests/kit/lmstudio/start.ts [--profile 0.4.21] [--port 1234] [--home DIR]`. It is a fake and holds no model.
 */
const { values } = parseArgs({
  options: { profile: { type: 'string' }, port: { type: 'string' }, home: { type: 'string' } },
});
const profile: ProfileName | undefined = profileNames.find((each) => each === (values.profile ?? '0.4.21'));
if (!profile) throw new Error(`There is no profile "${values.profile}"; there are ${profileNames.join(', ')}.`);
const home = values.home ?? mkdtempSync(join(tmpdir(), 'simulated-home-'));

const simulator = await createSimulator({
  profile,
  home: join(home, '.lmstudio'),
  port: Number(values.port ?? profiles[profile].defaultPort),
  internalPort: 41_343,
  tokenDelay: 40,
  prefill: 800,
  load: 6_000,
  download: 15_000,
});
const installed = profiles[profile].product === 'bionic' ? 'bionic' : 'lm-studio';
const { lms } = writeHome({ home, controlPort: simulator.controlPort, installed, restPort: null, internalPort: null });

async function end(): Promise<void> {
  prompt.close();
  await simulator.close();
  if (values.home === undefined) rmSync(home, { recursive: true, force: true });
}

const prompt = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
prompt.on('line', (line) => void obey(simulator, line).then((shown) => console.log(shown)));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());

try {
  await simulator.launch();
  await simulator.startServer();
  console.log(`A simulator of LM Studio ${profile}: a fake, no model thinks here.
  base URL   ${simulator.baseUrl()}/v1
  home       ${home}
  lms        ${lms}
  control    http://127.0.0.1:${simulator.controlPort}
Type "help" for what can be made to happen; Ctrl+C ends it.`);
} catch (thrown) {
  console.error(
    `The simulator could not start: ${thrown instanceof Error ? thrown.message : String(thrown)}. Close LM Studio, or give another --port.`,
  );
  process.exitCode = 1;
  await end();
}
