import type { roles } from '../protocol.ts';
import type { ModelEntry } from './catalogue.ts';

type Role = (typeof roles)[number];

/** One row of the table: a model that suits a role on machines with at least so much memory. */
interface Suggestion {
  role: Role;
  name: string;
  /** Found on the disk by its key. */
  match: RegExp;
  /** What `lms get` is asked for. */
  get: string;
  needsGb: number;
  /** About what a download weighs. */
  sizeGb: number;
  why: string;
}

/** Which models suit which role (LM5); the first row of a role that fits the machine is the advice. Edit freely: nothing else knows names. */
const suggestions: readonly Suggestion[] = [
  {
    role: 'thinker',
    name: 'Qwen3 30B A3B',
    match: /qwen3-30b-a3b/i,
    get: 'qwen/qwen3-30b-a3b-2507',
    needsGb: 32,
    sizeGb: 18.6,
    why: 'thinks like a large model at the speed of a small one: only 3 of its 30 billion parameters work on a token',
  },
  {
    role: 'thinker',
    name: 'Qwen2.5 14B Instruct',
    match: /qwen2\.5-14b-instruct/i,
    get: 'lmstudio-community/Qwen2.5-14B-Instruct-GGUF',
    needsGb: 16,
    sizeGb: 9,
    why: 'follows instructions and schemas well and fits into 16 GB',
  },
  {
    role: 'thinker',
    name: 'Qwen2.5 Coder 7B',
    match: /qwen2\.5-coder-7b/i,
    get: 'lmstudio-community/Qwen2.5-Coder-7B-Instruct-GGUF',
    needsGb: 8,
    sizeGb: 4.7,
    why: 'knows code and fits into 8 GB',
  },
  {
    role: 'reasoner',
    name: 'DeepSeek R1 Distill Qwen 14B',
    match: /deepseek-r1-distill-qwen-14b/i,
    get: 'lmstudio-community/DeepSeek-R1-Distill-Qwen-14B-GGUF',
    needsGb: 16,
    sizeGb: 9,
    why: 'reasons step by step before it answers',
  },
  {
    role: 'fast',
    name: 'Qwen2.5 Coder 7B',
    match: /qwen2\.5-coder-7b/i,
    get: 'lmstudio-community/Qwen2.5-Coder-7B-Instruct-GGUF',
    needsGb: 8,
    sizeGb: 4.7,
    why: 'answers quickly when the machine is under pressure',
  },
  {
    role: 'embedder',
    name: 'Nomic Embed Text v1.5',
    match: /nomic-embed-text-v1\.5/i,
    get: 'nomic-ai/nomic-embed-text-v1.5-GGUF',
    needsGb: 2,
    sizeGb: 0.1,
    why: 'comes with LM Studio and needs little memory',
  },
];

export interface Advice {
  name: string;
  /** Its key when it is on the disk. */
  key: string | null;
  /** What to download when it is not. */
  get: string;
  why: string;
}

const gb = 1_000_000_000;
/** Share of the memory that a model file may fill, so that its window, the system and the owner's work fit beside it. */
const fileShare = 0.6;

/**
 * What suits a role here: the best row of the table that is on the disk and fits; else what fits of the models on the disk: the largest language
 * model, for `fast` the smallest; else the best row that would fit, to download. `memoryBytes` is the machine's whole memory.
 * Null when nothing fits.
 */
export function advise(role: Role, memoryBytes: number, models: readonly ModelEntry[]): Advice | null {
  const fitting = suggestions.filter((each) => each.role === role && each.needsGb * gb <= memoryBytes * 1.1);
  const here = models.filter((each) => !each.remote && (each.sizeBytes ?? 0) <= memoryBytes * fileShare);
  for (const row of fitting) {
    const entry = here.find((each) => row.match.test(each.key));
    if (entry) return { name: row.name, key: entry.key, get: row.get, why: `${row.why}; it is on your disk` };
  }
  const own = ownFor[role](here);
  if (own) return { name: own.name, key: own.key, get: own.key, why: whyOwn(role, memoryBytes) };
  const [best] = fitting;
  return best
    ? { name: best.name, key: null, get: best.get, why: `${best.why}; about ${best.sizeGb} GB to download` }
    : null;
}

type Choose = (models: readonly ModelEntry[]) => ModelEntry | undefined;
const bySize = (models: readonly ModelEntry[]) =>
  models.filter((each) => each.type === 'llm').sort((a, b) => (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0));
const largest: Choose = (models) => bySize(models)[0];

/** What suits a role among the models that are there anyway. */
const ownFor: Record<Role, Choose> = {
  thinker: largest,
  reasoner: largest,
  fast: (models) => bySize(models).at(-1),
  embedder: (models) => models.find((each) => each.type === 'embedding'),
};

function whyOwn(role: Role, memoryBytes: number): string {
  if (role === 'embedder') return 'it is the embedding model on your disk';
  if (role === 'fast') return 'the smallest model on your disk';
  return `the largest model on your disk that fits well into ${Math.round(memoryBytes / gb)} GB`;
}
