import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicKey } from '../../core/attend/noise.ts';
import { alertText } from '../../core/decide/alert-text.ts';
import {
  type Activity,
  type Candidate,
  type Interruption,
  isBoundary,
  isGoodMoment,
  isQuiet,
  ruleAlert,
  type Standing,
} from '../../core/decide/alerts.ts';
import { noteDraft } from '../../core/observe/sources/notes.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { insight, noon, observer } from '../kit/nouns.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const observe = observer();
const alerts = (over: Partial<Settings['alerts']> = {}): Settings['alerts'] => ({
  ...defaultSettings().alerts,
  ...over,
});
const failed = () => observe({ type: 'test-failed', target: 'npm test', severity: 'error' });
const about = (over: Partial<Candidate['insight']> = {}, rest: Partial<Candidate> = {}): Candidate => ({
  insight: insight('i1', { importance: 0.8, text: '`npm test` failed 3 times.', ...over }),
  since: noon,
  evidence: [failed()],
  ...rest,
});
const critical = (over: Partial<Candidate['insight']> = {}) => about({ importance: 0.95, ...over });
/** A good moment at noon, nothing told yet. */
const standing = (over: Partial<Standing> = {}): Standing => ({
  now: noon,
  minuteOfDay: 12 * 60,
  life: 'awake',
  goodMoment: true,
  told: [],
  lessOf: new Map(),
  ...over,
});
const told = (over: Partial<Interruption> = {}): Interruption => ({
  at: noon - hourMs,
  critical: false,
  insight: { text: `another thing altogether`, evidenceIds: [] },
  ...over,
});
const ruled = (candidate: Candidate, at: Partial<Standing> = {}, settings: Partial<Settings['alerts']> = {}) => {
  const { when, why } = ruleAlert(candidate, standing(at), alerts(settings));
  return `${when}: ${why}`;
};

describe('what is worth an interruption', () => {
  it('[DE3.1] an important insight interrupts at a good moment and waits for one', () => {
    expect(ruled(about())).toBe('now: good-moment');
    expect(ruled(about(), { goodMoment: false })).toBe('later: no-good-moment');
  });

  it('[DE3.2] one below the bar never does, the bar itself is above', () => {
    expect(ruled(about({ importance: 0.749 }))).toBe('never: not-important');
    expect(ruled(about({ importance: 0.75 }))).toBe('now: good-moment');
    expect(ruled(about({ importance: 0.5 }), {}, { importantFrom: 0.4 })).toBe('now: good-moment');
  });

  it('[DE3.3] a critical one interrupts at once: in quiet hours, asleep, at no good moment, with the budget spent', () => {
    const worst: Partial<Standing> = {
      minuteOfDay: 3 * 60,
      life: 'asleep',
      goodMoment: false,
      told: Array.from({ length: 9 }, () => told()),
    };
    expect(ruled(critical(), worst)).toBe('now: critical');
    expect(ruled(critical(), worst, { perDay: 0 })).toBe('now: critical');
  });

  it('[DE3.4] nothing is told when the owner wants none, and only what is critical when they want that', () => {
    expect(ruled(critical(), {}, { notify: 'never' })).toBe('never: switched-off');
    expect(ruled(about(), {}, { notify: 'critical' })).toBe('never: only-critical');
    expect(ruled(critical(), {}, { notify: 'critical' })).toBe('now: critical');
  });

  it('[DE3.5] while paused nothing is told, critical or not: it waits', () => {
    expect(ruled(critical(), { life: 'paused' })).toBe('later: paused');
    expect(ruled(about(), { life: 'paused' })).toBe('later: paused');
  });

  it('[DE3.6] asleep only what is critical is told', () => {
    expect(ruled(about(), { life: 'asleep' })).toBe('later: asleep');
  });
});

describe('the budget', () => {
  it('[DE3.7] is so many in 24 hours; what is over it is only listed', () => {
    const four = Array.from({ length: 4 }, (_, n) => told({ at: noon - (n + 1) * hourMs }));
    expect(ruled(about(), { told: four })).toBe('now: good-moment');
    expect(ruled(about(), { told: [...four, told()] })).toBe('never: budget-spent');
    expect(ruled(about(), { told: [] }, { perDay: 0 })).toBe('never: budget-spent');
  });

  it('[DE3.8] counts neither critical ones nor those of a day ago', () => {
    const many = Array.from({ length: 9 }, () => told({ critical: true }));
    const old = Array.from({ length: 9 }, () => told({ at: noon - 24 * hourMs }));
    expect(ruled(about(), { told: [...many, ...old] })).toBe('now: good-moment');
    expect(ruled(about(), { told: old.map((each) => ({ ...each, at: each.at + 1 })) })).toBe('never: budget-spent');
  });

  it('[DE3.9] a clock that was set back by a year does not lock the owner out for one', () => {
    const ahead = (ms: number) => Array.from({ length: 9 }, () => told({ at: noon + ms }));
    expect(ruled(about(), { told: ahead(365 * 24 * hourMs) })).toBe('now: good-moment');
    expect(ruled(about(), { told: ahead(hourMs) }), 'an hour ahead is of today').toBe('never: budget-spent');
  });

  it('[DE3.7] is kept over any day, however insights come', () => {
    const gaps = fc.array(
      fc.record({ gap: fc.nat(4 * hourMs), importance: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 6 }), (come, perDay) => {
        let now = noon;
        let history: Interruption[] = [];
        come.forEach(({ gap, importance }, n) => {
          now += gap;
          const candidate = about({ importance, text: `thing_${n}.ts`, evidenceIds: [`o${n}`] }, { since: now });
          const { when, why } = ruleAlert(candidate, standing({ now, told: history }), alerts({ perDay }));
          if (when === 'now')
            history = [...history, { at: now, critical: why === 'critical', insight: candidate.insight }];
        });
        const ordinary = history.filter((each) => !each.critical);
        for (const { at } of ordinary)
          expect(ordinary.filter((each) => each.at <= at && each.at > at - 24 * hourMs).length).toBeLessThanOrEqual(
            perDay,
          );
      }),
      { seed: 20_260_611, numRuns: 200 },
    );
  });
});

