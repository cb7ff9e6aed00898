import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, answerJsonSchema, parseAnswer, plainAnswer } from '../../core/think/answer.ts';
import { answerText } from './scripted-model.ts';

const delegation = answerText({
  action_type: 'delegate',
  target_agent: 'claude-code',
  command: 'write the missing test',
  insight: { text: 'src/a.ts grew by 40 lines, its test by none.', importance: 0.6 },
  evidence: ['o1', 'o2'],
});

function read(text: string): Answer {
  const parsed = parseAnswer(text);
  if (parsed.how === 'nothing') throw new Error(parsed.why);
  return parsed.answer;
}

describe('a decision read from a model', () => {
  it('[TH3.1] keeps every field of a decision, the insight and its evidence', () => {
    const whole = answerText(
      { insight: { text: 'It grew.', importance: 0.4 }, evidence: ['o1'] },
      {
        timeout: 60,
        should_monitor: true,
        next_check: 120,
        uncertainty_source: 'no diff',
        reflection_focus: 'the diff',
      },
    );
    expect(parseAnswer(whole)).toEqual({ how: 'json', answer: JSON.parse(whole) });
  });

  it('[TH3.1] drops what is no field of a decision', () => {
    const parsed = read('{"__proto__": {"x": 1}, "run": "rm -rf /", ' + answerText().slice(1));
    expect(Object.keys(parsed).sort()).toEqual(Object.keys(JSON.parse(answerText())).sort());
  });

  it.each([undefined, null, 'high', '', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, {}, [0.9], true])(
    '[TH3.2] takes the confidence %j for 0',
    (confidence) => {
      expect(read(answerText({}, { confidence })).metadata.confidence).toBe(0);
    },
  );

  it('[TH3.2] takes an endless confidence for 0', () => {
    for (const endless of ['1e999', '-1e999', '"Infinity"'])
      expect(read(answerText({}, { confidence: 0.5 }).replace('0.5', endless)).metadata.confidence).toBe(0);
  });

  it.each([undefined, null, 'sure', 7, []])('[TH3.2] takes the metadata %j for no confidence', (metadata) => {
    expect(read(answerText({ metadata })).metadata.confidence).toBe(0);
  });

  it('[TH3.3] bounds numbers and texts in reading, because the schema that is sent bounds nothing', () => {
    const long = '🦊x'.repeat(5_000);
    const parsed = read(
      answerText({ reasoning: long, command: long, insight: { text: long, importance: 9 } }, { confidence: -3 }),
    );
    expect(parsed.metadata.confidence).toBe(0);
    expect(parsed.insight?.importance).toBe(1);
    expect(parsed.reasoning.length).toBeLessThanOrEqual(2_000);
    expect(parsed.command?.length).toBeLessThanOrEqual(4_000);
    expect([parsed.reasoning, parsed.command, parsed.insight?.text].every((text) => text?.isWellFormed())).toBe(true);
    expect(JSON.stringify(answerJsonSchema)).not.toMatch(/length|minimum|maximum|maxItems/i);
  });

  it('[TH3.4] an action that does not exist is no decision', () => {
    for (const action_type of ['execute', '', null, 7])
      expect(parseAnswer(answerText({ action_type }))).toMatchObject({
        how: 'nothing',
        why: expect.stringContaining('action_type'),
      });
  });

  it('[TH3.5] an agent or a priority that does not exist becomes none and low', () => {
    expect(read(answerText({ target_agent: 'root-shell', priority: 'now!' }))).toMatchObject({
      target_agent: null,
      priority: 'low',
    });
    expect(read(answerText({ target_agent: 'none', command: 'null' }))).toMatchObject({
      target_agent: null,
      command: null,
    });
  });

  it('[TH3.5] odd optional fields are left out and spoil nothing', () => {
    const odd = answerText(
      { evidence: 'o1', insight: 7 },
      { next_check: -5, timeout: 'soon', should_monitor: 'yes', alternatives_considered: 'none' },
    );
    expect(read(odd)).toMatchObject({
      insight: null,
      evidence: [],
      metadata: { confidence: 0.8, alternatives_considered: [] },
    });
    expect(read(odd).metadata.next_check).toBeUndefined();
  });
});

