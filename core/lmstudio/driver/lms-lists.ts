import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import type { Instance, ModelEntry, ModelType, Work } from '../catalogue.ts';

// What `lms` prints as JSON (reference 4.4). Which keys are there depends on its age: all but the first are optional, others are ignored,
// and a value of another kind than expected counts as not told.

const text = z.string().min(1).max(2_000);
const told = text.nullish().catch(null);
const count = z.number().nonnegative().nullish().catch(null);

const model = z.object({
  modelKey: text,
  type: told,
  displayName: told,
  path: told,
  sizeBytes: count,
  deviceIdentifier: told,
  paramsString: told,
  quantization: z.object({ name: told }).nullish().catch(null),
  maxContextLength: count,
});

const instance = model.extend({
  identifier: text,
  contextLength: count,
  parallel: count,
  ttlMs: count,
  lastUsedTime: count,
  status: told,
  queued: count,
});

/** The models of `ls --json`, or null when this is no list. Items without a key are left out. */
export const modelsOf = (stdout: string): ModelEntry[] | null => listOf(stdout, model)?.map(toEntry) ?? null;

/** The instances of `ps --json`, or null when this is no list. Items without an identifier are left out. */
export const instancesOf = (stdout: string): Instance[] | null => listOf(stdout, instance)?.map(toInstance) ?? null;

/** The version of `version --json`, or null. Not to be compared: a hash in new ones, three numbers in old ones. */
export const versionOf = (stdout: string): string | null =>
  valueOf(stdout, z.object({ version: text }))?.version ?? null;

const daemon = z.object({ status: text, isDaemon: z.boolean().nullish().catch(null) });

/** What `daemon status --json` says, or null when it says nothing of the kind. */
export function daemonOf(stdout: string): { running: boolean; isDaemon: boolean | null } | null {
  const said = valueOf(stdout, daemon);
  if (!said || !['running', 'not-running'].includes(said.status)) return null;
  return { running: said.status === 'running', isDaemon: said.isDaemon ?? null };
}

function toEntry(item: z.infer<typeof model>): ModelEntry {
  return {
    key: item.modelKey,
    name: item.displayName ?? item.modelKey,
    type: typeOf(item.type),
    params: item.paramsString ?? null,
    quantization: item.quantization?.name ?? null,
    sizeBytes: item.sizeBytes ?? null,
    maxContextTokens: item.maxContextLength ?? null,
    reasons: null,
    path: item.path ?? null,
    remote: isRemote(item),
  };
}

function toInstance(item: z.infer<typeof instance>): Instance {
  return {
    id: item.identifier,
    key: item.modelKey,
    type: typeOf(item.type),
    contextTokens: item.contextLength ?? null,
    parallel: item.parallel ?? null,
    ttlMs: item.ttlMs ?? null,
    lastUsedAt: item.lastUsedTime ?? null,
    work: works.get(item.status ?? '') ?? 'unknown',
    queued: item.queued ?? null,
    sizeBytes: item.sizeBytes ?? null,
    remote: isRemote(item),
  };
}

const isRemote = (item: { deviceIdentifier?: string | null | undefined }): boolean =>
  (item.deviceIdentifier ?? null) !== null;

const typeOf = (said: string | null | undefined): ModelType =>
  said === 'llm' || said === 'embedding' ? said : 'other';

const works: ReadonlyMap<string, Work> = new Map([
  ['idle', 'idle'],
  ['processingPrompt', 'processing-prompt'],
  ['generating', 'generating'],
  ['computingEmbedding', 'computing-embedding'],
  ['loading', 'loading'],
]);

function listOf<Item>(stdout: string, item: z.ZodType<Item>): Item[] | null {
  const items = jsonOf(stdout);
  if (!Array.isArray(items)) return null;
  return items.flatMap((each) => {
    const read = item.safeParse(each);
    return read.success ? [read.data] : [];
  });
}

function valueOf<Value>(stdout: string, shape: z.ZodType<Value>): Value | null {
  const read = shape.safeParse(jsonOf(stdout));
  return read.success ? read.data : null;
}

/** The JSON on stdout. A line or two of other talk may come before it. */
function jsonOf(stdout: string): unknown {
  const clean = stripVTControlCharacters(stdout).trim();
  const start = /^[[{]/m.exec(clean)?.index ?? 0;
  try {
    return JSON.parse(clean.slice(start)) as unknown;
  } catch {
    return undefined;
  }
}
