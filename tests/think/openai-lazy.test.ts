import { expect, it, vi } from 'vitest';
import { createOpenAiModel } from '../../core/think/models/openai.ts';
import { collect } from '../contracts/model.ts';
import { startScriptedServer } from '../kit/scripted-server.ts';
import { optionsFor } from './openai-world.ts';

const loaded = vi.hoisted((): string[] => []);
vi.mock('openai', (original) => {
  loaded.push('openai');
  return original();
});
vi.mock('undici', (original) => {
  loaded.push('undici');
  return original();
});

it('[TH1.2] a probe asks for the list of models only, and loads no client library', async () => {
  const server = await startScriptedServer();
  const model = createOpenAiModel(optionsFor(server));
  expect(await model.probe(new AbortController().signal)).toMatchObject({ ok: true });
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models']);
  expect(loaded).toEqual([]);

  const messages = [{ role: 'user' as const, content: 'o1' }];
  await collect(model, {
    messages,
    schema: null,
    maxTokens: 100,
    temperature: 0,
    topP: 1,
    reasoningTokens: 0,
    topK: 0,
    repeatPenalty: 1,
    context: null,
  });
  expect(loaded.toSorted()).toEqual(['openai', 'undici']);
  await server.close();
});
