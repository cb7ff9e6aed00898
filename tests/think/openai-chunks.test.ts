import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChunkReader, createThinkSplitter, type Token } from '../../core/think/openai/chunks.ts';

const joined = (tokens: Token[], channel: Token['channel']) =>
  tokens.flatMap((token) => (token.channel === channel ? [token.text] : [])).join('');

function split(pieces: string[]): { answer: string; reasoning: string } {
  const splitter = createThinkSplitter();
  const tokens = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
  return { answer: joined(tokens, 'answer'), reasoning: joined(tokens, 'reasoning') };
}

/** The text cut at these places. */
function cut(text: string, places: number[]): string[] {
  const at = [...new Set([0, ...places.map((place) => place % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

describe('inline thinking', () => {
  it('[TH1.7] is told from the answer wherever the stream is cut', () => {
    const text = '<think>Is 1 < 2? Yes, </thin> is no tag.</think>{"text":"a < b"}';
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (places) => {
        expect(split(cut(text, places))).toEqual({
          answer: '{"text":"a < b"}',
          reasoning: 'Is 1 < 2? Yes, </thin> is no tag.',
        });
      }),
    );
  });

  it('[TH1.7] stays reasoning to the end when the tag is never closed', () => {
    expect(split(['<thi', 'nk>still thinking </th'])).toEqual({ answer: '', reasoning: 'still thinking </th' });
  });

  it('[TH1.7] is no tag inside the data of an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200)), (places) => {
        const text = '{"text":"the log says <think> and </think>"}';
        expect(split(cut(text, places))).toEqual({ answer: text, reasoning: '' });
      }),
    );
  });

  it('[TH1.7] loses no character of a text without tags', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('<', 't', 'think>', '/', 'a', ' ') })), (pieces) => {
        fc.pre(!/<\/?think>/.test(pieces.join('')));
        expect(split(pieces).answer).toBe(pieces.join(''));
      }),
    );
  });
});

describe('chunks', () => {
  it('[TH1.5] of any shape are read without a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), (chunks) => {
        const reader = createChunkReader();
        for (const chunk of chunks) reader.read(chunk);
        reader.end();
      }),
    );
    const reader = createChunkReader();
    for (const choices of [null, 1, [], [null], [{ delta: null }], [{ delta: { content: 7, reasoning: {} } }]])
      expect(reader.read({ choices, usage: 'much' })).toEqual([]);
    expect([reader.finish(), reader.usage(), reader.spoke()]).toEqual([null, null, false]);
  });

  it('[TH1.7] that carry the same thought under both names tell it once', () => {
    const reader = createChunkReader();
    const delta = { reasoning_content: 'hm', reasoning: 'hm', content: null };
    expect(reader.read({ choices: [{ delta }] })).toEqual([{ channel: 'reasoning', text: 'hm' }]);
  });

  it('[TH9.4] give usage wherever it stands, and none when all figures are zero', () => {
    const reader = createChunkReader();
    reader.read({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } });
    expect(reader.usage()).toBeNull();
    reader.read({ choices: [{ delta: { content: 'x' } }], usage: { prompt_tokens: 7, completion_tokens: 1 } });
    reader.read({ choices: [] });
    expect(reader.usage()).toEqual({ promptTokens: 7, completionTokens: 1, exact: true });
  });
});
