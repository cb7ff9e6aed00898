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
import { answerText, type Said, scriptedModel, silentLog, transient } from './scripted-model.ts';

const delegating = answerText({
  action_type: 'delegate',
  target_agent: 'claude-code',
  evidence: ['o1'],
  command: 'Remove the folder of the cart and everything in it',
});

async function world(said: Said[], observations = edits(2)) {
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
  const logged: unknown[][] = [];
  const failures: Failure[] = [];
  const parts: ReflectParts = {
    gateway,
    reasoners,
    tokens,
    clock,
    log: { ...silentLog, info: (...what) => logged.push(what) },
    settings: () => settings,
    onThought: (text, { name }) => thoughts.push(`${name}: ${text}`),
    onFailure: (failure) => failures.push(failure),
  };
  const controller = new AbortController();
  const think = () => reflect(parts, promptParts(observations), 'loop', controller.signal);
  return { model, other, think, parts, thoughts, failures, asked, controller, store, clock, logged };
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
    expect((await store.spent(0)).map((entry) => entry.purpose).toSorted()).toEqual(['repair', 'thought']);
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

  it.each(['stop', 'length', 'broken'] as const)(
    '[TH4.16] takes no decision that was only weighed while reasoning, however that ended: %s',
    async (finish) => {
      const text = `One could say ${delegating}, but no: the owner is in the middle of it.`;
      const { think, thoughts, model } = await world([{ text, channel: 'reasoning', finish }, answerText()]);
      expect(await think()).toMatchObject({ how: 'json', answer: { action_type: 'observe' } });
      expect([thoughts.length > 0, model.requests.length]).toEqual([true, 2]);
      expect(model.requests[1]?.messages.at(-2)).toEqual({ role: 'assistant', content: '…' });
    },
  );

  it('[TH2.40] reads a model that thinks aloud to its end, and takes what it says there', async () => {
    const { think, model } = await world([`Should I propose ${delegating}? No.\n</think>\n\n${answerText()}`]);
    expect(await think()).toMatchObject({ how: 'json', answer: { action_type: 'observe' } });
    expect(model.requests).toHaveLength(1);
  });

  it('[TH4.40] takes no work from an answer that was cut off in the middle, asked once or twice', async () => {
    const half = { text: delegating.slice(0, delegating.indexOf(' the cart')), finish: 'length' as const };
    const mended = await world([half, answerText()]);
    expect(await mended.think()).toMatchObject({ how: 'json', answer: { action_type: 'observe' } });
    expect(mended.model.requests[1]?.messages.at(-1)?.content).toContain('cut off');
    const never = await world([half]);
    expect((await never.think()).reasoner.kind).toBe('rules');
    expect([never.model.requests.length, never.failures.map(({ code }) => code)]).toEqual([2, ['unreadable-answer']]);
  });

  it('[TH4.40] takes nothing that stood in the middle of words that were cut off', async () => {
    const text = `Should I say ${answerText()} or rather`;
    const { think, model } = await world([{ text, finish: 'length' }, answerText({ priority: 'high' })]);
    expect(await think()).toMatchObject({ answer: { priority: 'high' } });
    expect(model.requests).toHaveLength(2);
  });

  it('[TH4.41] half of a decision is none, whoever broke it off and whichever call it was', async () => {
    const loop = `{"action_type": "delegate", "command": "x", "evidence": ["o1"], "reasoning": "${'it is broken and '.repeat(200)}`;
    for (const said of [[loop], ['{"action_type": "dance"}', loop]]) {
      const { think, failures, asked } = await world(said);
      expect((await think()).reasoner.kind).toBe('rules');
      expect([asked, failures].map((all) => all.map(({ code }) => code))).toEqual([['repetition'], ['repetition']]);
    }
  });

  it('[TH4.42] when the second answer fails its failure is told, so that what broke can be mended', async () => {
    const crash = transient({ code: 'model-crashed' });
    const { think, asked, parts, other } = await world(['{"action_type": "dance"}', { failure: crash }]);
    const again = async (failure: Failure) => (asked.push(failure), other);
    parts.reasoners = { ...parts.reasoners, again };
    expect((await think()).reasoner.name).toBe('other');
    expect(asked).toEqual([crash]);
  });

  it('[TH4.43] takes no plain words from an answer that was cut off', async () => {
    const words = { text: 'Okay, the owner changed two files and I should weigh whether', finish: 'length' as const };
    const { think, failures } = await world([words]);
    expect((await think()).reasoner.kind).toBe('rules');
    expect(failures).toMatchObject([{ code: 'unreadable-answer' }]);
  });

  it('[TH4.44] the second request fits the window: it quotes as much of the first answer as there is room for', async () => {
    const quotes: number[] = [];
    const long = Array.from({ length: 1_800 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
    for (const reasons of [false, true])
      for (let contextTokens = 2_000; contextTokens <= 3_600; contextTokens += 20) {
        const { model, parts, think } = await world([`{"no": "${long}"}`, answerText()], edits(12));
        const small = { ...model, traits: { ...model.traits, contextTokens, reasons } };
        parts.reasoners = { ...parts.reasoners, choose: async () => small };
        parts.settings = () => modelSettings({ reasoningTokens: 300 });
        await think();
        for (const { messages, maxTokens, reasoningTokens } of model.requests) {
          const size = parts.tokens.count(messages.map(({ content }) => content).join('\n'));
          expect(size + maxTokens + (reasons ? reasoningTokens : 0)).toBeLessThanOrEqual(contextTokens * 0.9);
        }
        quotes.push(model.requests.length > 1 ? model.requests[1]!.messages.at(-2)!.content.length : -1);
      }
    expect(quotes).toContain(1);
    expect(Math.max(...quotes)).toBeGreaterThan(700);
  });

  it('[TH4.44] a window without room for it gets no second request', async () => {
    const { model, parts, think } = await world(['nope']);
    await think();
    const tokens = parts.tokens.count(model.requests[0]!.messages.map(({ content }) => content).join('\n'));
    const asked = model.requests.length;
    const contextTokens = Math.ceil((tokens + 512 + 10) / 0.9);
    const small = { ...model, traits: { ...model.traits, contextTokens } };
    parts.reasoners = { ...parts.reasoners, choose: async () => small };
    expect((await think()).reasoner.kind).toBe('rules');
    expect(model.requests.length - asked).toBe(1);
  });

  it('[TH5.80] reckons with 4,096 tokens where a server does not tell its window', async () => {
    const { model, parts, think } = await world([answerText()], edits(400));
    const reflection = await think();
    const [request] = model.requests;
    const size = parts.tokens.count(request!.messages.map(({ content }) => content).join('\n'));
    expect([size > 2_000, size + 512 <= 4_096 * 0.9]).toEqual([true, true]);
    expect(reflection.window).toEqual({ loadedTokens: 4_096, reasons: false });
  });

  it('[TH5.81] a prompt that was shortened is logged with its figures, and no other', async () => {
    const few = await world([answerText()]);
    await few.think();
    expect(few.logged).toEqual([]);
    const many = await world([answerText()], edits(400));
    await many.think();
    expect(many.logged).toMatchObject([
      ['prompt-shortened', { strategy: 'hybrid', masked: expect.any(Number) as number }],
    ]);
    const figures = many.logged[0]?.[1] as Record<string, number>;
    expect(figures.tokensBefore).toBeGreaterThan(figures.tokens! * 3);
  });

  it('[TH2.41] tells the thought by fifty tokens or a tenth of a second, the rest at the end, and leaves no timer', async () => {
    const reasoning = Array.from({ length: 90 }, (_, n) => `word${n}`).join(' ');
    const fast = await world([{ text: answerText({ reasoning }), pieceChars: 4 }]);
    await fast.think();
    expect(fast.thoughts.length).toBeLessThan(20);
    expect([fast.thoughts.at(-1), fast.clock.waiting()]).toEqual([`scripted: ${reasoning}`, 0]);
    const slow = await world([{ hang: '{"reasoning": "It is slow' }]);
    const thinking = slow.think();
    await slow.clock.pass(0);
    await slow.clock.pass(99);
    expect(slow.thoughts).toEqual([]);
    await slow.clock.pass(1);
    expect(slow.thoughts).toEqual(['scripted: It is slow']);
    slow.controller.abort(new Error('paused'));
    await expect(thinking).rejects.toThrow('paused');
    const left = await world([{ hang: '{"reasoning": "It is slow' }]);
    const leaving = left.think();
    await left.clock.pass(0);
    left.controller.abort(new Error('paused'));
    await expect(leaving).rejects.toThrow('paused');
    expect([left.clock.waiting(), left.thoughts]).toEqual([0, []]);
  });

  it.each([
    [100, ['scripted: half', 'scripted: ']],
    [50, []],
  ])('[TH2.41] begins to tell anew when the thought had to give way after %d ms', async (ms, before) => {
    const said = [{ hang: '{"reasoning": "half' }, 'owner', answerText()];
    const { think, parts, model, thoughts, clock } = await world(said);
    const thinking = think();
    await clock.pass(0);
    await clock.pass(ms);
    const { signal } = new AbortController();
    await parts.gateway.call({ model, request: model.requests[0]!, purpose: 'note', lane: 'owner', signal });
    await thinking;
    expect(thoughts).toEqual([...before, `scripted: ${JSON.parse(answerText()).reasoning}`]);
  });

  it('[TH4.17] tells the readable thought each time it grew, and whose it is', async () => {
    const { think, thoughts } = await world([
      { text: answerText({ reasoning: 'One word more. '.repeat(40).trim() }), pieceChars: 2 },
    ]);
    await think();
    expect(thoughts.length).toBeGreaterThan(3);
    expect(thoughts.at(-1)).toBe(`scripted: ${'One word more. '.repeat(40).trim()}`);
    expect(new Set(thoughts).size).toBe(thoughts.length);
    for (const [n, text] of thoughts.entries()) expect(text.startsWith(thoughts[n - 1] ?? '')).toBe(true);
  });

  it('[TH4.18] fails as a whole when even the rules say nothing that can be read', async () => {
    const { think, parts } = await world([refused]);
    parts.reasoners = { ...parts.reasoners, rules: () => scriptedModel([''], { kind: 'rules', name: 'rules' }) };
    await expect(think()).rejects.toThrow('nothing that could be read');
  });
});
