import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Evidence, Memory, Summary } from '../../core/memory.ts';
import { openStore } from '../../core/remember/sql/store.ts';
import type { Observation } from '../../core/types.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import {
  cycleRecord,
  decision,
  dream,
  episode,
  evidence,
  expectation,
  insight,
  memory,
  noon,
  observer,
  salience,
  sleepRecord,
  sleepStep,
} from '../kit/nouns.ts';

const secret = 'zyxotter opens the vault of zyxbadger';

/** A store in a file, and every byte that it has on the disk. */
function opened() {
  const folder = temporaryFolder('erasing');
  const file = join(folder.path, 'reverie.db');
  const store = openStore(file);
  onTestFinished(() => {
    store.close();
    folder.remove();
  });
  const see = observer();
  function observe(...observations: Observation[]): void {
    store.append({ entries: observations.map((observation) => ({ observation, mergeInto: null })), marks: [] });
    store.commitCycle(cycleRecord({ attended: observations.map(({ id }) => ({ id, salience: salience() })) }));
  }
  return {
    store,
    see,
    observe,
    note: (text: string): Observation => {
      const note = see({ type: 'note-written', target: 'note', trust: 'owner', details: { text } });
      observe(note);
      return note;
    },
    remember: (id: string, over: Partial<Memory>, ...of: Evidence[]) =>
      store.changeMemories([{ kind: 'remember', memory: memory(id, over), evidence: of }]),
    found: (text: string) => store.lexical([{ text }], {}, 9).map(({ item }) => item.id),
    kept: () =>
      store
        .memories({ limit: 99 })
        .map(({ id }) => id)
        .sort(),
    bytes: () =>
      ['', '-wal']
        .filter((suffix) => existsSync(file + suffix))
        .map((suffix) => readFileSync(file + suffix, 'latin1').toLowerCase())
        .join(''),
  };
}

const ofMemory = (id: string, snapshot = 'it said so') => evidence(id, { kind: 'memory', snapshot });
const rules = { kind: 'rules' as const, name: 'rules' };
const summary = (from: number, text: string): Summary => ({
  level: 'day',
  from,
  until: from + 9,
  text,
  reasoner: rules,
});