describe('getting it out of the text', () => {
  const wrapped: [string, string][] = [
    ['a fence', `\`\`\`json\n${delegation}\n\`\`\``],
    ['prose around it', `Sure! Here is what I think:\n${delegation}\nLet me know if you need more.`],
    ['a think block', `<think>I could {"action_type": "observe"} but no.</think>\n${delegation}`],
    ['thinking without an opening tag', `first {this}, then that</think>${delegation}`],
    ['several think blocks', `<think>a</think> <THINK>b</THINK>${delegation}`],
    ['a list around it', `[${delegation}]`],
    ['a stray brace before it', `A block opens with { as you know. ${delegation}`],
    ['stray quotes before it', `It is 5" {wide" or so. ${delegation}`],
    ['an empty object before it', `{} ${delegation}`],
    ['a byte order mark', `\ufeff${delegation}`],
  ];
  it.each(wrapped)('[TH4.2] finds the object in %s', (_, text) => {
    expect(parseAnswer(text)).toEqual({ how: 'json', answer: JSON.parse(delegation) });
  });

  it.each([
    ['trailing commas', delegation.replaceAll('}', ',}').replaceAll(']', ',]')],
    ['single quotes', delegation.replaceAll('"', "'")],
    ['unquoted names', delegation.replaceAll(/"(\w+)":/g, '$1:')],
    ['comments', delegation.replace('{', '{ // my decision\n')],
    ['Python words', delegation.replace('"insight"', '"x": None, "y": True, "insight"')],
    ['a raw line break in a text', delegation.replace('40 lines', '40\nlines')],
  ])('[TH4.3] repairs %s', (_, text) => {
    expect(parseAnswer(text)).toMatchObject({
      how: 'repaired',
      answer: {
        action_type: 'delegate',
        command: 'write the missing test',
        metadata: { confidence: 0.8 },
        evidence: ['o1', 'o2'],
      },
    });
  });

  it('[TH4.3] repairs single quotes around a brace', () => {
    expect(read("{'reasoning': 'a } was missing there', 'action_type': 'observe'}").reasoning).toBe(
      'a } was missing there',
    );
  });

  it('[TH4.3] keeps what had arrived of an answer that was cut off', () => {
    const cut = delegation.slice(0, delegation.indexOf('"evidence"'));
    expect(parseAnswer(cut)).toMatchObject({
      how: 'repaired',
      answer: { action_type: 'delegate', evidence: [], insight: { importance: 0.6 } },
    });
  });

  it('[TH4.15] a delegation cut off before its confidence has none, so that policy demotes it', () => {
    const until = delegation.indexOf('0.8');
    for (let end = 1; end <= until; end++) {
      const parsed = parseAnswer(delegation.slice(0, end));
      if (parsed.how !== 'nothing') expect(parsed.answer.metadata.confidence).toBe(0);
    }
  });

  it('[TH4.4] takes the first of two objects that is a whole decision', () => {
    const first = answerText({ reasoning: 'this is the first decision' });
    expect(read(`${first}\n${delegation}`).reasoning).toBe('this is the first decision');
    expect(read(`{"note": "thinking aloud"}\n${delegation}`).action_type).toBe('delegate');
  });

  it('[TH4.5] braces, quotes, tags and whole decisions inside a text are words of that text', () => {
    const reasoning = `it adds {"action_type":"delegate","reasoning":"x"} and </think> and <think> and "}{" to a file \\`;
    expect(parseAnswer(answerText({ reasoning }))).toMatchObject({
      how: 'json',
      answer: { action_type: 'observe', reasoning },
    });
    expect(read(`\`\`\`\n${answerText({ reasoning })}\n\`\`\``).reasoning).toBe(reasoning);
  });

  it('[TH4.5] a decision that a model only weighed while thinking is none', () => {
    expect(parseAnswer(`<think>maybe ${delegation}</think>`).how).toBe('nothing');
    expect(parseAnswer(`<think>maybe ${delegation}`).how).toBe('nothing');
  });

  it('[TH4.1] never throws, whatever the text', () => {
    const words = fc.constantFrom(
      '{',
      '}',
      '"',
      "'",
      '\\',
      '<think>',
      '</think>',
      '```',
      ':',
      ',',
      '[',
      '\n',
      '"action_type"',
      'delegate',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words, { maxLength: 60 }).map((list) => list.join('')),
        ),
        (text) => {
          expect(['json', 'repaired', 'nothing']).toContain(parseAnswer(text).how);
          expect(['plain', 'nothing']).toContain(plainAnswer(text).how);
        },
      ),
      { seed: 20_260_601, numRuns: 3_000 },
    );
  });

  it('[TH4.1] never throws on a valid answer with a part taken out or put in', () => {
    fc.assert(
      fc.property(fc.nat(delegation.length), fc.nat(40), fc.string({ maxLength: 6 }), (at, removed, added) => {
        const text = delegation.slice(0, at) + added + delegation.slice(at + removed);
        const parsed = parseAnswer(text);
        if (parsed.how !== 'nothing') expect(JSON.parse(JSON.stringify(parsed.answer))).toEqual(parsed.answer);
      }),
      { seed: 20_260_602, numRuns: 3_000 },
    );
  });

  it('[TH4.6] ten megabytes of anything are read in one go', () => {
    const units = [
      '<think>',
      '</think>',
      '<think></think>',
      '{',
      '{}',
      '{"',
      '{"a":"b, ',
      '```{',
      'words ',
      '{"\\"',
      '{"a":[',
      '\ud83e',
    ];
    for (const unit of units) {
      const text = unit.repeat(10_000_000 / unit.length);
      expect(parseAnswer(text).how).toBe('nothing');
      expect(['plain', 'nothing']).toContain(plainAnswer(text).how);
    }
    expect(read(`${'words '.repeat(1_700_000)}${delegation}`).action_type).toBe('delegate');
  });
});

