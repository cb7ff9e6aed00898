/** What a model server says about its models, in one shape whatever it said it with. Unknown is null, never a guess. */

export type ModelType = 'llm' | 'embedding' | 'other';

/** A model that can be used: on the disk, or merely listed. */
export interface ModelEntry {
  /** What the server calls it; what a load or a request names. */
  key: string;
  name: string;
  type: ModelType;
  /** `8B`. */
  params: string | null;
  /** `Q4_K_M`. */
  quantization: string | null;
  sizeBytes: number | null;
  /** What it was trained for, not what is loaded. */
  maxContextTokens: number | null;
  /** Whether it thinks before it answers; null where the server does not say. */
  reasons: boolean | null;
  /** Where `lms load --exact` finds it; null where only HTTP was asked. */
  path: string | null;
  /** On another machine (LM Link). */
  remote: boolean;
}

export type Work = 'idle' | 'processing-prompt' | 'generating' | 'computing-embedding' | 'loading' | 'unknown';

/** A model in memory. `id` is what a request must name so that no second copy is loaded. */
export interface Instance {
  id: string;
  key: string;
  type: ModelType;
  /** The loaded window, not the trained maximum. */
  contextTokens: number | null;
  parallel: number | null;
  /** Idle time after which the server unloads it; null: never, or not told. */
  ttlMs: number | null;
  lastUsedAt: number | null;
  work: Work;
  /** Requests at it, the running one included; null where it cannot be told. */
  queued: number | null;
  sizeBytes: number | null;
  remote: boolean;
}

/** Which list gave the catalogue; the poorer ones know less. */
export type Api = 'v1' | 'v0' | 'openai';

export interface Catalogue {
  api: Api;
  models: ModelEntry[];
  instances: Instance[];
  /** False where the list names models without saying which are loaded. */
  tellsLoaded: boolean;
}
