import { z } from 'zod';
import type { Api, Catalogue, Instance, ModelEntry, ModelType } from '../catalogue.ts';

/** Longer ones cannot be named in a request of ours. */
const name = z.string().min(1).max(300);
const words = name.nullable().catch(null);
const count = z.number().int().min(1).nullable().catch(null);

const loadedSchema = z.object({
  id: name,
  context_length: count,
  config: z.object({ context_length: count, parallel: count }).catch({ context_length: null, parallel: null }),
});

/** One model in any of the three lists; what a list does not tell, or tells in a way that nobody knows, is null. */
const itemSchema = z.object({
  key: words,
  id: words,
  display_name: words,
  type: words,
  params_string: words,
  quantization: z
    .union([name, z.object({ name }).transform((each) => each.name)])
    .nullable()
    .catch(null),
  size_bytes: count,
  max_context_length: count,
  state: words,
  loaded_context_length: count,
  loaded_instances: z.array(z.unknown()).nullable().catch(null),
  capabilities: z.object({ reasoning: z.unknown() }).nullable().catch(null),
  deviceIdentifier: words,
  device_identifier: words,
});
type Item = z.infer<typeof itemSchema> & { key: string };

const reasoningSchema = z.object({ default: words, allowed_options: z.array(z.string()).catch([]) });

/** The catalogue in the body of a list, or null when the body is not this list. Told by its shape alone. */
export function catalogueOf(api: Api, body: unknown): Catalogue | null {
  const items = itemsOf(api, body);
  if (items === null) return null;
  const known = items.flatMap((each) => itemOf(each) ?? []);
  if (items.length > 0 && known.length === 0) return null;
  const first = new Map([...known].reverse().map((item) => [item.key, item] as const));
  const instances = new Map(known.flatMap(instancesOf).map((each) => [each.id, each] as const));
  return {
    api,
    models: known.filter((item) => first.get(item.key) === item).map((item) => entryOf(api, item)),
    instances: [...instances.values()],
    tellsLoaded: api !== 'openai',
  };
}

function itemsOf(api: Api, body: unknown): unknown[] | null {
  const { models, data } = (typeof body === 'object' && body !== null ? body : {}) as {
    models?: unknown;
    data?: unknown;
  };
  if (api === 'v1') return Array.isArray(models) ? models : null;
  // Some servers give the bare list.
  const list: unknown = api === 'openai' && Array.isArray(body) ? body : data;
  if (!Array.isArray(list)) return null;
  const first: unknown = list[0];
  const hasState = typeof first === 'object' && first !== null && 'state' in first;
  return api === 'v0' && list.length > 0 && !hasState ? null : list;
}

function itemOf(raw: unknown): Item | null {
  const read = itemSchema.safeParse(raw);
  const key = read.data?.key ?? read.data?.id ?? null;
  return read.data && key !== null ? { ...read.data, key } : null;
}

function typeOf(item: Item): ModelType {
  if (item.type === 'llm' || item.type === 'vlm') return 'llm';
  if (item.type === 'embedding' || item.type === 'embeddings') return 'embedding';
  if (item.type !== null) return 'other';
  // A list of bare ids says no more than the name does.
  return /embed/i.test(item.key) ? 'embedding' : 'llm';
}

const isRemote = (item: Item): boolean => (item.deviceIdentifier ?? item.device_identifier) !== null;

const entryOf = (api: Api, item: Item): ModelEntry => ({
  key: item.key,
  name: item.display_name ?? item.key,
  type: typeOf(item),
  params: item.params_string,
  quantization: item.quantization,
  sizeBytes: item.size_bytes,
  maxContextTokens: item.max_context_length,
  reasons: api === 'v1' ? reasonsBy(item) : null,
  path: null,
  remote: isRemote(item),
});

/** Whether it thinks when the request says nothing about it. */
function reasonsBy(item: Item): boolean | null {
  const told = reasoningSchema.safeParse(item.capabilities?.reasoning);
  if (!told.success) return null;
  const usual = told.data.default;
  return usual === null ? told.data.allowed_options.some((each) => each !== 'off') : usual !== 'off';
}

function instancesOf(item: Item): Instance[] {
  const loaded = (item.loaded_instances ?? []).flatMap((each) => loadedSchema.safeParse(each).data ?? []);
  if (item.loaded_instances === null && item.state === 'loaded')
    return [instanceOf(item, item.key, item.loaded_context_length, null)];
  if (item.loaded_instances === null && item.state === 'loading')
    return [{ ...instanceOf(item, item.key, null, null), work: 'loading' }];
  return loaded.map((each) =>
    instanceOf(item, each.id, each.config.context_length ?? each.context_length, each.config.parallel),
  );
}

const instanceOf = (item: Item, id: string, contextTokens: number | null, parallel: number | null): Instance => ({
  id,
  key: item.key,
  type: typeOf(item),
  contextTokens,
  parallel,
  ttlMs: null,
  lastUsedAt: null,
  work: 'unknown',
  queued: null,
  sizeBytes: item.size_bytes,
  remote: isRemote(item),
});
