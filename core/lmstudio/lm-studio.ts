import type { Failure, Result } from '../errors.ts';
import type { Catalogue, Instance } from './catalogue.ts';

export type Product = 'lm-studio' | 'llmster' | 'bionic' | 'openai';

/** What one look found, rung by rung; looking starts nothing and wakes nothing. */
export interface Sighting {
  /** Signs of an installation on this machine, best first; null when there are none. */
  installed: Exclude<Product, 'openai'> | null;
  /** The program that runs, with or without its server; null: none, or not to be told without waking it. */
  running: Exclude<Product, 'openai'> | null;
  /** Another program of the family that runs at the same time and is known to get in its way. */
  rival: Exclude<Product, 'openai'> | null;
  /** `http://127.0.0.1:1234`, without `/v1`; where the last rung that answered stood, or where one was expected. */
  address: string | null;
  server: SeenServer;
  lms: SeenLms;
}

export type SeenServer =
  /** Nothing answers at any address. */
  | { kind: 'away'; failure: Failure }
  /** Something answers, and it is no model server. */
  | { kind: 'foreign'; failure: Failure }
  /** It greets, but wants a token, or another one. */
  | { kind: 'auth-required' }
  /** It greets, but its list could not be read now: a hiccup, not a state. */
  | { kind: 'unwell'; failure: Failure }
  | { kind: 'open'; product: Product; catalogue: Catalogue };

export type SeenLms =
  | { kind: 'found'; path: string; version: string }
  | { kind: 'missing' }
  | { kind: 'unusable'; path: string; why: string };

/** What Reverie wants loaded. */
export interface LoadWish {
  key: string;
  /** For `lms load --exact`; null loads over HTTP. */
  path: string | null;
  contextTokens: number;
  /** Idle seconds until the server may unload it; null: never. */
  ttlSeconds: number | null;
  parallel: number;
  gpu: 'max' | 'off' | number;
}

/** LM Studio (or another server with the OpenAI surface) as the keeper sees it. Real: driver/; contract: reference of `lms` and REST. */
export interface LmStudio {
  /** Whether the server greets at its last address or any that it may have. Costs no inference, wakes nothing; 2 s at most. */
  greets(signal: AbortSignal): Promise<boolean>;
  look(signal: AbortSignal): Promise<Sighting>;
  /** What is loaded and at work, from `lms ps`; null where only HTTP is there: then nobody can tell who is busy. Wakes nothing. */
  atWork(signal: AbortSignal): Promise<Instance[] | null>;
  /**
   * Loads and reads back what was really loaded. `onProgress` 0..1 where it is told. Fails with `insufficient-resources`,
   * `model-load-failed`, `model-missing`, `load-timeout`, `auth-required` or a connection code. Never loads twice by itself.
   */
  load(wish: LoadWish, onProgress: (share: number) => void, signal: AbortSignal): Promise<Result<Instance>>;
  /** Unloads one instance by its id; the keeper asks only for what is its own. */
  unload(id: string, signal: AbortSignal): Promise<Result<null>>;
  /** Downloads by catalogue name (`owner/name`). Fails with `no-lms`, `disk-full` (checked before and after) or `download-failed`. */
  get(name: string, onProgress: (share: number) => void, signal: AbortSignal): Promise<Result<null>>;
  /** `lms server start`: may wake a closed program, so only with the owner's consent. Fails with `no-lms` when only HTTP is there. */
  startServer(signal: AbortSignal): Promise<Result<null>>;
}
