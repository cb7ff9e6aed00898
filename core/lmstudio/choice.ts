import { isMarked } from './belongings.ts';
import type { Catalogue, Instance, ModelEntry } from './catalogue.ts';

/** Below this a window holds no instructions and no observations. */
export const leastContextTokens = 2_048;

/** Which model a role uses, and why; pure. */
export type Choice =
  | { kind: 'use'; instance: Instance; why: string; short: boolean }
  | { kind: 'load'; entry: ModelEntry; why: string }
  | { kind: 'none'; why: string };

/** What a role asks for. */
export interface Wish {
  /** A model key or instance id; empty: whatever the owner has loaded. */
  name: string;
  type: 'llm' | 'embedding';
  /** The window it would like. */
  contextTokens: number;
}

/**
 * Reuses what is loaded before anything else (LM2): the named model, or without a name the owner's own. Two copies of one model: the one
 * with enough context, then the one used last. A loaded model with a small window is used as it is (`short`); one below
 * `leastContextTokens` is not. Names a load only for a model that the settings name.
 */
export function chooseModel(catalogue: Catalogue, wish: Wish): Choice {
  const loaded = loadedFor(catalogue, wish);
  if (mustBeChosen(catalogue, wish, loaded))
    return { kind: 'none', why: `the server lists ${loaded.length} models and none is chosen` };
  const fitting = loaded.filter((each) => !isTiny(each)).sort(byUse(wish.contextTokens));
  const [best] = fitting;
  if (best) return { kind: 'use', instance: best, why: whyUsed(best, wish, catalogue), short: isShort(best, wish) };
  if (loaded.length > 0) return { kind: 'none', why: tooTiny(loaded[0]!) };
  if (wish.name === '') return { kind: 'none', why: noneLoaded(catalogue, wish) };
  const entry = catalogue.models.find((each) => names(each.key, wish.name) && each.type !== other(wish.type));
  if (entry) return { kind: 'load', entry, why: 'it is named in the settings and not loaded' };
  return { kind: 'none', why: `“${wish.name}” is named in the settings, and the server does not have it` };
}

/** Of a list without states any model answers when it is asked, and a server may load it for that: which one, its owner says. */
const mustBeChosen = ({ tellsLoaded }: Catalogue, { name }: Wish, offered: readonly Instance[]): boolean =>
  !tellsLoaded && name === '' && offered.length > 1;

/** A list that tells no states is taken at its word: each listed model answers when it is asked. */
function loadedFor(catalogue: Catalogue, { name, type }: Wish): Instance[] {
  const offered = catalogue.tellsLoaded
    ? catalogue.instances
    : [...catalogue.instances, ...catalogue.models.filter((entry) => !hasInstance(catalogue, entry)).map(asInstance)];
  return offered.filter((each) => each.type === type && (name === '' || names(each.id, name) || names(each.key, name)));
}

const hasInstance = ({ instances }: Catalogue, { key }: ModelEntry): boolean =>
  instances.some((each) => each.key === key);

const asInstance = ({ key, type, sizeBytes, remote }: ModelEntry): Instance => ({
  id: key,
  key,
  type,
  contextTokens: null,
  parallel: null,
  ttlMs: null,
  lastUsedAt: null,
  work: 'unknown',
  queued: null,
  sizeBytes,
  remote,
});

/** `key@q4_k_m` is a variant of `key`. */
const names = (key: string, name: string): boolean => key === name || key.startsWith(`${name}@`);
const other = (type: Wish['type']) => (type === 'llm' ? 'embedding' : 'llm');
const isTiny = ({ contextTokens }: Instance): boolean => contextTokens !== null && contextTokens < leastContextTokens;
const isShort = ({ contextTokens }: Instance, wish: Wish): boolean =>
  wish.type === 'llm' && contextTokens !== null && contextTokens < wish.contextTokens;

/** Enough context first, this machine before a linked one, what its owner loaded before what we did, then the one used last. */
const byUse =
  (wanted: number) =>
  (a: Instance, b: Instance): number =>
    Number(b.contextTokens === null || b.contextTokens >= wanted) -
      Number(a.contextTokens === null || a.contextTokens >= wanted) ||
    Number(a.remote) - Number(b.remote) ||
    Number(isMarked(a)) - Number(isMarked(b)) ||
    (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0);

function whyUsed(instance: Instance, wish: Wish, { tellsLoaded }: Catalogue): string {
  const there = tellsLoaded ? 'loaded' : 'listed';
  const reason =
    wish.name === ''
      ? `it is ${tellsLoaded ? there : 'the only one listed'}`
      : `it is named in the settings and ${there}`;
  return isShort(instance, wish)
    ? `${reason}, with a window of ${figure(instance.contextTokens)} tokens instead of ${figure(wish.contextTokens)}: prompts are shortened to fit`
    : reason;
}

const figure = (tokens: number | null): string => (tokens ?? 0).toLocaleString('en');

const tooTiny = ({ id, contextTokens }: Instance): string =>
  `“${id}” is loaded with a window of ${figure(contextTokens)} tokens; Reverie needs at least ${figure(leastContextTokens)}`;

function noneLoaded({ models }: Catalogue, { type }: Wish): string {
  const known = models.filter((each) => each.type === type).length;
  if (known === 0)
    return type === 'llm' ? 'there is no language model on the disk' : 'there is no embedding model on the disk';
  return `${known === 1 ? 'one model is' : `${known} models are`} on the disk, none is loaded and none is named in the settings`;
}

/** Ids of instances of which there is another copy on the same machine: memory spent twice. */
export function duplicatesIn({ instances }: Catalogue): Set<string> {
  const copyOf = ({ key, remote }: Instance) => `${remote ? 'remote' : 'here'} ${key}`;
  const count = new Map<string, number>();
  for (const each of instances) count.set(copyOf(each), (count.get(copyOf(each)) ?? 0) + 1);
  return new Set(instances.filter((each) => (count.get(copyOf(each)) ?? 0) > 1).map(({ id }) => id));
}
