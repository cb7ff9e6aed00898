import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../core/host/serve.ts';
import type { Evidence, Memory, PhaseRecord, Sleep, SleepPhase } from '../../core/memory.ts';
import type { AskedChat } from '../kit/lmstudio/simulator.ts';
import { heedful, nightAnswers, questionOf, type Said, shownIn } from '../kit/night-answers.ts';
import { pageDir, pageToken } from '../kit/page-host.ts';
import { demo, type StudioDays, studioDays } from '../kit/studio-days.ts';
import {
  dayAndNight,
  dreamOf,
  expectLearned,
  expectNoticedEarlier,
  expectTested,
  expectTold,
  failuresOf,
  ordinaryHours,
  type TwoDreams,
  twoDays,
} from '../kit/week-of-work.ts';
import { usePages } from '../page/open-page.ts';

/** The same week as by rules alone, with a model of LM Studio that thinks by day and is asked in the nights: over real HTTP. */
const pages = usePages();
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Dreams of files that it has not dreamt of before: the one changes soon after the other. */
function newDreams(): NonNullable<Said['hypotheses']> {
  const dreamt = new Set<string>();
  return (request) => {
    const [cited] = [...shownIn(request, 'e'), ...shownIn(request, 'm')];
    const files = shownIn(request, 'k').filter(({ line }) => line.endsWith('.ts changed') && !dreamt.has(line));
    const pairs = files.flatMap((then, at) => (at % 2 === 1 ? [{ when: files[at - 1]!, then }] : []));
    return {
      hypotheses: pairs.map(({ when, then }) => {
        dreamt.add(when.line).add(then.line);
        const text = `Once ${when.line}, soon ${then.line}.`;
        const rule = { when_ref: when.ref, then_ref: then.ref, within_hours: 0.5 };
        return { text, ...rule, evidence: [cited?.ref], confidence: 0.4 };
      }),
    };
  };
}

const goodWill = () => nightAnswers({ thought: heedful, hypotheses: newDreams() });

async function lived(answers = goodWill()): Promise<StudioDays> {
  const world = await studioDays({ answers, settings: ({ page }) => (page.welcomed = true) });
  onTestFinished(world.end);
  return world;
}

/** What a phase notes when the model was of no use to it. */
const byRules = /rules did it/i;

const byModel = ({ reasoner }: { reasoner: Memory['reasoner'] }): boolean => reasoner.kind === 'server';

/** What sleeps formed; what a cycle formed is not among it. */
const slept = async ({ store }: StudioDays): Promise<Memory[]> =>
  (await store.memories({ limit: 500 })).filter((each) => each.sleepId !== null);

const phasesOf = (sleeps: readonly Pick<Sleep, 'phases'>[], phase: SleepPhase): PhaseRecord[] =>
  sleeps.flatMap(({ phases }) => phases).filter((each) => each.phase === phase);

/** Those of the evidence that are there to be looked at. */
async function existing({ store }: StudioDays, evidence: readonly Evidence[]): Promise<Evidence[]> {
  const idsOf = (kind: Evidence['kind']) => evidence.filter((each) => each.kind === kind).map(({ id }) => id);
  const found = await Promise.all([
    store.observations(idsOf('observation')),
    store.episodesById(idsOf('episode')),
    store.memoriesById(idsOf('memory')),
  ]);
  const ids = new Set(found.flat().map(({ id }) => id));
  return evidence.filter(({ id }) => ids.has(id));
}

/** Light, deep and dream asked the model, each call was answered at a price, and nobody asked it more than the records say. */
function expectAsked(world: StudioDays, sleeps: readonly Sleep[]): void {
  for (const phase of ['light', 'deep', 'dream'] as const) {
    const asked = phasesOf(sleeps, phase).filter(byModel);
    expect(asked.length, `${phase} asked the model`).toBeGreaterThan(0);
    for (const { reasoner, modelCalls, tokens } of asked) {
      expect(reasoner).toEqual({ kind: 'server', name: demo });
      expect(Math.min(modelCalls, tokens), phase).toBeGreaterThan(0);
    }
    expect(
      asked.some(({ note }) => !byRules.test(note ?? '')),
      `${phase} used what it said`,
    ).toBe(true);
  }
  const calls = sleeps.flatMap(({ phases }) => phases).reduce((sum, each) => sum + each.modelCalls, 0);
  const heard = world.simulator.chats().filter(({ body }) => questionOf(JSON.parse(body) as AskedChat) !== null);
  expect(heard).toHaveLength(calls);
}

