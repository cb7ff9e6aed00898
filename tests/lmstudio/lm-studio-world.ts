import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../core/host/system.ts';
import { createLmStudio } from '../../core/lmstudio/driver/lm-studio.ts';
import type { Lms } from '../../core/lmstudio/driver/lms.ts';
import type { Clock } from '../../core/ports.ts';
import { defaultSettings } from '../../core/settings.ts';
import { keptLog, scriptedLms } from './rest-world.ts';

export interface WorldOptions {
  /** Files below the user's home folder. */
  files?: Record<string, unknown>;
  rest?: number[];
  internal?: number[];
  baseUrl?: string;
  apiKey?: string;
  lms?: Lms;
  clock?: Clock;
  ownAddresses?: string[];
}

/** A driver on a machine of this test: its own home folder and default ports. */
export async function driverOn(options: WorldOptions) {
  const home = await mkdtemp(join(tmpdir(), 'reverie-driver-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), JSON.stringify(content));
  };
  for (const [path, content] of Object.entries(options.files ?? {})) write(path, content);
  const settings = defaultSettings();
  settings.model.baseUrl = options.baseUrl ?? '';
  settings.model.apiKey = options.apiKey ?? '';
  const { log, lines } = keptLog();
  const studio = createLmStudio({
    settings: () => settings,
    userHome: home,
    platform: 'linux',
    lms: options.lms ?? scriptedLms().lms,
    clock: options.clock ?? systemClock,
    log,
    ports: { rest: options.rest ?? [], internal: options.internal ?? [] },
    ownAddresses: () => options.ownAddresses ?? [],
  });
  return { studio, settings, lines, home, write };
}

export const restConfig = '.lmstudio/.internal/http-server-config.json';
export const bionicConfig = '.lmstudio/apps/bionic/.internal/http-server-config.json';
export const internalConfig = '.lmstudio/.internal/http-server.json';

/** One model as the native list of 0.4 tells it. */
export const v1Model = (key: string, loaded: { id: string; context: number; parallel?: number }[] = []) => ({
  type: 'llm',
  publisher: 'acme',
  key,
  display_name: `Name of ${key}`,
  architecture: 'llama',
  quantization: { name: 'Q4_K_M', bits_per_weight: 4 },
  size_bytes: 5_000_000_000,
  params_string: '8B',
  loaded_instances: loaded.map(({ id, context, parallel = 4 }) => ({
    id,
    config: { context_length: context, parallel, flash_attention: true },
  })),
  max_context_length: 131_072,
  format: 'gguf',
  capabilities: { vision: false, trained_for_tool_use: true },
});

export const v1List = (...models: object[]) => ({ json: { models } });
