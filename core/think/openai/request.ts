import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import type { ModelRequest } from '../../ports.ts';
import type { OptionalPart } from './failures.ts';

/** Beside OpenAI's own: sampling figures by the names that LM Studio, llama.cpp and others take. */
export type StreamRequest = ChatCompletionCreateParamsStreaming & { top_k?: number; repeat_penalty?: number };

/** What is known of the other side when a request is worded. */
export interface Addressee {
  model: string;
  /** Parts that this server refused before. */
  refused: ReadonlySet<OptionalPart>;
  /** Whether the model thinks before it answers: then its limit holds the allowance for that, too. */
  reasons: boolean;
}

/** The request in the words of the protocol. Figures that leave the matter to the server are not sent. */
export function bodyOf(request: ModelRequest, { model, refused, reasons }: Addressee): StreamRequest {
  const takes = (part: OptionalPart) => !refused.has(part);
  const limit = request.maxTokens + (reasons ? request.reasoningTokens : 0);
  return {
    model,
    messages: request.messages,
    stream: true,
    ...(takes('usage') && { stream_options: { include_usage: true } }),
    ...(takes('maxTokens') ? { max_tokens: limit } : { max_completion_tokens: limit }),
    ...(takes('temperature') && { temperature: request.temperature }),
    ...(takes('topP') && { top_p: request.topP }),
    ...(takes('topK') && request.topK > 0 && { top_k: request.topK }),
    ...(takes('repeatPenalty') && request.repeatPenalty !== 1 && { repeat_penalty: request.repeatPenalty }),
    ...(request.schema && takes('schema') && { response_format: formatOf(request.schema) }),
  };
}

const formatOf = ({ name, schema }: NonNullable<ModelRequest['schema']>): ResponseFormatJSONSchema => ({
  type: 'json_schema',
  json_schema: { name, strict: true, schema: schema as Record<string, unknown> },
});

/** Names that the asked schema wants at its top level. */
export function requiredNames({ schema }: ModelRequest): string[] {
  const wanted = schema?.schema;
  const names = typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted) ? wanted['required'] : null;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** How long the server may read the prompt before its first word: about four characters to a token. */
export function prefillMs({ messages }: ModelRequest, msPerToken: number): number {
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(chars / 4) * msPerToken;
}
