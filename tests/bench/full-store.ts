import { systemClock, systemRandom } from '../../core/host/system.ts';
import { idMaker } from '../../core/ids.ts';
import { stampObservation } from '../../core/observe/stamp.ts';
import type { Store } from '../../core/ports.ts';
import type { Observation, ObservationDraft } from '../../core/types.ts';
import { cycleRecord, episode, insight, salience } from '../kit/nouns.ts';
import { editDraft, sourceText, wordMaker } from './samples.ts';

const batch = 50;
const spanMs = 7 * 86_400_000;
const commitEvery = 40;

/**
 * Fills a store with a week of work: edits in three places with a commit now and then, each batch acknowledged with an episode, every
 * second episode with an insight, one observation in ten attended to.
 */
export async function fillStore(store: Store, observations: number): Promise<void> {
  const nextId = idMaker(systemClock, systemRandom);
  const word = wordMaker(5);
  const endAt = systemClock.now();
  for (let from = 0; from < observations; from += batch) {
    const seen = Array.from({ length: Math.min(batch, observations - from) }, (_, n) => {
      const at = Math.floor(endAt - spanMs + ((from + n) / observations) * spanMs);
      return stampObservation(pastDraft(from + n, word, at), 'files', nextId(), at);
    });
    await store.append({ entries: seen.map((observation) => ({ observation, mergeInto: null })), marks: [] });
    await store.commitCycle(pastCycle(seen, nextId, word, from));
  }
}

function pastDraft(n: number, word: () => string, occurredAt: number): ObservationDraft {
  const edit = { ...editDraft(n), occurredAt };
  if (n % commitEvery !== 0) return edit;
  const { place } = edit.details;
  const details = {
    place: place ?? null,
    hash: String(n),
    subject: `${word()} ${word()}`,
    files: 4,
    added: 31,
    removed: 8,
  };
  return { ...edit, type: 'commit-made', target: `main ${word()}`, details };
}

function pastCycle(seen: readonly Observation[], nextId: () => string, word: () => string, from: number) {
  const at = seen.at(-1)?.occurredAt ?? 0;
  const cited = seen.slice(0, 3).map((each) => each.id);
  const formed =
    (from / batch) % 2 === 0
      ? [insight(nextId(), { text: insightText(seen, word), evidenceIds: cited, formedAt: at })]
      : [];
  return cycleRecord({
    attended: seen.map(({ id }, n) => ({ id, salience: salience(0.6, n % 10 === 0 ? null : 'it scored 0.21') })),
    episode: episode(nextId(), {
      summary: seen
        .slice(0, 3)
        .map((each) => `${each.type} ${each.target}`)
        .join('; '),
      startedAt: at,
      endedAt: at,
      observationIds: seen.map((each) => each.id),
      insightIds: formed.map((each) => each.id),
    }),
    insights: formed,
  });
}

const insightText = (seen: readonly Observation[], word: () => string) =>
  `${seen[0]?.target ?? word()} was changed ${seen.length} times, mostly in ${word()} ${word()}.`;

/** New files in words of their own: nothing like them was attended to before. */
export function novelBatch(word: () => string, size: number, nextId: () => string, now: number): Observation[] {
  return Array.from({ length: size }, (_, n) => {
    const path = `${word()}/${word()}-${word()}.ts`;
    const place = `/home/ada/shop-${n}`;
    const excerpt = sourceText(word, 3);
    const details = {
      root: place,
      place,
      path,
      bytes: 320,
      bytesDelta: 320,
      added: 8,
      removed: 0,
      near: [word()],
      excerpt,
    };
    const draft: ObservationDraft = {
      type: 'file-created',
      target: path,
      severity: 'info',
      trust: 'observed',
      details,
    };
    return stampObservation(draft, 'files', nextId(), now);
  });
}
