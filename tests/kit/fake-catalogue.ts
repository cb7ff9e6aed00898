import type { Instance, ModelEntry } from '../../core/lmstudio/catalogue.ts';
import { minuteMs } from './fake-days.ts';
import { entry, instance } from './lm-studio-double.ts';

/** The models of the fake engine's model server: on the disk and in memory. */
const bytesOf = (gigabytes: number) => gigabytes * 1_000_000_000;
const model = (key: string, name: string, params: string, gigabytes: number, rest: Partial<ModelEntry> = {}) =>
  entry(key, { name, params, sizeBytes: bytesOf(gigabytes), ...rest });

export const thinker = model('qwen2.5-14b-instruct', 'Qwen2.5 14B Instruct', '14B', 9);
const gemma = model('gemma-3-4b-it', 'Gemma 3 4B', '4B', 3.3);
const nomic = model('text-embedding-nomic-embed-text-v1.5', 'Nomic Embed Text v1.5', '137M', 0.084, {
  type: 'embedding',
  maxContextTokens: 2_048,
});

export const onDisk: readonly ModelEntry[] = [
  model('deepseek-r1-distill-qwen-14b', 'DeepSeek R1 Distill Qwen 14B', '14B', 9, { maxContextTokens: 131_072 }),
  gemma,
  model('llama-3.2-3b-instruct', 'Llama 3.2 3B Instruct', '3B', 2, { remote: true }),
  nomic,
  thinker,
  model('qwen2.5-coder-7b-instruct', 'Qwen2.5 Coder 7B Instruct', '7B', 4.7),
];

export const manyOnDisk = (count: number): ModelEntry[] =>
  Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(4, '0');
    return model(`lab/model-${number}-instruct`, `Model ${number} Instruct`, '7B', 4 + (index % 9));
  });

/** One that Reverie loaded, named as it names them. */
export const loadedByReverie = ({ key, type, sizeBytes }: ModelEntry): Instance =>
  instance(`reverie/${key.split('/').at(-1)}`, { key, type, sizeBytes });

/** What the owner has in memory beside it; the first leaves by itself soon after `at`. */
export const loadedByOwner = (at: number): Instance[] => [
  instance(gemma.key, {
    contextTokens: 4_096,
    sizeBytes: gemma.sizeBytes,
    ttlMs: 60 * minuteMs,
    lastUsedAt: at - 47 * minuteMs - 40_000,
  }),
  instance(nomic.key, { type: 'embedding', contextTokens: 2_048, sizeBytes: nomic.sizeBytes }),
];

/** All that the server itself tells of them, where `lms` cannot be asked. */
export const toldOverHttp = (instances: readonly Instance[]): Instance[] =>
  instances.map((each) => ({ ...each, ttlMs: null, lastUsedAt: null, work: 'unknown', queued: null }));
