import type { Json } from './types.ts';

/** A plain value as JSON would carry it: a copy without what JSON does not know. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