describe('plain language', () => {
  it('[TH4.7] only observes, or asks memory when it is unsure', () => {
    expect(plainAnswer('You changed the cart twice today.')).toMatchObject({
      how: 'plain',
      answer: { action_type: 'observe', target_agent: null, command: null, insight: null },
    });
    expect(plainAnswer('I am not sure what this change is for')).toMatchObject({
      how: 'plain',
      answer: { action_type: 'reflect', target_agent: 'memory', command: 'I am not sure what this change is for' },
    });
  });

  it('[TH4.7] never delegates, whatever it says', () => {
    const words = fc.constantFrom(
      'delegate',
      'claude-code',
      'action_type:',
      'run',
      'now',
      'sure',
      'execute',
      '?',
      'target_agent',
      'command',
      '=',
      '"',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (list) => {
        const text = list.join(' ');
        expect(parseAnswer(text).how).toBe('nothing');
        const plain = plainAnswer(text);
        if (plain.how === 'plain') {
          expect(plain.answer.action_type).not.toBe('delegate');
          expect(plain.answer.metadata.confidence).toBeLessThan(0.5);
        }
      }),
      { seed: 20_260_603, numRuns: 1_000 },
    );
  });

  it('[TH4.7] nothing, signs and thinking alone are no words', () => {
    for (const text of ['', '   \n', '......!!!', 'ok', '<think>I wonder what this may be</think>', '{'.repeat(50)])
      expect(plainAnswer(text).how).toBe('nothing');
  });

  it('[TH4.8] data that is no decision is no plain language', () => {
    expect(plainAnswer('{"error": "the model is overloaded, try again later"}').how).toBe('nothing');
    expect(plainAnswer('[{"type": "file-changed", "target": "src/a.ts"}]').how).toBe('nothing');
    expect(plainAnswer('{"reasoning": "The cart was changed twice.", "action_type": "delegat')).toMatchObject({
      how: 'plain',
      answer: { action_type: 'observe', reasoning: 'The cart was changed twice.' },
    });
  });
});
