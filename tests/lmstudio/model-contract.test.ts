import { describe, it } from 'vitest';
import type { ModelRequest } from '../../core/ports.ts';
import { answerJsonSchema } from '../../core/think/answer.ts';
import { createOpenAiModel } from '../../core/think/models/openai.ts';
import { modelContract } from '../contracts/model.ts';
import { profileNames } from '../kit/lmstudio/profiles.ts';
import { createSimulator } from '../kit/lmstudio/simulator.ts';
import { silentLog } from '../think/scripted-model.ts';

/**
 * One contract for every server that may think for Reverie: the simulator in each of its versions always; a real LM Studio when
 * `REVERIE_LMSTUDIO_URL` names one, any other OpenAI-compatible server when `REVERIE_OPENAI_URL` does (base URLs; `…_MODEL` and `…_KEY`
 * beside them where they are wanted). These two spend tokens.
 */
const request: ModelRequest = {
  messages: [
    { role: 'system', content: 'You judge what happened. Answer with one JSON object and nothing else.' },
    {
      role: 'user',
      content: 'A file was changed: src/cart.ts, 3 lines added. Observe it, in one sentence of reasoning.',
    },
  ],
  schema: { name: 'thought', schema: answerJsonSchema },
  maxTokens: 400,
  reasoningTokens: 2_048,
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  repeatPenalty: 1.1,
  context: null,
};

const model = (baseUrl: string, name: string, apiKey = '') =>
  createOpenAiModel({
    baseUrl,
    name,
    apiKey,
    strict: name !== '',
    connectMs: 10_000,
    prefillMsPerToken: 50,
    inactivityMs: 120_000,
    callMs: 600_000,
    log: silentLog,
  });

for (const profile of profileNames) {
  modelContract(`LM Studio as simulated, ${profile}`, async () => {
    const simulator = await createSimulator({ profile });
    await simulator.launch();
    await simulator.startServer();
    await simulator.load('acme/demo-8b', { contextLength: 8_192 });
    return {
      model: model(`${simulator.baseUrl()}/v1`, 'acme/demo-8b'),
      request,
      inferences: () => simulator.inferences(),
      close: () => simulator.close(),
    };
  });
}

describe.each([
  ['a real LM Studio', 'REVERIE_LMSTUDIO'],
  ['any OpenAI-compatible server', 'REVERIE_OPENAI'],
])('%s', (name, server) => {
  const baseUrl = process.env[`${server}_URL`];
  if (baseUrl === undefined) it.skip(`is asked when ${server}_URL names one`);
  else
    modelContract(`${name} at ${baseUrl}`, async () => ({
      model: model(baseUrl, process.env[`${server}_MODEL`] ?? '', process.env[`${server}_KEY`]),
      request,
      close: async () => undefined,
    }));
});
