import type { Brief, HeldEpisode, LearnedFrom, Memory } from '../memory.ts';
import type { StoredObservation } from '../ports.ts';
import type { Draft } from '../remember/draft.ts';
import { admitted } from './admitting.ts';
import { beyondChance } from './beyond-chance.ts';
import { pagesOfBriefs } from './pages.ts';
import type { Night } from './phase.ts';
import {
  type DreamMaterial,
  dreamImportance,
  episodeEvidence,
  isTestable,
  kindsOf,
  memoryEvidence,
  recombine,
  ruleKey,
  shuffled,
} from './recombine.ts';

/** What a dream is made of (SL4). */
const ingredients = { episodes: 3, memories: 3, patterns: 2 };
/** Of so many of each it chooses. */
const chooseFrom = 200;
/** One dream has so many hypotheses at most. */
const ideasAtMost = 3;
const rulesAtMost = 5_000;
const observationsAtMost = 50;
/** What is usual is told by so much of the last days. */
const usualMs = 3 * 86_400_000;
const briefsAtMost = 40_000;

/** Dreams: recombines what is remembered into hypotheses that later observations can test. One step. */
export async function dream(night: Night): Promise<void> {
  const draw = night.parts.random.stream(`dream-${night.agenda().sleeps}`);
  const material = await gather(night, draw);
  const known = await knownRules(night);
  const seen = await lately(night);
  const beyond: Beyond = (drafts) => beyondChance(drafts, { seen, now: night.now(), atMost: ideasAtMost });
  const { dreamDays } = night.parts.settings().sleep;
  const drafts =
    (await imagined(night, material, known, beyond)) ?? beyond(recombine(material, known, draw, dreamDays));
  if (drafts.length === 0) night.note('Nothing came together that could be tested.');
  const { changes, made } = await admitted(night, drafts);
  await night.commit({ changes, made: made.byKind, agenda: { dreamOwed: false } });
}

/** Three episodes, three memories, two patterns, at random; never a dream. */
async function gather({ parts: { store } }: Night, draw: () => number): Promise<DreamMaterial> {
  const [episodes, memories, patterns] = await Promise.all([
    store.heldEpisodes(chooseFrom),
    store.memories({ kinds: ['note', 'learning', 'principle', 'lesson'], limit: chooseFrom }),
    store.memories({ kinds: ['pattern'], validation: ['seen', 'confirmed'], limit: chooseFrom }),
  ]);
  const chosen = {
    episodes: shuffled(episodes, draw).slice(0, ingredients.episodes),
    memories: shuffled(memories, draw).slice(0, ingredients.memories),
    patterns: shuffled(
      patterns.filter(({ rule }) => rule),
      draw,
    ).slice(0, ingredients.patterns),
  };
  return {
    episodes: await Promise.all(
      chosen.episodes.map(async (each) => whole(each, await observationsOf(each.observationIds))),
    ),
    memories: await Promise.all(
      chosen.memories.map(async (memory) => ({
        memory,
        observations: await observationsOf((await store.evidenceOf(memory.id)).map((each) => each.id)),
      })),
    ),
    patterns: chosen.patterns,
  };

  async function observationsOf(ids: string[]): Promise<StoredObservation[]> {
    const found = await store.observations(ids.slice(-observationsAtMost));
    return found.filter((each) => each.status !== 'snapshot');
  }
}

const whole = (episode: HeldEpisode, observations: StoredObservation[]): LearnedFrom => ({
  episode,
  observations,
  insights: [],
});

/** The rules of every pattern and every dream, whatever has become of it: none is dreamt again. */
async function knownRules({ parts: { store } }: Night): Promise<Set<string>> {
  const known = await store.memories({ kinds: ['pattern', 'dream'], limit: rulesAtMost });
  return new Set(known.flatMap(({ rule }) => (rule ? [ruleKey(rule)] : [])));
}

/** Those of them whose coming true would say something. */
type Beyond = (drafts: readonly Draft[]) => Draft[];

async function lately({ parts: { store }, signal, now }: Night): Promise<Brief[]> {
  const seen: Brief[] = [];
  for await (const page of pagesOfBriefs(store, { from: now() - usualMs, signal })) {
    seen.push(...page);
    if (seen.length >= briefsAtMost) break;
  }
  return seen;
}

/** What the model imagines, as far as it can be tested and is new; null when that is nothing. */
async function imagined(
  night: Night,
  material: DreamMaterial,
  known: ReadonlySet<string>,
  beyond: Beyond,
): Promise<Draft[] | null> {
  const kinds = kindsOf(material);
  if (kinds.length < 2) return null;
  const asked = { ...material, memories: material.memories.map(({ memory }) => memory), kinds };
  const { dreamDays } = night.parts.settings().sleep;
  const keep = (drafts: readonly Draft[]) => beyond(tested(drafts, material, known, dreamDays));
  const drafts = await night.ask(
    (model, signal) => model.imagine(asked, signal),
    (value) => keep(value).length > 0,
  );
  return drafts && keep(drafts);
}

/** Whatever the model says, a hypothesis is of kinds that were seen, is new, and rests on what went into the dream. */
function tested(
  drafts: readonly Draft[],
  material: DreamMaterial,
  known: ReadonlySet<string>,
  expiresInDays: number,
): Draft[] {
  const kinds = kindsOf(material);
  const sources = [
    ...material.episodes.map(episodeEvidence),
    ...[...material.memories.map(({ memory }) => memory), ...material.patterns].map((each: Memory) =>
      memoryEvidence(each),
    ),
  ];
  const byKey = new Map<string, Draft>();
  for (const draft of drafts) {
    if (!draft.rule || !isTestable(draft.rule, kinds) || known.has(ruleKey(draft.rule))) continue;
    const cited = sources.filter((each) => draft.evidence.some((one) => one.id === each.id));
    const key = ruleKey(draft.rule);
    byKey.set(key, {
      ...draft,
      kind: 'dream',
      key,
      importance: dreamImportance,
      hits: 0,
      misses: 0,
      evidence: cited.length > 0 ? cited : sources,
      expiresInDays,
    });
  }
  return [...byKey.values()];
}