describe('what is deleted for good', () => {
  it.each(['', ' And then the fox woke.'])(
    '[ME5.42] takes with it the insight and the episode that it was made of, and that tell it%s',
    (more) => {
      const { store, see, observe, remember, found, bytes } = opened();
      const seen = see({ target: 'npm test', type: 'test-failed' });
      observe(seen);
      const said = `The ${secret} in npm test`;
      store.commitCycle(
        cycleRecord({
          episode: episode('e1', { observationIds: [seen.id], insightIds: ['i1'], outcome: `observe; told: ${said}` }),
          insights: [insight('i1', { text: said, evidenceIds: [seen.id] })],
        }),
      );
      store.commitCycle(
        cycleRecord({
          episode: episode('e2', { decision: decision({ reasoning: `known before:\n“${said}”` }) }),
          insights: [insight('i2', { text: 'npm test failed', evidenceIds: [seen.id] })],
        }),
      );
      remember('m1', { text: `${said}${more}`, target: 'npm test' }, evidence(seen.id));
      expect(found('zyxotter')).toHaveLength(3);
      expect(store.deleteMemory('m1')).toBe(true);
      expect([found('zyxotter'), store.insight('i1'), store.episodes(9), bytes().includes('zyx')]).toEqual([
        [],
        null,
        [],
        false,
      ]);
      expect([store.insight('i2')?.id, store.observations([seen.id])]).toMatchObject(['i2', [{ id: seen.id }]]);
    },
  );

  it('[ME5.43] of a note takes the learning, the lines of digests and the summaries that quote only a part of it', () => {
    const { store, note, remember, kept, bytes } = opened();
    const long = `${secret} ${Array.from({ length: 60 }, (_, n) => `zyx${n}`).join(' ')}`;
    const { id } = note(long);
    const quoted = `you wrote “${long.slice(0, 120)}…”`;
    store.commitCycle(cycleRecord({ episode: episode('e1', { observationIds: [id], summary: quoted }) }));
    remember('m1', { text: `2026-06-01: ${quoted}` }, evidence('e1', { kind: 'episode', snapshot: quoted }));
    remember('m2', { text: 'the fox sleeps' }, evidence(id, { snapshot: long.slice(0, 300) }));
    const line = (text: string, ...memoryIds: string[]) => ({ text, memoryIds });
    const digest = {
      from: noon - 9,
      until: noon + 9,
      lines: [line(`Learned: ${quoted}`, 'm1'), line(`Heard: ${quoted}`), line('Learned: the fox sleeps', 'm2')],
    };
    store.commitSleep(
      sleepStep({
        sleep: sleepRecord('s1', { digest }),
        summaries: [
          summary(noon - 5, `12:00 ${quoted} → observe`),
          summary(5, `12:00 ${quoted}`),
          summary(50, 'foxes'),
        ],
      }),
    );
    expect(store.deleteMemory(id)).toBe(true);
    expect([kept(), store.sleeps(1)[0]?.digest?.lines.length]).toEqual([['m2'], 1]);
    expect(store.summaries('day', 9).map(({ text }) => text)).toEqual(['foxes']);
    expect(store.recentItems({ kinds: ['summary'] }, 9).map(({ text }) => text)).toEqual(['foxes']);
    expect(bytes()).not.toContain('zyx');
  });

  it('[ME5.44] takes what rests on it and quotes it, step by step, and can be long forgotten itself', () => {
    const { store, remember, kept, bytes } = opened();
    remember('m1', { text: secret });
    remember('m2', { kind: 'lesson', text: `Lesson: ${secret}!` }, ofMemory('m1'));
    remember('m3', { kind: 'principle', text: 'in short: ZYXOTTER opens\nthe vault.' }, ofMemory('m2'));
    remember('m4', { text: 'the fox sleeps at noon' }, ofMemory('m3', secret));
    remember('m5', { text: `Again, ${secret}` });
    for (const id of ['m3', 'm5', 'm1'])
      store.changeMemories([{ kind: 'forget', id, why: 'weak', at: noon - (id === 'm1' ? 9 : 0) }]);
    expect(store.deleteMemory('m1')).toBe(true);
    expect([kept(), store.tombstones(9), store.evidenceOf('m4'), bytes().includes('zyx')]).toEqual([
      ['m4'],
      [],
      [],
      false,
    ]);
    expect([store.deleteMemory('m1'), store.deleteMemory('nobody')]).toEqual([false, false]);
  });

  it('[ME5.45] takes the pattern that a dream became, and the dream of a pattern, when they say it', () => {
    for (const gone of ['d1', 'p1']) {
      const { store, kept, bytes } = opened();
      store.changeMemories([
        { kind: 'remember', memory: dream('d1', { text: `perhaps ${secret}`, key: 'k' }), evidence: [] },
        {
          kind: 'remember',
          memory: memory('p1', { kind: 'pattern', text: `It is so: ${secret}`, key: 'dreamt:k' }),
          evidence: [evidence('o1')],
        },
        { kind: 'remember', memory: memory('p2', { kind: 'pattern', key: 'dreamt:other' }), evidence: [] },
      ]);
      expect(store.deleteMemory(gone)).toBe(true);
      expect([kept(), bytes().includes('zyx')]).toEqual([['p2'], false]);
    }
  });

  it('[ME5.46] leaves what is only about the same thing, a chance word, and the owner’s other notes', () => {
    const { store, see, note, observe, remember, kept, found } = opened();
    const target = 'packages/checkout/source/basket/totals.ts';
    const seen = see({ target });
    observe(seen);
    const other = note('otters');
    const same = note('the fox and the hare are asleep');
    remember('m4', { text: 'The fox and the hare are asleep.' });
    store.commitCycle(
      cycleRecord({
        episode: episode('e1', { summary: `${target} was changed`, observationIds: [seen.id] }),
        insights: [insight('i1', { text: `${target} grows, otters say`, evidenceIds: [seen.id] })],
      }),
    );
    remember('m1', { text: `${target} breaks`, target }, evidence(seen.id));
    remember('m2', { text: `${target} is slow` }, ofMemory('m1'), evidence(seen.id));
    remember('m3', { text: 'otters' });
    store.commitSleep(sleepStep({ summaries: [summary(5, 'otters slept')] }));
    for (const id of ['m1', 'm3', 'm4']) expect(store.deleteMemory(id)).toBe(true);
    expect(kept()).toEqual([other.id, same.id, 'm2'].sort());
    expect([found('otters').sort(), store.episodes(9).length, store.evidenceOf('m2').length]).toEqual([
      [other.id, 'i1', 'day 5'].sort(),
      1,
      1,
    ]);
    expect(store.summaries('day', 5)).toHaveLength(1);
  });

  it('[ME5.47] takes the copies of its words, also of those that a correction replaced', () => {
    const { store, remember, bytes } = opened();
    remember('m1', { text: secret });
    store.correctMemory('m1', 'the owner says something else', noon);
    remember('m2', { text: 'the fox sleeps' }, ofMemory('m2@1', secret), evidence('o1'));
    remember('m3', { text: 'the fox wakes' }, ofMemory('m3@1', secret));
    store.changeMemories([{ kind: 'forget', id: 'm3', why: 'weak', at: noon }]);
    store.commitCycle(
      cycleRecord({
        watches: [{ dueAt: noon, episodeId: 'e9', target: 'a', expected: secret }],
        expectations: [expectation('x1', { of: 'decision', ofId: 'e9', words: `that ${secret}` })],
      }),
    );
    store.deleteMemory('m1');
    expect([store.evidenceOf('m2').map(({ id }) => id), store.tombstones(9).length]).toEqual([['o1'], 1]);
    expect(bytes()).not.toContain('zyx');
  });
});
