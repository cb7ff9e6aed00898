import { describe, expect, it } from 'vitest';
import { answerKey, createLastUsed, vectorKey } from '../../core/think/gateway/answer-cache.ts';
import { withTraits } from './gateway-world.ts';
import { request, scriptedModel } from './scripted-model.ts';

const model = scriptedModel(['x']);
const exact = { temperature: 0 };

describe('the keys of the answer cache', () => {
  it('[TH8.64] are equal for equal requests, whatever the order of their fields', () => {
    const { messages, ...rest } = request(exact);
    expect(answerKey(model, { ...rest, messages }, [])).toBe(answerKey(model, request(exact), []));
  });

  it('[TH8.64] differ by every setting, the words, the schema, the place and what may end the stream', () => {
    const keys = [
      answerKey(model, request(exact), []),
      answerKey(model, request({ ...exact, maxTokens: 99 }), []),
      answerKey(model, request({ ...exact, reasoningTokens: 1 }), []),
      answerKey(model, request({ ...exact, topP: 0.5 }), []),
      answerKey(model, request({ ...exact, topK: 5 }), []),
      answerKey(model, request({ ...exact, repeatPenalty: 1.5 }), []),
      answerKey(model, request({ ...exact, schema: { name: 'thought', schema: {} } }), []),
      answerKey(model, request({ ...exact, messages: [{ role: 'user', content: 'Other words' }] }), []),
      answerKey(model, request({ ...exact, messages: [{ role: 'system', content: 'Other words' }] }), []),
      answerKey(model, request(exact), ['decision']),
      answerKey(withTraits(model, { place: 'elsewhere' }), request(exact), []),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('[TH8.92] are small, however long the words', () => {
    const long = request({ ...exact, messages: [{ role: 'user', content: 'words '.repeat(10_000) }] });
    expect(answerKey(model, long, [])?.length).toBeLessThan(40);
  });

  it('[TH8.64] are none where chance has a say, or rules answer', () => {
    expect(answerKey(model, request({ temperature: 0.01 }), [])).toBe(null);
    expect(answerKey(scriptedModel(['x'], { kind: 'rules' }), request(exact), [])).toBe(null);
  });

  it('[TH8.64] tell vectors apart by place, name and text', () => {
    const { traits } = model;
    const keys = [
      vectorKey({ name: 'a', traits }, 'text'),
      vectorKey({ name: 'b', traits }, 'text'),
      vectorKey({ name: 'a', traits }, 'texts'),
      vectorKey({ name: 'a', traits: { ...traits, place: 'elsewhere' } }, 'text'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what was used last', () => {
  it('[TH8.66] is kept, and what was not used for longest is forgotten', () => {
    const kept = createLastUsed<number>({ entries: 3, bytesOf: () => 1 });
    for (const [at, key] of ['a', 'b', 'c'].entries()) kept.set(key, at);
    expect(kept.get('a')).toBe(0);
    kept.set('d', 3);
    expect(['a', 'b', 'c', 'd'].map(kept.get)).toEqual([0, undefined, 2, 3]);
    kept.set('a', 9);
    kept.set('e', 4);
    expect(['a', 'c', 'd', 'e'].map(kept.get)).toEqual([9, undefined, 3, 4]);
  });

  it('[TH8.92] is kept as far as it takes no more than its bytes', () => {
    const kept = createLastUsed<string>({ bytes: 10, bytesOf: (text) => text.length });
    kept.set('a', '1234');
    kept.set('b', '1234');
    kept.set('a', '12345');
    kept.set('c', '12');
    expect(['a', 'b', 'c'].map(kept.get)).toEqual(['12345', undefined, '12']);
    kept.set('d', '12345678901');
    expect(['a', 'c', 'd'].map(kept.get)).toEqual([undefined, undefined, undefined]);
    kept.set('e', '1234567890');
    expect(kept.get('e')).toBe('1234567890');
  });
});