/** Everything formed in sleep rests on what is there and on no dream; what the model learned, on episodes that speak of it. */
async function expectFounded(world: StudioDays): Promise<Memory[]> {
  const { store } = world;
  const formed = await slept(world);
  const dreams = new Set(formed.filter(({ kind }) => kind === 'dream').map(({ id }) => id));
  for (const memory of formed) {
    const evidence = await store.evidenceOf(memory.id);
    expect(evidence.length, memory.text).toBeGreaterThan(0);
    expect(await existing(world, evidence)).toEqual(evidence);
    expect(evidence.filter(({ id }) => dreams.has(id))).toEqual([]);
  }
  const learnings = formed.filter((each) => each.kind === 'learning' && byModel(each));
  expect(learnings.length).toBeGreaterThan(0);
  for (const { id, text } of learnings) {
    const cited = (await store.evidenceOf(id)).filter(({ kind }) => kind === 'episode');
    const episodes = await store.episodesById(cited.map((each) => each.id));
    expect(episodes.length).toBeGreaterThan(0);
    expect(episodes.some(({ targets }) => targets?.some((target) => text.includes(target)))).toBe(true);
  }
  return learnings;
}

/** Until the dreams that came to something have been told. */
async function untilTold({ store, clock, until }: StudioDays, { isWrong }: TwoDreams): Promise<void> {
  const told = async () =>
    (await store.sleeps(1))[0]?.digest?.lines.some((line) => line.memoryIds.includes(isWrong.id));
  for (let half = 0; half < 10 && !(await told()); half++) await until(clock.now() + 30 * 60_000);
}

/** The owner opens Dreams on the engine's own door: the sleeps with their phases, and what became of the two dreams. */
async function expectShown(world: StudioDays, { comesTrue, isWrong }: TwoDreams): Promise<void> {
  const { sleeps } = await world.engine.query.dreams();
  const served = await serve({ door: world.engine, pageDir, token: pageToken, port: 0, log: silent });
  if (!served.ok) throw new Error(served.failure.message);
  onTestFinished(served.value.close);
  const { page, faults } = await pages.visit(`${served.value.url}/#token=${pageToken}`);
  await page.getByRole('tab', { name: 'Dreams' }).click();
  await page.getByRole('heading', { name: 'Sleeps' }).waitFor();

  const told = (text: string) => page.locator('.digest-lines li', { hasText: text }).waitFor();
  await told(`A dream came true: ${comesTrue.text}`);
  await told(`A dream was wrong: ${isWrong.text}`);
  const dreams = page.getByRole('region', { name: 'Dreams', exact: true });
  await dreams.getByRole('button', { name: /^Show all/ }).click();
  for (const [{ text }, state] of [
    [comesTrue, 'Confirmed'],
    [isWrong, 'Refuted'],
  ] as const)
    await dreams.locator('.hypothesis', { hasText: text }).getByText(state, { exact: true }).waitFor();

  const bars = page.locator('.night .phase-bar');
  const shown = sleeps.slice(0, await bars.count());
  expect(shown.length).toBeGreaterThanOrEqual(5);
  for (const [at, { phases }] of shown.entries())
    for (const { phase } of phases) expect(await bars.nth(at).locator(`.phase-${phase}`).count(), phase).toBe(1);
  const dreaming = shown.findIndex(({ phases }) => phases.some((each) => each.phase === 'dream' && byModel(each)));
  await page.locator('.night').nth(dreaming).click();
  const dreamt = page.locator('.night-detail .phase-row', { hasText: 'Dream' });
  // The page leaves out who published the model.
  await dreamt.getByText(/demo-8b$/).waitFor();
  await dreamt.getByText(/\d+ tokens, 1 call\b/).waitFor();
  expect(faults).toEqual([]);
}

