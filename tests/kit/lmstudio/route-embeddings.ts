import type { ServerResponse } from 'node:http';
import { refusals } from './refusals.ts';
import { instanceFor, isRefusal, loadOnDemand, type Machine, modelOf } from './server-machine.ts';
import { runEmbedding } from './server-prediction.ts';
import { goneSignal, sendJson, sendRefusal } from './server-wire.ts';

/** `POST /v1/embeddings` and its twin under `/api/v0`. */
export async function embeddingsRoute(
  machine: Machine,
  body: Record<string, unknown>,
  response: ServerResponse,
): Promise<void> {
  const gone = goneSignal(response);
  const { input, model: asked } = body;
  const texts = Array.isArray(input) ? input.map(String) : typeof input === 'string' ? [input] : null;
  if (!texts) return sendRefusal(response, refusals.missing('input'));
  const known = modelOf(machine.catalog(), String(asked));
  if (known?.type === 'llm') return refuseLanguageModel(machine, String(asked), response);
  const instance = await instanceFor(machine, asked, body['ttl']);
  if (isRefusal(instance)) return sendRefusal(response, instance);
  const { dimensions, quantization } = instance.model;
  if (dimensions === undefined) return sendRefusal(response, refusals.notAnEmbedder(String(asked)));
  machine.countInference();
  const end = await runEmbedding(machine, instance, gone);
  if (end.kind === 'failed') return sendRefusal(response, end.refusal);
  if (end.kind === 'gone') return;
  const data = texts.map((text, index) => ({ object: 'embedding', embedding: vectorOf(text, dimensions), index }));
  const tail = machine.profile.embeddingNamesQuant ? `@${quantization.name.toLowerCase()}` : '';
  const usage = { prompt_tokens: 0, total_tokens: 0 };
  sendJson(response, 200, { object: 'list', data, model: `${instance.id}${tail}`, usage });
}

async function refuseLanguageModel(machine: Machine, asked: string, response: ServerResponse): Promise<void> {
  const model = modelOf(machine.catalog(), asked);
  if (model && machine.profile.embeddingsLoadAnew && machine.settings.jit)
    await loadOnDemand(machine, model, undefined);
  sendRefusal(response, refusals.notAnEmbedder(asked));
}

/** A vector of length 1 that follows from the words: texts that share words lie near each other. It knows no meaning. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const at = hashOf(word);
    vector[at % dimensions]! += at % 2 === 0 ? 1 : -1;
    vector[(at >>> 8) % dimensions]! += 0.5;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((each) => each / length);
}

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (const char of word) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return hash;
}
