import { describe, expect, it } from 'vitest';
import type { Failure } from '../../core/errors.ts';
import { defaultSettings } from '../../core/settings.ts';
import { createBudget } from '../../core/think/gateway/budget.ts';
import { createRuleReasoner } from '../../core/think/models/rules.ts';
import { type ReflectParts, reflect } from '../../core/think/reflect.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import { fakeClock, seededRandom } from '../kit/clock.ts';
import { plainGateway } from '../kit/gateway.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { steadyReasoners } from '../kit/reasoners.ts';
import { waitFor } from '../kit/wait-for.ts';
import { edits, modelSettings, promptParts } from './prompt-parts.ts';
import { answerText, type Said, scriptedModel, transient } from './scripted-model.ts';

async function world(said: Said[]) {
  const model = scriptedModel(said);
  const clock = fakeClock();
  const store = memoryStore();
  const settings = modelSettings();
  const tokens = createTokenCounter();
  const budget = createBudget({ clock, store, settings: () => defaultSettings().budget });
  const gateway = plainGateway({ budget, tokens, random: seededRandom(1), clock });
  const other = scriptedModel([answerText()], { name: 'other' });
  const asked: Failure[] = [];
  const reasoners = steadyReasoners(model, createRuleReasoner(), {
    async again(failure) {
      asked.push(failure);
      return null;
    },
  });
  const thoughts: string[] = [];
  const failures: Failure[] = [];
  const parts: ReflectParts = {
    gateway,
    reasoners,
    tokens,
    settings: () => settings,
    onThought: (text, { name }) => thoughts.push(`${name}: ${text}`),
    onFailure: (failure) => failures.push(failure),
  };
  const controller = new AbortController();
  const think = () => reflect(parts, promptParts(edits(2)), 'loop', controller.signal);
  return { model, other, think, parts, thoughts, failures, asked, controller, store };
}

const refused: Said = { failure: transient({ code: 'connection-refused', message: 'no server answers' }) };