describe('the same thing', () => {
  const before = (over: Partial<Candidate['insight']>, rest: Partial<Interruption> = {}) =>
    told({ insight: insight('i0', { importance: 0.8, ...over }), ...rest });

  it('[DE3.10] is told once in 24 hours: in the same words with other figures', () => {
    const same = before({ text: '`npm test` failed 2 times.' });
    expect(ruled(about(), { told: [same] })).toBe('never: told-already');
    expect(ruled(about(), { told: [{ ...same, at: noon - 24 * hourMs }] })).toBe('now: good-moment');
    expect(ruled(about(), { told: [before({ text: '`npm run lint` failed 2 times.' })] })).toBe('now: good-moment');
  });

  it('[DE3.11] is also what rests on nothing new', () => {
    const rested = before({ text: 'in other words', evidenceIds: ['o1', 'o2'] });
    expect(ruled(about({ evidenceIds: ['o2'] }), { told: [rested] })).toBe('never: told-already');
    expect(ruled(about({ evidenceIds: ['o2', 'o3'] }), { told: [rested] })).toBe('now: good-moment');
    expect(ruled(about({ evidenceIds: [] }), { told: [rested] })).toBe('now: good-moment');
  });

  it('[DE3.12] holds for critical ones among each other; what has become critical since is told', () => {
    const same = before({ text: '`npm test` failed 2 times.' });
    expect(ruled(critical(), { told: [{ ...same, critical: true }] })).toBe('never: told-already');
    expect(ruled(critical(), { told: [same] })).toBe('now: critical');
    expect(ruled(about(), { told: [{ ...same, critical: true }] })).toBe('never: told-already');
  });

  it('[DE3.13] of what is gone from memory nothing is compared', () => {
    expect(ruled(about(), { told: [told({ insight: null })] })).toBe('now: good-moment');
  });
});

describe('less of this', () => {
  const [one, other] = [failed(), observe({ target: 'src/other.ts' })];
  const less = (times: number) => new Map([[topicKey(one), times]]);

  it('[DE3.14] halves what an insight weighs, by the piece of evidence that the owner minds least', () => {
    expect(ruled(about({}, { evidence: [one] }), { lessOf: less(1) })).toBe('never: less-wanted');
    expect(ruled(about({}, { evidence: [one, other] }), { lessOf: less(1) })).toBe('now: good-moment');
    expect(ruled(about({}, { evidence: [] }), { lessOf: less(9) })).toBe('now: good-moment');
  });

  it('[DE3.15] never silences what is critical: that is told as something important', () => {
    const minded = { ...critical(), evidence: [one] };
    expect(ruled(minded, { lessOf: less(9) })).toBe('now: good-moment');
    expect(ruled(minded, { lessOf: less(1), minuteOfDay: 23 * 60 })).toBe('later: quiet-hours');
  });
});

describe('waiting', () => {
  it('[DE3.16] lasts twelve hours at most, then it is only listed', () => {
    const since = noon - 12 * hourMs;
    expect(ruled(about({}, { since: since + 1 }), { goodMoment: false })).toBe('later: no-good-moment');
    expect(ruled(about({}, { since }), { goodMoment: false })).toBe('never: waited-too-long');
    expect(ruled({ ...critical(), since }, { life: 'paused' })).toBe('never: waited-too-long');
  });

  it('[DE3.17] quiet hours hold what is important, whatever the moment and the budget', () => {
    expect(ruled(about(), { minuteOfDay: 22 * 60 })).toBe('later: quiet-hours');
    expect(ruled(about(), { minuteOfDay: 22 * 60 - 1 })).toBe('now: good-moment');
    const spent = Array.from({ length: 5 }, () => told());
    expect(ruled(about(), { minuteOfDay: 23 * 60, told: spent }), 'places of the day are free in the morning').toBe(
      'later: quiet-hours',
    );
  });
});

