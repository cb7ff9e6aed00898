import { describe, expect, it } from 'vitest';
import { lessFactor, noiseOf, topicKey } from '../../core/attend/noise.ts';
import { attend } from '../../core/attend/salience.ts';
import { defaultSettings } from '../../core/settings.ts';
import { observer } from '../kit/nouns.ts';

const observe = observer();
const settings = defaultSettings().attend;

describe('noise', () => {
  it('[AT3.20] is a change of nothing but whitespace', () => {
    expect(noiseOf(observe({ severity: 'error', details: { whitespaceOnly: true } }), 10)).toBe(
      'only whitespace changed',
    );
    expect(noiseOf(observe({ details: { whitespaceOnly: false } }), 10)).toBeNull();
  });

  it.each([
    [10, 0, false],
    [11, 0, true],
    [11, 1_000, true],
    [11, 1_100, false],
    [100, 9_000, true],
    [100, 10_000, false],
  ])('[AT3.21] is the same fact more than ten times a second: %i times in %i ms: %s', (count, ms, noisy) => {
    const seen = observe();
    const found = noiseOf({ ...seen, count, lastAt: seen.firstAt + ms }, 10);
    expect(found === null).toBe(!noisy);
  });

  it('[AT3.22] is not a burst, which names many things once', () => {
    expect(noiseOf(observe({ type: 'burst' }, { count: 5_000 }), 10)).toBeNull();
  });

  it('[AT3.23] is a conclusion, which was not seen', () => {
    expect(noiseOf(observe({ trust: 'derived' }), 10)).toBe('it is a conclusion, not something seen');
    for (const trust of ['owner', 'app', 'observed'] as const) expect(noiseOf(observe({ trust }), 10)).toBeNull();
  });
});

describe('“less of this”', () => {
  it('[AT3.24] halves the score of its topic each time it is said, and of no other', () => {
    const seen = observe({ target: 'locales/de.json' });
    const lessOf = (times: number) => new Map([[topicKey(seen), times]]);
    expect([0, 1, 2, 3].map((times) => lessFactor(seen, lessOf(times)))).toEqual([1, 0.5, 0.25, 0.125]);
    expect(lessFactor(observe({ target: 'src/a.ts' }), lessOf(3))).toBe(1);
    expect(lessFactor(observe({ target: 'locales/de.json', type: 'file-deleted' }), lessOf(3))).toBe(1);
  });

  it('[AT3.25] makes attention pass over the topic until it is worth more again, and never over the owner’s note', () => {
    const score = (times: number) => {
      const seen = observe({ target: 'locales/de.json' });
      const lessOf = new Map([[topicKey(seen), times]]);
      return attend([seen], { attended: [], focus: null, lessOf }, settings).scored[0]!.salience;
    };
    expect(score(0).score).toBeCloseTo(0.86);
    expect(score(1)).toMatchObject({ score: 0.43, ignored: null });
    expect(score(2).ignored).toBe('it scored 0.21, and 0.3 is needed');
    const note = observe({ trust: 'owner', type: 'note-written', target: 'milk' });
    const lessOf = new Map([[topicKey(note), 5]]);
    expect(attend([note], { attended: [], focus: null, lessOf }, settings).salient).toHaveLength(1);
  });
});
