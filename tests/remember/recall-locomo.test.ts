import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conversationsOf, stampOf } from '../bench/locomo-file.ts';
import { rankersOf, textOf } from '../bench/locomo-ranking.ts';
import { compared } from '../bench/recall-locomo.ts';

const sample = {
  sample_id: 'one',
  conversation: {
    speaker_a: 'Ada',
    speaker_b: 'Bea',
    session_10_date_time: '9:05 pm on 1 June, 2023',
    session_10: [{ speaker: 'Ada', dia_id: 'D10:1', text: 'The kiln exploded.' }],
    session_2_date_time: '1:56 pm on 8 May, 2023',
    session_2: [
      { speaker: 'Ada', dia_id: 'D2:1', text: 'I planted beans.', blip_caption: 'a garden with beans' },
      { speaker: 'Bea', dia_id: 'D2:2', text: 'Nice!' },
    ],
    session_3_date_time: '12:10 am on 9 May, 2023',
  },
  qa: [
    { question: 'What did Ada plant?', answer: 'beans', evidence: ['D2:1; D10:1'], category: 1 },
    { question: 'What exploded?', answer: 2022, evidence: ['D:11:26', 'D', 'D010:01,D2:9'], category: 2 },
    { question: 'Who?', adversarial_answer: 'Bea', evidence: [], category: 5 },
    { question: 'Why?', evidence: ['D'], category: 3 },
  ],
};

describe('LoCoMo’s file', () => {
  const [conversation] = conversationsOf([sample]);

  it('[ME3.40] is read with sessions in their order, stamps in local time and the speaker in the text of a turn', () => {
    expect(conversation?.turns.map((turn) => turn.id)).toEqual(['D2:1', 'D2:2', 'D10:1']);
    expect(conversation?.turns[0]?.at).toBe(new Date(2023, 4, 8, 13, 56).getTime());
    expect(stampOf('12:10 am on 9 May, 2023')).toBe(new Date(2023, 4, 9, 0, 10).getTime());
    expect(conversation?.turns.map((turn) => textOf(turn, false))[0]).toBe('Ada: I planted beans.');
    expect(conversation?.turns.map((turn) => textOf(turn, true))[0]).toBe(
      'Ada: I planted beans. [shares a garden with beans]',
    );
  });

  it('[ME3.41] takes several ids of one string, leaves out what is no turn, and counts questions without evidence', () => {
    expect(conversation?.questions.map((question) => question.evidence)).toEqual([['D2:1', 'D10:1'], ['D10:1']]);
    expect(conversation?.withoutEvidence).toBe(2);
    expect(() => conversationsOf({})).toThrow(/no LoCoMo file/);
  });

  it('[ME3.42] is ranked by the product’s own recall, beside plain BM25', async () => {
    const rankers = rankersOf(conversation!, false);
    try {
      expect((await rankers.recalled('What did Ada plant?', 10))[0]).toBe('D2:1');
      expect((await rankers.plain('planted', 10))[0]).toBe('D2:1');
      expect(await rankers.plain('plant', 10)).toEqual([]);
      expect(await rankers.plain('"?', 10)).toEqual([]);
    } finally {
      rankers.close();
    }
  });

  it('[ME3.43] on our own example recall finds more than plain BM25, turns and sessions', async () => {
    const own = conversationsOf(JSON.parse(readFileSync(new URL('../bench/locomo-own.json', import.meta.url), 'utf8')));
    const { recalled, plain, categories } = await compared(own, false);
    expect(recalled.questions).toBe(plain.questions);
    expect([...categories.values()].reduce((sum, each) => sum + each.questions, 0)).toBe(recalled.questions);
    expect(recalled.any).toBeGreaterThan(plain.any + recalled.questions / 10);
    expect(recalled.all).toBeGreaterThan(plain.all + recalled.questions / 10);
    expect(recalled.session).toBeGreaterThan(plain.session);
  });
});
