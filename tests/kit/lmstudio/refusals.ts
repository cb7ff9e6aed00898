import type { Profile } from './profiles.ts';

/** An answer that is an error: its status and body, word for word as reports give them. */
export interface Refusal {
  status: number;
  body: unknown;
}

const words = (status: number, error: string): Refusal => ({ status, body: { error } });

const native = (status: number, type: string, message: string, param?: string): Refusal => ({
  status,
  body: { error: { type, message, ...(param !== undefined && { param }) } },
});

const guardrailWords =
  'Model loading was stopped due to insufficient system resources. Loading it would likely overload this system.';

/** Everything the simulated server refuses with. Statuses that the reference leaves open are its suggestions. */
export const refusals = {
  unexpected: (method: string, path: string): Refusal =>
    words(200, `Unexpected endpoint or method. (${method} ${path})`),
  unauthorized: (): Refusal => ({
    status: 401,
    body: {
      error: {
        type: 'invalid_request',
        code: 'invalid_api_key',
        message: 'An API token is needed here, and it must be a valid one.',
      },
    },
  }),
  notJson: (): Refusal => words(400, 'The body is not a JSON object.'),
  missing: (param: string): Refusal => words(400, `'${param}' field is required`),
  unknownModel: (asked: string, known: readonly string[]): Refusal => ({
    status: 400,
    body: {
      error: {
        message: `Invalid model identifier "${asked}". Models that exist: ${known.slice(0, 3).join(', ')}.`,
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      },
    },
  }),
  noModels: (shape: Profile['noModels']): Refusal => {
    const message = 'No models loaded. Please load a model in the developer page or use the `lms load` command.';
    if (!shape.asObject) return words(shape.status, message);
    const error = { message, type: 'invalid_request_error', param: 'model', code: null };
    return { status: shape.status, body: { error } };
  },
  responseFormat: (): Refusal => words(400, "'response_format.type' must be 'json_schema' or 'text'"),
  overflow: (kind: Profile['overflow'], prompt: number, context: number): Refusal =>
    words(400, overflowWords(kind, prompt, context)),
  crashed: (exitCode: number | bigint): Refusal =>
    words(400, `The model has crashed without additional information. (Exit code: ${exitCode})`),
  unloaded: (): Refusal => words(400, 'Model unloaded.'),
  grammar: (): Refusal => words(400, 'Failed to parse grammar'),
  template: (): Refusal => words(400, 'Error rendering prompt with jinja template: "Unknown test: sequence".'),
  notAnEmbedder: (asked: string): Refusal =>
    words(400, `Failed to load model "${asked}": it is not an embedding model.`),
  unrecognized: (key: string): Refusal =>
    native(400, 'invalid_request', `Unrecognized key(s) in object: '${key}'`, key),
  invalid: (param: string, message: string): Refusal => native(400, 'invalid_request', message, param),
  nativeMissing: (what: string): Refusal => native(404, 'model_not_found', `${what} does not exist here.`),
  jobMissing: (id: string): Refusal => native(404, 'job_not_found', `There is no job "${id}".`),
  loadFailed: (message: string): Refusal => native(500, 'model_load_failed', message),
} as const;

/** The words that a load ends with when it does not succeed; the same for every way of loading. */
export const loadWords = {
  notFound: (key: string): string => `Model "${key}" not found.`,
  taken: (identifier: string): string => `The identifier "${identifier}" is in use already.`,
  crashed: (key: string): string => `Failed to load model "${key}". Error loading model. (Exit code: 6)`,
  refused: (key: string): string => `Failed to load model "${key}". ${guardrailWords}`,
  stopped: (key: string): string => `Failed to load model "${key}". The load was stopped.`,
} as const;

function overflowWords(kind: Profile['overflow'], prompt: number, context: number): string {
  if (kind === 'n-keep') return `Cannot truncate prompt with n_keep (${prompt}) >= n_ctx (${context})`;
  if (kind === 'greater')
    return `The number of tokens to keep from the initial prompt is greater than the context length (n_keep: ${prompt} >= n_ctx: ${context}).`;
  return `Trying to keep the first ${prompt} tokens when context overflows. However, the model is loaded with context length of only ${context} tokens, which is not enough.`;
}
