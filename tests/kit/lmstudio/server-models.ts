import type { CatalogModel } from './catalog.ts';
import type { Instance } from './server-instance.ts';

/** A model as the newest `lms ls --json` lists it, keys in its order. */
export function modelInfo(model: CatalogModel): Record<string, unknown> {
  return { ...headOf(model), ...tailOf(model) };
}

/** An instance as the newest `lms ps --json` lists it. */
export function instanceInfo(instance: Instance): Record<string, unknown> {
  const { model } = instance;
  const view = instance.view();
  return {
    ...headOf(model),
    identifier: view.id,
    ttlMs: view.ttlMs,
    lastUsedTime: view.lastUsedAt,
    ...tailOf(model),
    contextLength: view.contextTokens,
    status: view.status,
    queued: view.queued,
    parallel: model.type === 'embedding' ? null : view.parallel,
    engineConfigFileEnabled: false,
  };
}

const headOf = (model: CatalogModel) => ({
  type: model.type,
  modelKey: model.key,
  // The name that the command line has for models in Apple's format.
  format: model.format === 'mlx' ? 'safetensors' : model.format,
  displayName: model.displayName,
  publisher: model.publisher,
  path: model.path,
  sizeBytes: model.sizeBytes,
  indexedModelIdentifier: model.path,
  deviceIdentifier: model.deviceIdentifier ?? null,
  paramsString: model.paramsString,
  architecture: model.architecture,
  quantization: model.quantization,
  ...(model.variants && { variants: model.variants, selectedVariant: model.variants[0] }),
});

const tailOf = (model: CatalogModel) =>
  model.type === 'embedding'
    ? { maxContextLength: model.maxContextLength }
    : {
        vision: model.vision === true,
        trainedForToolUse: model.toolUse === true,
        maxContextLength: model.maxContextLength,
      };