describe('one thought', () => {
  it('[TH4.10] asks with the schema and reads the answer', async () => {
    const { model, think, failures } = await world([answerText()]);
    expect(await think()).toMatchObject({
      how: 'json',
      answer: { action_type: 'observe' },
      reasoner: { kind: 'server', name: 'scripted' },
    });
    expect(model.requests).toHaveLength(1);
    expect(model.requests[0]).toMatchObject({
      schema: { name: 'thought' },
      maxTokens: 512,
      temperature: 0.7,
      topP: 0.9,
    });
    expect(failures).toEqual([]);
  });

  it('[TH4.10] asks once more when the answer cannot be read, saying what was wrong with it', async () => {
    const { model, think, store } = await world(['{"action_type": "dance", "reasoning": "why not"}', answerText()]);
    expect(await think()).toMatchObject({ how: 'json', answer: { action_type: 'observe' } });
    const [first, second] = model.requests;
    expect(second?.messages.slice(0, 2)).toEqual(first?.messages);
    expect(second?.messages.slice(2).map((message) => message.role)).toEqual(['assistant', 'user']);
    expect(second?.messages.at(-1)?.content).toContain('action_type');
    expect((await store.spent(0)).map((entry) => entry.purpose)).toEqual(['thought', 'repair']);
  });

  it('[TH4.11] keeps plain words of the second answer, else of the first, as an observation', async () => {
    const second = await world(['nope', 'You edited the cart twice today.']);
    expect(await second.think()).toMatchObject({
      how: 'plain',
      answer: { action_type: 'observe', reasoning: 'You edited the cart twice today.' },
    });
    const first = await world(['You edited the cart twice today.', '...']);
    expect(await first.think()).toMatchObject({
      how: 'plain',
      answer: { reasoning: 'You edited the cart twice today.' },
    });
    const gone = await world(['You edited the cart twice today.', refused]);
    expect(await gone.think()).toMatchObject({ how: 'plain', reasoner: { name: 'scripted' } });
    expect([second, first, gone].map(({ model }) => model.requests.length)).toEqual([2, 2, 2]);
  });

  it('[TH4.12] lets rules think when two answers held no words, and says which server it was', async () => {
    const { think, failures, model } = await world(['', '{}']);
    const reflection = await think();
    expect(reflection.reasoner).toEqual({ kind: 'rules', name: 'rules' });
    expect(reflection.answer.reasoning.length).toBeGreaterThan(10);
    expect(failures).toMatchObject([
      { class: 'model-output', code: 'unreadable-answer', message: expect.stringContaining('scripted') },
    ]);
    expect(model.requests).toHaveLength(2);
  });

  it('[LO4.2] asks whoever was mended or came instead, and lets rules think only when nobody did', async () => {
    const { think, failures, parts, other, model } = await world([refused]);
    parts.reasoners = { ...parts.reasoners, again: async (_, failed) => (failed === model ? other : null) };
    expect((await think()).reasoner.name).toBe('other');
    expect(failures).toEqual([]);
    parts.reasoners = { ...parts.reasoners, again: async () => null };
    expect((await think()).reasoner.kind).toBe('rules');
    expect(failures).toMatchObject([{ code: 'connection-refused' }]);
  });

  it('[LO4.2] asks three models at most for one thought', async () => {
    const { think, parts, model } = await world([refused]);
    parts.reasoners = { ...parts.reasoners, again: async () => model };
    expect((await think()).reasoner.kind).toBe('rules');
    expect(model.requests).toHaveLength(3);
  });

  it('[TH5.70] sends nothing to a model whose window cannot hold the instructions', async () => {
    const { think, parts, model, failures } = await world([answerText()]);
    const tiny = { ...model, traits: { ...model.traits, contextTokens: 700 } };
    parts.reasoners = { ...parts.reasoners, choose: async () => tiny };
    expect((await think()).reasoner.kind).toBe('rules');
    expect([model.requests.length, failures.map(({ code }) => code)]).toEqual([0, ['window-too-small']]);
  });

  it('[TH4.13] an abort ends it at once with the reason, blames no server and asks no other mind', async () => {
    const { think, controller, failures, asked, model } = await world([{ hang: '{"reasoning": "half' }]);
    const thinking = think();
    await waitFor('the request', () => model.requests.length === 1);
    const reason = new Error('paused');
    controller.abort(reason);
    await expect(thinking).rejects.toBe(reason);
    await expect(think()).rejects.toBe(reason);
    await waitFor('the end of the call', () => model.running() === 0);
    expect([failures, model.requests.length]).toEqual([[], 1]);
    expect(asked).toEqual([]);
  });

  it('[TH4.14] an insight that was cut off in the middle is not told', async () => {
    const cut = answerText({ insight: { text: 'src/a.ts grew by 40 lines', importance: 0.5 }, evidence: [] });
    const until = (words: string) => ({
      text: cut.slice(0, cut.indexOf(words) + words.length),
      finish: 'length' as const,
    });
    const half = await world([until('grew by 4')]);
    expect(await half.think()).toMatchObject({ how: 'repaired', answer: { action_type: 'observe', insight: null } });
    const whole = answerText({ insight: { text: 'src/a.ts grew by 40 lines.', importance: 0.5 }, evidence: ['o1'] });
    const kept = await world([{ text: whole.slice(0, -3), finish: 'broken' }]);
    expect(await kept.think()).toMatchObject({ answer: { insight: { text: 'src/a.ts grew by 40 lines.' } } });
    const stopped = await world([{ text: cut, finish: 'length' }]);
    expect(await stopped.think()).toMatchObject({ how: 'json', answer: { insight: { importance: 0.5 } } });
  });

  it('[TH4.16] reads an answer that came as reasoning', async () => {
    const { think, thoughts } = await world([{ text: answerText(), channel: 'reasoning' }]);
    expect(await think()).toMatchObject({ how: 'json', reasoner: { name: 'scripted' } });
    expect(thoughts).toEqual([]);
  });

  it('[TH4.17] tells the readable thought each time it grew, and whose it is', async () => {
    const { think, thoughts } = await world([answerText()]);
    await think();
    expect(thoughts.at(-1)).toBe(`scripted: ${JSON.parse(answerText()).reasoning}`);
    expect(new Set(thoughts).size).toBe(thoughts.length);
    for (const [n, text] of thoughts.entries()) expect(text.startsWith(thoughts[n - 1] ?? '')).toBe(true);
  });

  it('[TH4.18] fails as a whole when even the rules say nothing that can be read', async () => {
    const { think, parts } = await world([refused]);
    parts.reasoners = { ...parts.reasoners, rules: () => scriptedModel([''], { kind: 'rules', name: 'rules' }) };
    await expect(think()).rejects.toThrow('nothing that could be read');
  });
});
