import { type ModelView, roles } from '../protocol.ts';
import type { Stamp } from '../types.ts';
import { advise } from './advice.ts';
import type { Catalogue, Instance } from './catalogue.ts';
import { chooseModel, duplicatesIn } from './choice.ts';
import { catalogueOf, type Known } from './known.ts';
import { rungsOf } from './rungs.ts';

type Role = (typeof roles)[number];

/** The part of the Model view that is known from looking at the server; calls, breaker and budgets are the gateway's. */
type Seen = Omit<ModelView, 'calls' | 'breaker' | 'purposes' | 'server'>;

const shownModels = 200;

/** Makes it of what is known and of what each instance is doing, where that is told (`atWork`). */
export function modelViewOf(
  known: Known,
  more: { at: Stamp; ours: ReadonlySet<string>; atWork: readonly Instance[] | null },
): Seen {
  const catalogue = catalogueOf(known.sighting);
  const lms = known.sighting?.lms ?? { kind: 'missing' as const };
  return {
    at: more.at,
    rungs: rungsOf(known),
    api: catalogue?.api ?? null,
    lms: {
      path: lms.kind === 'missing' ? null : lms.path,
      version: lms.kind === 'found' ? lms.version : null,
      problem: lms.kind === 'unusable' ? lms.why : null,
    },
    canTellBusy: more.atWork !== null,
    roles: roles.map((role) => roleView(role, known, catalogue)),
    instances: catalogue ? instanceViews(catalogue, known, more) : [],
    models: catalogue ? modelList(catalogue) : [],
    modelsTotal: catalogue?.models.length ?? 0,
  };
}

function roleView(role: Role, known: Known, catalogue: Catalogue | null): Seen['roles'][number] {
  const { model } = known.settings;
  const own = role === 'thinker' ? model.name : model.roles[role];
  // A role without a model of its own is played by the thinker; only an embedder must be another.
  const wanted = own === '' && role !== 'embedder' ? model.name : own;
  const advice = catalogue ? advise(role, known.memoryBytes, catalogue.models) : null;
  const choice = catalogue
    ? chooseModel(catalogue, {
        name: wanted,
        type: role === 'embedder' ? 'embedding' : 'llm',
        contextTokens: role === 'embedder' ? 0 : model.windowTokens,
      })
    : null;
  return {
    role,
    wanted: own,
    using: choice?.kind === 'use' ? choice.instance.id : null,
    why: choice?.why ?? (known.sighting ? 'no list of models is there' : 'no server has been seen yet'),
    advice,
  };
}

function instanceViews(
  catalogue: Catalogue,
  { choice }: Known,
  { at, ours, atWork }: { at: Stamp; ours: ReadonlySet<string>; atWork: readonly Instance[] | null },
): Seen['instances'] {
  const twice = duplicatesIn(catalogue);
  return catalogue.instances.map((listed) => {
    const live = atWork?.find(({ id }) => id === listed.id);
    const { ttlMs, lastUsedAt } = live ?? listed;
    return {
      id: listed.id,
      key: listed.key,
      type: listed.type,
      contextTokens: listed.contextTokens ?? live?.contextTokens ?? null,
      parallel: listed.parallel ?? live?.parallel ?? null,
      ttlMs,
      remainingMs: ttlMs === null ? null : remainingOf(ttlMs, lastUsedAt, at),
      sizeBytes: listed.sizeBytes ?? live?.sizeBytes ?? null,
      work: live?.work ?? listed.work,
      queued: live?.queued ?? listed.queued,
      ours: ours.has(listed.id),
      inUse: choice.kind === 'use' && choice.instance.id === listed.id,
      remote: listed.remote,
      duplicate: twice.has(listed.id),
    };
  });
}

/** Both clocks are the wall's: after one was set, the figure is wrong for a while, but never absurd. */
const remainingOf = (ttlMs: number, lastUsedAt: Stamp | null, at: Stamp): number =>
  Math.min(ttlMs, Math.max(0, ttlMs - (lastUsedAt === null ? 0 : at - lastUsedAt)));

function modelList({ models, instances }: Catalogue): Seen['models'] {
  const loaded = new Set(instances.map(({ key }) => key));
  return models
    .toSorted((a, b) => Number(loaded.has(b.key)) - Number(loaded.has(a.key)) || a.name.localeCompare(b.name, 'en'))
    .slice(0, shownModels)
    .map(({ key, name, type, params, quantization, sizeBytes, maxContextTokens, remote }) => ({
      key,
      name,
      type,
      params,
      quantization,
      sizeBytes,
      maxContextTokens,
      loaded: loaded.has(key),
      remote,
    }));
}
