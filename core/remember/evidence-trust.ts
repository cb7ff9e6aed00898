import type { Store } from '../ports.ts';
import type { TrustOf } from './acceptable.ts';
import type { Draft } from './draft.ts';

/** Looks up who stands behind what these drafts cite, for admission. Episodes are taken at their word: each is made of what was seen. */
export async function trustOfEvidence(
  store: Pick<Store, 'observations' | 'memoriesById' | 'insight'>,
  drafts: readonly Draft[],
): Promise<TrustOf> {
  const cited = drafts.flatMap((draft) => draft.evidence);
  const ids = (kind: string) => [...new Set(cited.filter((each) => each.kind === kind).map((each) => each.id))];
  const [observations, memories, insights] = await Promise.all([
    store.observations(ids('observation')),
    store.memoriesById(ids('memory')),
    Promise.all(ids('insight').map((id) => store.insight(id))),
  ]);
  const trust = new Map([
    ...observations.map((each) => [`observation ${each.id}`, each.trust] as const),
    ...memories.map((each) => [`memory ${each.id}`, each.kind === 'dream' ? 'dream' : each.trust] as const),
    ...insights.flatMap((each) => (each ? [[`insight ${each.id}`, 'derived'] as const] : [])),
  ]);
  return ({ kind, id }) => (kind === 'episode' ? 'derived' : (trust.get(`${kind} ${id}`) ?? null));
}