describe('a week with nights, with a model', () => {
  it('[SL5.66][SL5.67][SL5.69] what rules alone come to is all there; the model’s learnings rest on episodes, its dreams are tested, and the page shows it', async () => {
    const world = await lived();
    const { at, until, see, engine } = world;
    await twoDays(world);
    const learned = await expectLearned(world);
    await ordinaryHours(world, 2, [9, 11, 14, 16]);
    await until(at(2, 22));
    // With nothing new nobody is asked: the owner writes late, and it dreams of the day.
    const before = (turn: number) => see({ target: `docs/late-${turn}.md` });
    const dreams = await dreamOf(world, 2, { before, of: 'server' });
    await until(at(3, 8));
    const warnings = await expectNoticedEarlier(world, learned);
    expect(warnings.every(byModel), 'the model said so').toBe(true);
    await expectTested(world, dreams);
    await untilTold(world, dreams);

    const { sleeps } = await expectTold(world, { learned, ...dreams });
    expectAsked(world, sleeps);
    const learnings = await expectFounded(world);
    const lines = sleeps.flatMap(({ digest }) => digest?.lines ?? []);
    for (const { id, text } of learnings)
      expect(lines.filter((line) => line.memoryIds.includes(id) && line.text.includes(text)).length, text).toBe(1);
    await expectShown(world, dreams);
    expect(engine.snapshot().troubles).toEqual([]);
    expect(world.logged).toEqual([]);
  });

  it('[SL5.68] a model that answers nonsense for a night leaves what rules alone come to in it', async () => {
    const nonsense = nightAnswers({
      thought: heedful,
      learnings: () => ({ learnings: [{ kind: 'theme', text: 'Mallory moved src/secret.ts.', evidence: ['e99'] }] }),
      summary: () => 'I am sorry, I would rather talk about the weather.',
      principles: () => ({ principles: 'none', contradictions: [['m98', 'm99']] }),
      hypotheses: () => ({ hypotheses: [{ text: 'It rains.', when_ref: 'k98', then_ref: 'k99', evidence: ['m99'] }] }),
    });
    const [told, alone] = [await lived(), await lived()];
    for (const world of [told, alone]) await dayAndNight(world, 0, failuresOf.monday);
    told.simulator.answers = nonsense;
    alone.settings.sleep.model = false;
    for (const world of [told, alone]) await dayAndNight(world, 1, failuresOf.tuesday);

    const since = told.at(1, 8);
    const night = (await told.store.sleeps(50)).filter(({ startedAt }) => startedAt > since);
    const asked = night.flatMap(({ phases }) => phases).filter(({ modelCalls }) => modelCalls > 0);
    expect(asked.length).toBeGreaterThan(0);
    for (const { note } of asked) expect(note).toMatch(byRules);
    expect(await resultOf(told)).toEqual(await resultOf(alone));
    await expectLearned(told);
  });
});

/** All that is remembered and was told, but for ids and the hours at which it was. */
async function resultOf({ store }: StudioDays) {
  const memories = await Promise.all(
    (await store.memories({ limit: 500 })).map(async ({ id, kind, text, rule, hits, misses, validation, reasoner }) => {
      const evidence = (await store.evidenceOf(id)).map((each) => `${each.kind} ${each.snapshot}`).toSorted();
      return { kind, text, rule, hits, misses, validation, reasoner, evidence };
    }),
  );
  const sleeps = await store.sleeps(50);
  return {
    memories: memories.toSorted((a, b) => (`${a.kind} ${a.text}` < `${b.kind} ${b.text}` ? -1 : 1)),
    digests: sleeps.map(({ digest }) => digest?.lines.map(({ text }) => text) ?? null),
    made: sleeps.map(({ phases }) => phases.map(({ phase, made }) => ({ phase, made }))),
    summaries: (await store.summaries('day', 10)).map(({ text, reasoner }) => ({ text, reasoner })),
  };
}
