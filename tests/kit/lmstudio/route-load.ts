import type { ServerResponse } from 'node:http';
import { type Refusal, refusals } from './refusals.ts';
import type { Job } from './server-downloads.ts';
import type { Instance } from './server-instance.ts';
import { type Machine, modelOf } from './server-machine.ts';
import { sendJson, sendRefusal } from './server-wire.ts';

type Body = Record<string, unknown>;

const loadKeys = {
  model: 'string',
  context_length: 'number',
  eval_batch_size: 'number',
  flash_attention: 'boolean',
  num_experts: 'number',
  offload_kv_cache_to_gpu: 'boolean',
  echo_load_config: 'boolean',
};

/** Native routes of the newer kind take no key that they do not know. */
function strictly(body: Body, keys: Record<string, string>, required: string): Refusal | null {
  const strange = Object.keys(body).find((key) => !(key in keys));
  if (strange !== undefined) return refusals.unrecognized(strange);
  if (body[required] === undefined) return refusals.invalid(required, `'${required}' is required`);
  const wrong = Object.keys(body).find((key) => typeof body[key] !== keys[key]);
  return wrong === undefined ? null : refusals.invalid(wrong, `'${wrong}' must be a ${keys[wrong]}`);
}

/** `POST /api/v1/models/load`: always a new instance; answers when it is loaded, minutes later or never. */
export async function loadRoute(machine: Machine, body: Body, response: ServerResponse): Promise<void> {
  const refusal = strictly(body, loadKeys, 'model');
  if (refusal) return sendRefusal(response, refusal);
  const model = modelOf(machine.catalog(), String(body['model']));
  if (!model) return sendRefusal(response, refusals.nativeMissing(`The model "${String(body['model'])}"`));
  const startedMs = machine.clock.elapsed();
  const contextLength = body['context_length'] as number | undefined;
  const loaded = await machine.memory.load({ model, by: 'rest', ...(contextLength && { contextLength }) });
  if (!loaded.ok) return sendRefusal(response, refusals.loadFailed(loaded.words));
  const { instance } = loaded;
  const nameKey = machine.faults.strikes('old-load-answer') ? 'model_instance_id' : 'instance_id';
  sendJson(response, 200, {
    type: model.type,
    [nameKey]: instance.id,
    load_time_seconds: (machine.clock.elapsed() - startedMs) / 1000,
    status: 'loaded',
    ...(body['echo_load_config'] === true && { load_config: echoOf(instance, body) }),
  });
}

function echoOf({ model, contextTokens }: Instance, body: Body) {
  if (model.type === 'embedding') return { context_length: contextTokens };
  return {
    context_length: contextTokens,
    eval_batch_size: body['eval_batch_size'] ?? 512,
    flash_attention: body['flash_attention'] ?? true,
    offload_kv_cache_to_gpu: body['offload_kv_cache_to_gpu'] ?? true,
  };
}

/** `POST /api/v1/models/unload`. */
export function unloadRoute(machine: Machine, body: Body, response: ServerResponse): void {
  const refusal = strictly(body, { instance_id: 'string' }, 'instance_id');
  if (refusal) return sendRefusal(response, refusal);
  const id = String(body['instance_id']);
  if (!machine.memory.unload(id)) return sendRefusal(response, refusals.nativeMissing(`The instance "${id}"`));
  sendJson(response, 200, { instance_id: id });
}

/** `POST /api/v1/models/download`. */
export function downloadRoute(machine: Machine, body: Body, response: ServerResponse): void {
  const refusal = strictly(body, { model: 'string', quantization: 'string' }, 'model');
  if (refusal) return sendRefusal(response, refusal);
  const begun = machine.downloads.begin(String(body['model']));
  if (!begun) return sendRefusal(response, refusals.nativeMissing(`The model "${String(body['model'])}"`));
  if (begun.already) return sendJson(response, 200, { status: 'already_downloaded' });
  const { job } = begun;
  sendJson(response, 200, {
    job_id: job.id,
    status: job.status,
    total_size_bytes: job.model.sizeBytes,
    started_at: new Date(job.startedAt).toISOString(),
  });
}

/** `GET /api/v1/models/download/status/{job}`. */
export function downloadStatusRoute(machine: Machine, id: string, response: ServerResponse): void {
  const job = machine.downloads.job(id);
  if (!job) return sendRefusal(response, refusals.jobMissing(id));
  sendJson(response, 200, statusOf(job));
}

const statusOf = (job: Job) => ({
  job_id: job.id,
  status: job.status,
  total_size_bytes: job.model.sizeBytes,
  downloaded_bytes: Math.round(job.model.sizeBytes * job.share),
  started_at: new Date(job.startedAt).toISOString(),
  ...(job.status === 'downloading' && { bytes_per_second: 20_000_000 }),
  ...(job.completedAt !== null && { completed_at: new Date(job.completedAt).toISOString() }),
});
