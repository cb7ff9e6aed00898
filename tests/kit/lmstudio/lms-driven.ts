import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../../core/errors.ts';
import { ok } from '../../../core/errors.ts';
import type { LmsOptions, LmsSaid } from '../../../core/host/spawn.ts';
import { type LmsCommand, lmsArgs } from '../../../core/host/spawn-lms.ts';
import { createLms, type LmsParts } from '../../../core/lmstudio/driver/lms.ts';
import { temporaryFolder } from '../data-dir.ts';
import { writeHome } from './home.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';

/** The driver with a home folder of its own that ends with the test. */
export function lmsDriver(parts: Partial<LmsParts> & { lmsPath?: string; loadMs?: number } = {}) {
  const folder = temporaryFolder('lms');
  onTestFinished(folder.remove);
  const logged: string[] = [];
  const note = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const lms = createLms({
    settings: () => ({ lmsPath: parts.lmsPath ?? '', loadMs: parts.loadMs ?? 60_000 }),
    homes: () => [join(folder.path, '.lmstudio')],
    userHome: folder.path,
    log: { debug: note, info: note, warn: note, error: note },
    ...parts,
  });
  return { lms, userHome: folder.path, logged };
}

/** The driver, the double and the simulator together. */
export async function simulatedLms(
  options: SimulatorOptions & { parts?: Partial<LmsParts>; running?: boolean } = {},
): Promise<ReturnType<typeof lmsDriver> & { sim: Simulator; file: string; port: number }> {
  const driver = lmsDriver(options.parts);
  const sim = await createSimulator({ home: join(driver.userHome, '.lmstudio'), ...options });
  onTestFinished(() => sim.close());
  const home = { home: driver.userHome, controlPort: sim.controlPort, restPort: null, internalPort: null };
  const { lms: file } = writeHome({ ...home, installed: 'lm-studio' });
  if (options.running !== false) await sim.launch();
  return { ...driver, sim, file, port: sim.internalPort() ?? 1 };
}

/** A script in the place of `lms`, found in LM Studio's home. */
export function impostor(userHome: string, script: string, place = '.lmstudio/bin/lms'): string {
  const file = join(userHome, place);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

type Said = Partial<LmsSaid> | Result<LmsSaid>;

/** The driver over scripted endings of `lms`, by the first word of the command, each used once and the last for ever. */
export function scriptedLms(script: Partial<Record<string, Said[]>>, parts: Partial<LmsParts> = {}) {
  const asked: string[] = [];
  const run = async (command: LmsCommand, options: LmsOptions): Promise<Result<LmsSaid>> => {
    if (command.name === 'version') return ended({ stdout: '{"version":"abc"}' });
    const args = lmsArgs(command);
    asked.push(args.join(' '));
    const left = script[args[0] ?? ''] ?? [{}];
    const said = ended((left.length > 1 ? left.shift() : left[0]) ?? {});
    if (said.ok && said.value.stdout !== '') options.onText?.(said.value.stdout);
    return said;
  };
  const driver = lmsDriver({ run, ...parts });
  impostor(driver.userHome, '');
  return { ...driver, asked };
}

const ended = (said: Said): Result<LmsSaid> =>
  'ok' in said ? said : ok({ exitCode: 0, signal: null, stdout: '', stderr: '', ...said });
