/** What can be made to go wrong at the simulated server, by name and one by one. Each is used up where it strikes. */
export const faultNames = [
  // Any route of the REST server
  'unauthorized',
  'connection-reset',
  'keep-alive-reset',
  'no-answer',
  'html-everywhere',
  'server-error',
  // Lists and paths
  'html-on-bad-path',
  'empty-list',
  'list-of-5000',
  'list-without-end',
  // Before an answer
  'unknown-model',
  'no-models-400',
  'no-models-404',
  'no-models-object',
  'overflow-n-keep',
  'overflow-greater',
  'overflow-keep-first',
  'model-unloaded',
  'model-crashed',
  'grammar',
  'template',
  // While loading
  'crash-on-load',
  'load-refused',
  'smaller-context',
  'load-twice',
  'old-load-answer',
  // During an answer: after half of it where nothing else is said
  'crash-mid-stream',
  'overflow-mid-stream',
  'error-object',
  'error-string',
  'error-event',
  'cut',
  'end-early',
  'no-done',
  'hang',
  'no-chunks',
  'late-headers',
  'empty-success',
  'json-in-reasoning',
  'slow-prefill',
  'crash-on-embedding',
  // Downloads and `lms`
  'disk-full',
  'download-fails',
  'ps-race',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Faults {
  /** The next `times` occasions go wrong this way; 1 when absent. */
  inject(name: FaultName, times?: number): void;
  /** Takes one back, or all. */
  clear(name?: FaultName): void;
  /** True when the fault strikes here; that uses it up once. */
  strikes(name: FaultName): boolean;
  /** The first of these that strikes. */
  first<Name extends FaultName>(names: readonly Name[]): Name | null;
  left(name: FaultName): number;
}

export function createFaults(): Faults {
  const left = new Map<FaultName, number>();
  const faults: Faults = {
    inject: (name, times = 1) => void left.set(name, times),
    clear: (name) => (name ? void left.delete(name) : left.clear()),
    strikes(name) {
      const times = left.get(name) ?? 0;
      left.set(name, Math.max(0, times - 1));
      return times > 0;
    },
    first: (names) => names.find((name) => faults.strikes(name)) ?? null,
    left: (name) => left.get(name) ?? 0,
  };
  return faults;
}
