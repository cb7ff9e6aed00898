import type { Failure, FailureClass } from '../../errors.ts';

/** Parts of a request that some servers do not know; each can be left out. */
const optionalParts = ['schema', 'usage', 'maxTokens', 'temperature', 'topP', 'topK', 'repeatPenalty'] as const;
export type OptionalPart = (typeof optionalParts)[number];

/** What a server said instead of an answer. `status` is null when it said so inside a stream that had begun well. */
export interface Refusal {
  status: number | null;
  body: unknown;
  retryAfterMs?: number | undefined;
}

interface Words {
  /** Matched against the whole body as text, because servers put the same words in different places. */
  pattern: RegExp;
  class: FailureClass;
  code: string;
  message: string | ((found: RegExpExecArray) => string);
}

const words: Words[] = [
  {
    pattern: /unexpected endpoint/i,
    class: 'permanent',
    code: 'not-openai',
    message: 'Something answers at this address, but it does not know the OpenAI routes. Check the base URL.',
  },
  {
    pattern: /invalid_api_key|incorrect api key|invalid api key|missing api key|unauthorized/i,
    class: 'permission',
    code: 'auth-required',
    message: 'The model server wants an API key, or another one than the key in the settings.',
  },
  {
    pattern: /insufficient_quota/i,
    class: 'permission',
    code: 'quota-spent',
    message: 'The account at the model server has no quota left.',
  },
  ...overflowWords(),
  {
    pattern: /insufficient (system )?(resources|memory)|out of memory|failed to allocate/i,
    class: 'resource',
    code: 'insufficient-resources',
    message: 'The model server refuses to load the model: the machine has too little memory free for it.',
  },
  {
    pattern: /failed to load model|error loading model|model_load_failed/i,
    class: 'resource',
    code: 'model-load-failed',
    message: 'The model server could not load the model.',
  },
  {
    pattern: /model has crashed|exit code: \d+/i,
    class: 'transient',
    code: 'model-crashed',
    message: 'The model crashed inside its server.',
  },
  {
    pattern: /model (is |was |has been )?unloaded|unloaded or crashed|channel error/i,
    class: 'transient',
    code: 'model-unloaded',
    message: 'The model was unloaded while it was needed.',
  },
  {
    pattern: /no models? (is |are )?loaded/i,
    class: 'transient',
    code: 'no-model',
    message: 'The model server runs, but has no model loaded.',
  },
  {
    pattern: /model_not_found|invalid model identifier|model\b.{0,200}\b(not found|does not exist)/i,
    class: 'permanent',
    code: 'model-missing',
    message: 'The model server does not have the model it was asked for.',
  },
  {
    pattern: /jinja|chat template|rendering prompt/i,
    class: 'permanent',
    code: 'template-broken',
    message: 'The chat template of the model cannot be rendered; another build of the model may help.',
  },
];

