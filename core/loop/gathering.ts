import { topicOf } from '../attend/focus.ts';
import type { Attention } from '../attend/salience.ts';
import type { ThoughtContext, WorkSession } from '../ports.ts';
import { recallForThought } from '../remember/integrated-recall.ts';
import type { Fired } from '../types.ts';
import type { Mind, Working } from './mind.ts';

const historyMs = 7 * 86_400_000;
const sessionMs = 12 * 3_600_000;
/** The busiest of the session: rules tell how many days it was worked on. */
const sessionFiles = 2;
/** For everything memory brings to one thought; the prompt shows what it has room for. */
const recallTokens = 800;
const nothingYet: WorkSession = { startedAt: null, edits: 0, files: [] };

/** Just in time: what memory holds about these targets and this place, and what was already told (TH5, ME8). */
export async function gatherContext(
  mind: Mind,
  { salient }: Attention,
  patterns: readonly Fired[],
  working: Working,
): Promise<ThoughtContext> {
  const now = mind.clock.now();
  const focus = working.focus.focus;
  const ids = salient.map((each) => each.observation.id);
  const session = working.place ? await mind.store.session(working.place, now - sessionMs, ids) : nothingYet;
  const targets = [
    ...salient.map((each) => each.observation.target),
    ...session.files.slice(0, sessionFiles).map((file) => file.target),
  ];
  // In few words: excerpts would ask for what any code holds.
  const about = [...salient.slice(-5).map((each) => topicOf(each.observation)), focus?.topic ?? ''].join(' ');
  const [history, told, recalled] = await Promise.all([
    mind.store.history([...new Set(targets)], now - historyMs),
    mind.store.insights({ limit: 20 }),
    recallForThought(mind.store, {
      text: about,
      now,
      exclude: new Set(ids),
      targets: salient.map((each) => each.observation.target),
      vector: await mind.vectorFor(about),
      working: working.held.items,
      tokens: mind.thinking.tokens.count,
      budget: recallTokens,
    }),
  ]);
  return {
    now,
    focus,
    salient: salient.map((each, n) => ({ ...each, ref: `o${n + 1}` })),
    history,
    session,
    told,
    recalled,
    patterns: patterns.filter((each) => ids.includes(each.observationId)),
    summary: working.summary.text,
  };
}
