import { describe, expect, it } from 'vitest';
import { runCycle } from '../../core/loop/cycle.ts';
import { episodeOf, insightOf } from '../../core/loop/records.ts';
import type { Thinking } from '../../core/loop/thinking.ts';
import type { RecallHit } from '../../core/memory.ts';
import type { Reflection } from '../../core/think/reflect.ts';
import type { Observation, Salience, Thought } from '../../core/types.ts';
import { decision, insight, noon, observer, salience } from '../kit/nouns.ts';
import { answerText } from '../think/scripted-model.ts';
import { edit, mindWorld, ownerNote } from './mind-double.ts';

const see = observer(noon);
const model = { kind: 'server', name: 'scripted' } as const;
const reflection = { reasoner: model } as Reflection;
const thought: Thought = {
  decision: decision(),
  insight: { text: 'the cart grew', importance: 0.7 },
  evidenceIds: ['o1'],
  tainted: true,
} as Thought;

const thinkingOf = (over: Partial<Thinking> = {}): Thinking => ({
  id: 't1',
  startedAt: noon,
  reflection,
  verified: { ok: true, thought, notes: [] },
  decision: decision(),
  notes: [],
  recalled: [],
  tainted: true,
  ...over,
});

/** What attention made of these, all of them kept. */
function attentionTo(observations: Observation[], each: (n: number) => Partial<Salience> = () => ({})) {
  const scored = observations.map((observation, n) => ({
    observation,
    salience: { ...salience(0.8), terms: { relevance: 1, novelty: 0.2, urgency: 0.3 }, ...each(n) },
  }));
  return { scored, salient: scored };
}

const hit = (id: string, kind: RecallHit['kind'] = 'episode'): RecallHit => ({
  kind,
  id,
  text: id,
  at: noon,
  score: 1,
  trust: 'derived',
  target: null,
  importance: 0.5,
  why: [],
});

describe('what a thought leaves', () => {
  it('[ME6.67] an episode: its span, everything it saw, what it was about, what was decided and what came of it', () => {
    const files = Array.from({ length: 5 }, (_, n) => see({ target: `src/${n % 4}.ts` }));
    const formed = insight('i1', { text: 'the cart grew' });
    const record = episodeOf('e1', attentionTo(files), thinkingOf({ notes: ['watched'] }), formed, noon + 50);
    expect(record).toMatchObject({
      id: 'e1',
      startedAt: noon,
      endedAt: noon + 50,
      type: 'observation',
      observationIds: files.map(({ id }) => id),
      insightIds: ['i1'],
      outcome: 'observe; told: the cart grew; watched',
      reasoner: model,
      targets: ['src/0.ts', 'src/1.ts', 'src/2.ts', 'src/3.ts'],
    });
    expect(record.summary).toMatch(/ and 2 more$/);
    expect(record.importance).toBeGreaterThan(0);
  });

  it('[ME6.67] an episode with the owner’s note is a conversation; one that was not acted on says why', () => {
    const note = see({ type: 'note-written', target: 'owner', trust: 'owner', details: { text: 'members only' } });
    const failed = thinkingOf({ verified: { ok: false, why: 'its evidence does not exist' } as Thinking['verified'] });
    const record = episodeOf('e1', attentionTo([see(), note]), failed, null, noon);
    expect(record).toMatchObject({
      type: 'conversation',
      insightIds: [],
      outcome: 'not acted on: its evidence does not exist',
    });
    expect(record.tags).toContain('owner');
  });

  it('[ME6.68] at most three related episodes, never itself and nothing but episodes', () => {
    const recalled = [
      hit('i9', 'insight'),
      hit('e1'),
      hit('e2'),
      hit('e3'),
      hit('m1', 'learning'),
      hit('e4'),
      hit('e5'),
    ];
    expect(episodeOf('e1', attentionTo([see()]), thinkingOf({ recalled }), null, noon).relatedIds).toEqual([
      'e2',
      'e3',
      'e4',
    ]);
  });

  it('[ME6.68] its tags tell trouble, surprise and what was foreseen; with none of it, routine', () => {
    const tagsOf = (observation: Observation, kept: Partial<Salience> = {}) =>
      episodeOf(
        'e1',
        attentionTo([observation], () => kept),
        thinkingOf(),
        null,
        noon,
      ).tags;
    expect(tagsOf(see())).toEqual(['routine']);
    expect(tagsOf(see({ severity: 'warning' }))).toEqual(['routine']);
    expect(tagsOf(see({ severity: 'error' }))).toEqual(['trouble']);
    expect(tagsOf(see(), { terms: { relevance: 1, novelty: 0.8, urgency: 0 } })).toEqual(['surprise']);
    expect(tagsOf(see(), { learned: { patternId: 'p1', text: 'it fails', confidence: 0.7 } })).toEqual(['foreseen']);
  });

  it('[ME6.69] an insight carries its evidence, its confidence and who formed it, and no verdict yet', () => {
    expect(insightOf(thought, reflection, 'i1', noon)).toEqual({
      id: 'i1',
      text: 'the cart grew',
      evidenceIds: ['o1'],
      confidence: 0.9,
      importance: 0.7,
      formedAt: noon,
      toldAt: null,
      reasoner: model,
      verdict: null,
      pinned: false,
    });
  });

  it('[ME6.67, ME6.69] a cycle keeps them as they were formed, the insight with the observations that it cites', async () => {
    const said = answerText({ insight: { text: 'total.ts grew by 12 lines', importance: 0.6 }, evidence: ['o1'] });
    const { mind, store, see: observe, signal } = await mindWorld({ said: [said] });
    const [changed, note] = [edit(), ownerNote()];
    await observe(changed, note);
    expect(await runCycle(mind, signal)).toBe('thought');
    const [kept] = await store.episodes(1);
    const [told] = await store.insights({ limit: 1 });
    expect(told).toMatchObject({ text: 'total.ts grew by 12 lines', evidenceIds: [changed.id], verdict: null });
    expect(kept).toMatchObject({ type: 'conversation', insightIds: [told?.id], observationIds: [changed.id, note.id] });
    expect(await store.heldEpisodes(5)).toMatchObject([{ id: kept?.id, strength: 1, recalled: 0 }]);
  });
});