describe('quiet hours', () => {
  const quiet = (from: string, until: string, enabled = true) => ({ enabled, from, until });

  it('[DE3.18] begin with their first minute and end before their last, across midnight or not', () => {
    const over = (hours: Settings['alerts']['quiet']) =>
      Array.from({ length: 1_440 }, (_, minute) => minute).filter((minute) => isQuiet(minute, hours));
    const night = over(quiet('22:00', '08:00'));
    expect([
      night.length,
      night.includes(1_320),
      night.includes(1_319),
      night.includes(479),
      night.includes(480),
    ]).toEqual([600, true, false, true, false]);
    const noonish = over(quiet('12:15', '13:45'));
    expect([noonish.length, noonish[0], noonish.at(-1)]).toEqual([90, 735, 824]);
    expect(over(quiet('00:00', '23:59')).length).toBe(1_439);
  });

  it('[DE3.19] from and until alike are none, and so are those that are switched off', () => {
    for (const minute of [0, 479, 480, 481, 1_439]) {
      expect(isQuiet(minute, quiet('08:00', '08:00'))).toBe(false);
      expect(isQuiet(minute, quiet('00:00', '23:59', false))).toBe(false);
    }
  });
});

describe('a good moment', () => {
  const moment = (over: Partial<Activity>, elapsed = hourMs) =>
    isGoodMoment({ activeAt: elapsed, boundaryAt: null, toldAt: null, ...over }, elapsed);

  it('[DE3.20] is the minute after a piece of work ended, or a minute without anything', () => {
    expect(moment({})).toBe(false);
    expect(moment({ boundaryAt: hourMs })).toBe(true);
    expect(moment({ boundaryAt: hourMs - minuteMs })).toBe(false);
    expect(moment({ activeAt: hourMs - minuteMs })).toBe(true);
    expect(moment({ activeAt: hourMs - minuteMs + 1 })).toBe(false);
  });

  it('[DE3.21] is not within ten minutes of the last interruption', () => {
    expect(moment({ boundaryAt: hourMs, toldAt: hourMs - 10 * minuteMs + 1 })).toBe(false);
    expect(moment({ boundaryAt: hourMs, toldAt: hourMs - 10 * minuteMs })).toBe(true);
  });

  it('[DE3.22] follows a commit, a change of branch, the end of a merge and the end of a test run or process', () => {
    const ends = (type: string) => isBoundary(observe({ type }));
    const boundaries = [
      'commit-made',
      'commit-amended',
      'branch-switched',
      'operation-ended',
      'test-failed',
      'tests-passed',
    ];
    for (const type of [...boundaries, 'test-run-finished', 'build-ended', 'process-exited'])
      expect([type, ends(type)]).toEqual([type, true]);
    for (const type of ['file-changed', 'burst', 'operation-started', 'note-written', 'test-started', 'x-test-failed'])
      expect([type, ends(type)]).toEqual([type, false]);
  });
});

describe('what an alert says', () => {
  const said = (text: string, ...evidence: Candidate['evidence']) => alertText({ text }, evidence, false);

  it('[DE3.23] names the worst thing that it rests on, a long path by its end, a note by its words', () => {
    expect(said('x', observe({ target: 'src/a.ts' }), failed(), observe({ target: 'src/b.ts' })).title).toBe(
      'npm test',
    );
    const long = said('x', observe({ target: `${'deep/'.repeat(30)}cart/total.ts` })).title;
    expect([long.length <= 60, long.startsWith('…/'), long.endsWith('cart/total.ts')]).toEqual([true, true, true]);
    expect(said('x', observe(noteDraft('VAT for books is 7 %'))).title).toBe('VAT for books is 7 %');
    expect(said('x', observe(noteDraft('word '.repeat(100)))).title).toMatch(/^(?:word )+word…$/);
    expect([alertText({ text: 'x' }, [], true).title, said('x').title]).toEqual(['Something critical', 'Worth a look']);
  });

  it('[DE3.24] has the insight in at most 200 characters, cut on a word', () => {
    expect(said('short').body).toBe('short');
    const { body } = said('seven letters '.repeat(50));
    expect(body.length).toBeLessThanOrEqual(200);
    expect(body).toMatch(/ (?:seven|letters)…$/);
    expect(said('x'.repeat(500)).body).toHaveLength(200);
  });

  it('[DE3.25] is one line without control and direction characters, and well-formed, whatever was seen', () => {
    const { title, body } = said('a\u202eb\u0007c\nd', observe({ target: 'x\u2066y\u0000z' }));
    expect([title, body]).toEqual(['x y z', 'a b c d']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const alert = said(text, observe({ target: text }));
        for (const each of [alert.title, alert.body])
          expect([
            each.isWellFormed(),
            /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(each),
          ]).toEqual([true, false]);
        expect([alert.title.length <= 60, alert.body.length <= 200]).toEqual([true, true]);
      }),
      { seed: 20_260_612, numRuns: 300 },
    );
  });
});
