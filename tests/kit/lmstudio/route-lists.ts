import type { ServerResponse } from 'node:http';
import type { CatalogModel } from './catalog.ts';
import type { Instance } from './server-instance.ts';
import type { Machine } from './server-machine.ts';
import { sendJson, write } from './server-wire.ts';

/** What a list route answers with: the bodies of the three lists. */
const lists = {
  /** Ids only. With loading on demand all that is on the disk, else what is loaded. */
  openAi: (machine: Machine) => ({
    data: entriesOf(machine).map(({ id }) => ({ id, object: 'model', owned_by: 'organization_owner' })),
    object: 'list',
  }),
  v0: (machine: Machine) => ({
    data: entriesOf(machine).map((each) => v0Entry(each.model, each.id, each.instance)),
    object: 'list',
  }),
  /** Everything on the disk, whether or not models are loaded on demand. */
  v1: (machine: Machine) => ({ models: modelsOf(machine).map((each) => v1Entry(machine, each)) }),
} as const;

export function listRoute(machine: Machine, kind: keyof typeof lists, response: ServerResponse): void | Promise<void> {
  if (machine.faults.strikes('list-without-end')) return endlessList(response);
  sendJson(response, 200, lists[kind](machine), 2);
}

/** `GET /api/v0/models/{id}`. */
export function modelRoute(machine: Machine, id: string, response: ServerResponse): void {
  const found = entriesOf(machine).find((each) => each.id === id);
  if (found) sendJson(response, 200, v0Entry(found.model, found.id, found.instance), 2);
  else sendJson(response, 404, { error: `Model ${id} not found` });
}

async function endlessList(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.write('{"object":"list","data":[');
  while (await write(response, `${'{"id":"acme/again","object":"model"},'.repeat(500)}\n`));
}

function modelsOf({ faults, catalog }: Machine): readonly CatalogModel[] {
  if (faults.strikes('empty-list')) return [];
  const all = catalog();
  const first = all[0];
  if (!first || !faults.strikes('list-of-5000')) return all;
  const more = Array.from({ length: 5_000 - all.length }, (_, n) => ({ ...first, key: `${first.key}-${n}` }));
  return [...all, ...more];
}

interface Entry {
  id: string;
  model: CatalogModel;
  instance: Instance | null;
}

/** One entry per model under its own name, and one per instance that has another. */
function entriesOf(machine: Machine): Entry[] {
  const instances = machine.memory.all();
  const models = modelsOf(machine);
  const ofModels = models.map((model) => ({
    id: model.key,
    model,
    instance: instances.find((each) => each.id === model.key) ?? null,
  }));
  const others = instances.filter((each) => each.model.key !== each.id && models.includes(each.model));
  const all: Entry[] = [...ofModels, ...others.map((each) => ({ id: each.id, model: each.model, instance: each }))];
  return machine.settings.jit ? all : all.filter((each) => each.instance?.isLoaded());
}

function v0Entry(model: CatalogModel, id: string, instance: Instance | null) {
  const type = model.type === 'embedding' ? 'embeddings' : model.type === 'llm' && model.vision ? 'vlm' : model.type;
  const isLoaded = instance?.isLoaded() === true;
  const state = isLoaded ? 'loaded' : instance ? 'loading' : 'not-loaded';
  return {
    id,
    object: 'model',
    type,
    publisher: model.publisher,
    arch: model.architecture,
    compatibility_type: model.format,
    quantization: model.quantization.name,
    state,
    max_context_length: model.maxContextLength,
    ...(isLoaded && { loaded_context_length: instance.contextTokens }),
    ...(model.type === 'llm' && { capabilities: model.toolUse ? ['tool_use'] : [] }),
  };
}

function v1Entry(machine: Machine, model: CatalogModel) {
  const loaded = machine.memory.loaded().filter((each) => each.model === model);
  const isEmbedding = model.type === 'embedding';
  const config = (each: Instance) =>
    isEmbedding
      ? { context_length: each.contextTokens }
      : {
          context_length: each.contextTokens,
          eval_batch_size: 512,
          parallel: each.parallel,
          flash_attention: true,
          offload_kv_cache_to_gpu: true,
        };
  return {
    type: model.type,
    publisher: model.publisher,
    key: model.key,
    display_name: model.displayName,
    ...(!isEmbedding && { architecture: model.architecture }),
    quantization: { name: model.quantization.name, bits_per_weight: model.quantization.bits },
    size_bytes: model.sizeBytes,
    params_string: model.paramsString,
    loaded_instances: loaded.map((each) => ({ id: each.id, config: config(each) })),
    max_context_length: model.maxContextLength,
    format: model.format,
    ...(!isEmbedding && { capabilities: capabilitiesOf(machine, model), description: null }),
    ...(model.variants && { variants: model.variants, selected_variant: model.variants[0] }),
  };
}

const capabilitiesOf = ({ profile }: Machine, model: CatalogModel) => ({
  vision: model.vision === true,
  trained_for_tool_use: model.toolUse === true,
  ...(profile.listsReasoning && model.thinks && { reasoning: { allowed_options: ['off', 'on'], default: 'on' } }),
});