function overflowWords(): Words[] {
  const overflow = { class: 'resource', code: 'context-overflow' } as const;
  const known = (found: RegExpExecArray) =>
    `The prompt (${found[1]} tokens) does not fit into the loaded context (${found[2]} tokens).`;
  const turned = (found: RegExpExecArray) =>
    `The prompt (${found[2]} tokens) does not fit into the loaded context (${found[1]} tokens).`;
  const general =
    /greater than the context length|exceeds? the (available )?context|context_length_exceeded|exceed_context_size|maximum context length|context (length|window|size) exceeded/i;
  return [
    { pattern: /n_keep:?\s*\(?(\d+)\)?.*?n_ctx:?\s*\(?(\d+)/is, ...overflow, message: known },
    { pattern: /keep the first (\d+) tokens.*?length of only (\d+)/is, ...overflow, message: known },
    { pattern: /n_prompt_tokens\W{1,4}(\d+).*?n_ctx\W{1,4}(\d+)/is, ...overflow, message: known },
    { pattern: /maximum context length is (\d+) tokens.*?(\d+) tokens/is, ...overflow, message: turned },
    { pattern: general, ...overflow, message: 'The prompt does not fit into the context that the model has loaded.' },
  ];
}

const unsupported = /unsupported|not supported|unrecognized|unknown|unexpected|extra (inputs|fields)|not permitted/i;
const partNames: Record<OptionalPart, RegExp> = {
  schema: /response_format|json_schema|structured output|grammar|\bschema\b/i,
  usage: /stream_options|include_usage/i,
  maxTokens: /\bmax_tokens\b/,
  temperature: /\btemperature\b/,
  topP: /\btop_p\b/,
  topK: /\btop_k\b/,
  repeatPenalty: /\brepeat_penalty\b/,
};

/** The part of a request that this text refuses, or null. Naming a figure is not enough: a figure can also be out of range. */
function refusedPart(text: string): OptionalPart | null {
  const named = optionalParts.find((part) => partNames[part].test(text));
  if (named === undefined) return null;
  return named === 'schema' || named === 'usage' || unsupported.test(text) ? named : null;
}

const byStatus = (status: number | null, body: unknown): Omit<Failure, 'retryAfterMs'> => {
  if (status === null)
    return { class: 'transient', code: 'model-error', message: 'The model server reported an error.' };
  if (status < 300)
    return {
      class: 'permanent',
      code: 'not-openai',
      message: 'What answers at this address is no OpenAI-compatible server.',
    };
  if (status < 400)
    return {
      class: 'permanent',
      code: 'redirected',
      message: 'The server points to another address; set that one as base URL.',
    };
  if (status === 404 && typeof body !== 'object')
    return {
      class: 'permanent',
      code: 'not-openai',
      message: 'The server at this address does not know the OpenAI routes.',
    };
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return { class: 'transient', code: 'server-error', message: `The model server failed (HTTP ${status}).` };
  return {
    class: 'permanent',
    code: 'request-refused',
    message: `The model server refuses the request (HTTP ${status}).`,
  };
};

/**
 * The failure behind an answer that is none (LO4), told by its words first and by its status only where the words say nothing. Words of
 * the server are matched, never passed on: they may repeat the prompt.
 */
export function failureOfRefusal(refusal: Refusal): Failure {
  const { status, body, retryAfterMs } = refusal;
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  if (status === 401)
    return {
      class: 'permission',
      code: 'auth-required',
      message: 'The model server wants an API key, or another one than the key in the settings.',
    };
  for (const entry of words) {
    const found = entry.pattern.exec(text);
    if (found)
      return {
        class: entry.class,
        code: entry.code,
        message: typeof entry.message === 'string' ? entry.message : entry.message(found),
      };
  }
  if (status === 403)
    return { class: 'permission', code: 'forbidden', message: 'The model server does not allow this.' };
  if (status === 429) {
    const limited: Failure = {
      class: 'rate-limited',
      code: 'rate-limited',
      message: 'The model server asks for fewer requests.',
    };
    return retryAfterMs === undefined ? limited : { ...limited, retryAfterMs };
  }
  const part = refusedPart(text);
  if (part)
    return {
      class: 'permanent',
      code: `${part}-refused`,
      message: `The model server does not know a part of the request (${part}).`,
    };
  const failure = byStatus(status, body);
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

/** The optional part that a failure of `failureOfRefusal` is about, or null. */
export const partOf = (failure: Failure): OptionalPart | null =>
  optionalParts.find((part) => failure.code === `${part}-refused`) ?? null;

const connectionCodes: [RegExp, string, string][] = [
  [/^ECONNREFUSED$/, 'connection-refused', 'No model server answers at this address.'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/, 'host-unknown', 'The name of the model server cannot be resolved.'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN)$/, 'host-unreachable', 'The model server cannot be reached.'],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)$/, 'timeout', 'The model server did not answer in time.'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, 'connection-reset', 'The connection to the model server broke.'],
];

/** The failure behind a thrown connection error, found along its chain of causes. `otherwise` names what is not recognised. */
export function failureOfConnection(thrown: unknown, otherwise: string): Failure {
  for (const code of codesOf(thrown)) {
    const known = connectionCodes.find(([pattern]) => pattern.test(code));
    if (known) return { class: 'transient', code: known[1], message: known[2] };
    if (/CERT|TLS|SSL|VERIFY/.test(code))
      return {
        class: 'permanent',
        code: 'tls-failed',
        message: 'The certificate of the model server is not trusted here.',
      };
  }
  return { class: 'transient', code: otherwise, message: 'The connection to the model server broke.' };
}

function codesOf(thrown: unknown, depth = 0): string[] {
  if (!(thrown instanceof Error) || depth > 4) return [];
  const { code, errors } = thrown as { code?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? [code] : [];
  const inner = Array.isArray(errors) ? errors.flatMap((each) => codesOf(each, depth + 1)) : [];
  return [...own, ...inner, ...codesOf(thrown.cause, depth + 1)];
}

/**
 * The failure behind anything the client library throws: its error with a status or a body is a refusal; everything else (a TypeError for
 * a dropped stream, a SyntaxError for a line that is no JSON) is a broken connection.
 */
export function failureOfThrown(thrown: unknown): Failure {
  const { status, error, headers } = (thrown ?? {}) as { status?: unknown; error?: unknown; headers?: unknown };
  if (typeof status === 'number' || error !== undefined)
    return failureOfRefusal({
      status: typeof status === 'number' ? status : null,
      body: error ?? (thrown instanceof Error ? thrown.message : ''),
      retryAfterMs: headers instanceof Headers ? retryAfterOf(headers) : undefined,
    });
  if (thrown instanceof SyntaxError || thrown instanceof TypeError)
    return { class: 'transient', code: 'stream-broken', message: 'The stream of the model server broke.' };
  return failureOfConnection(thrown, 'stream-broken');
}

/** Milliseconds after which the server allows another try: `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function retryAfterOf(headers: Headers): number | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
