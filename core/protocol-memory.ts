import { z } from 'zod';
import { evidenceKinds, itemKinds, memoryKinds, sleepPhases, sleepReasons, validations } from './memory.ts';

/** What of memory, sleep and dreams crosses to a page. The schemas of `protocol.ts` are made of these. */

const stamp = z.number();
const unit = z.number().min(0).max(1);
const id = z.string().min(1).max(64);
const reasoner = z.object({ kind: z.enum(['rules', 'server']), name: z.string() });

export const recallHitSchema = z.object({
  kind: z.enum(itemKinds),
  id,
  text: z.string(),
  at: stamp,
  score: z.number(),
  trust: z.enum(['owner', 'app', 'derived', 'observed']),
  target: z.string().nullable(),
  importance: unit,
  why: z.array(z.string()),
});

export const memorySchema = z.object({
  id,
  kind: z.enum(memoryKinds),
  text: z.string(),
  target: z.string().nullable(),
  importance: unit,
  /** What made it so important, in words with figures: "severity 0.8". */
  because: z.array(z.string()),
  /** Now, 0..1. */
  strength: unit,
  recalled: z.number(),
  recalledAt: stamp.nullable(),
  formedAt: stamp,
  changedAt: stamp,
  reasoner,
  trust: z.enum(['owner', 'app', 'derived', 'observed']),
  validation: z.enum(validations),
  pinned: z.boolean(),
  support: z.number(),
  /** Of patterns and dreams: how often it held, and how often not. */
  hits: z.number(),
  misses: z.number(),
  /** The rule in words; null when it is none. */
  rule: z.string().nullable(),
  expiresAt: stamp.nullable(),
  contradicts: z.array(id),
});
export type MemoryView = z.infer<typeof memorySchema>;

export const evidenceSchema = z.object({
  kind: z.enum(evidenceKinds),
  id,
  at: stamp,
  snapshot: z.string(),
  /** Whether the thing itself is still there to be opened. */
  there: z.boolean(),
});
export type EvidenceView = z.infer<typeof evidenceSchema>;

export const memoryDetailSchema = z.object({
  memory: memorySchema,
  evidence: z.array(evidenceSchema),
  contradicting: z.array(memorySchema),
  /** What it predicted lately and what came, newest first. */
  predictions: z.array(
    z.object({
      since: stamp,
      dueAt: stamp,
      settlement: z.enum(['open', 'met', 'not-met', 'unknown']),
      at: stamp.nullable(),
      observationIds: z.array(id),
    }),
  ),
});
export type MemoryDetail = z.infer<typeof memoryDetailSchema>;

export const tombstoneSchema = z.object({
  id,
  kind: z.enum(memoryKinds),
  text: z.string(),
  why: z.string(),
  forgottenAt: stamp,
  /** When it can no longer be brought back. */
  goneAt: stamp,
});
export type TombstoneView = z.infer<typeof tombstoneSchema>;

export const digestSchema = z.object({
  from: stamp,
  until: stamp,
  lines: z.array(z.object({ text: z.string(), memoryIds: z.array(id) })),
});

export const sleepSchema = z.object({
  id,
  reason: z.enum(sleepReasons),
  startedAt: stamp,
  endedAt: stamp.nullable(),
  ended: z.enum(['done', 'interrupted', 'owner', 'shutdown']).nullable(),
  phases: z.array(
    z.object({
      phase: z.enum(sleepPhases),
      startedAt: stamp,
      endedAt: stamp.nullable(),
      reasoner,
      modelCalls: z.number(),
      tokens: z.number(),
      made: z.record(z.string(), z.number()),
      note: z.string().nullable(),
    }),
  ),
  digest: digestSchema.nullable(),
});
export type SleepView = z.infer<typeof sleepSchema>;

export const calibrationSchema = z.object({
  judged: z.number(),
  unknown: z.number(),
  bins: z.array(z.object({ from: unit, until: unit, judged: z.number(), met: z.number(), meanConfidence: z.number() })),
  brier: z.number().nullable(),
  useful: z.number(),
  less: z.number(),
});
export type CalibrationView = z.infer<typeof calibrationSchema>;

export const auditSchema = z.object({
  at: stamp,
  memories: z.number(),
  byKind: z.record(z.string(), z.number()),
  duplicates: z.number(),
  neverRecalled: z.number(),
  contradicted: z.number(),
  tainted: z.number(),
  withoutEvidence: z.number(),
  bytes: z.number(),
  examples: z.array(z.object({ what: z.enum(['duplicates', 'contradicted', 'without-evidence']), ids: z.array(id) })),
});

/** Everything the Dreams view shows. */
export const dreamsViewSchema = z.object({
  at: stamp,
  /** Hypotheses that wait for validation first, then settled ones, newest first. */
  dreams: z.array(memorySchema),
  /** Of all dreams ever. */
  counts: z.object({ waiting: z.number(), confirmed: z.number(), refuted: z.number(), expired: z.number() }),
  /** Newest first. */
  sleeps: z.array(sleepSchema),
  audit: auditSchema.nullable(),
  calibration: calibrationSchema,
  /** When it will sleep by itself, in words: "after 12 more cycles, or when idle for 30 minutes". */
  next: z.string(),
});
export type DreamsView = z.infer<typeof dreamsViewSchema>;

export const memoryQuerySchema = z.object({
  /** Words to search for; absent or empty: newest first. Time expressions ("yesterday", "last week") narrow the span. */
  text: z.string().max(500).optional(),
  /** Of the things to find; absent: all. */
  kinds: z.array(z.enum(itemKinds)).optional(),
  from: stamp.optional(),
  until: stamp.optional(),
  target: z.string().max(1_000).optional(),
  trust: z.array(z.enum(['owner', 'app', 'derived', 'observed'])).optional(),
  pinned: z.boolean().optional(),
  before: stamp.optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type MemorySearch = z.infer<typeof memoryQuerySchema>;

/** One thing in the Memory view; `memory` where it is one (insights and episodes are not). */
export const memoryItemSchema = recallHitSchema.extend({ memory: memorySchema.nullable() });
export type MemoryItem = z.infer<typeof memoryItemSchema>;

export const memoryCommands = [
  /** Ends in `awake` by itself; says what there was to do. */
  z.object({ kind: z.literal('sleep-now') }),
  /** Sleeps with a dream, whatever chance says. */
  z.object({ kind: z.literal('dream-now') }),
  z.object({ kind: z.literal('wake') }),
  z.object({ kind: z.literal('pin-memory'), id, pinned: z.boolean() }),
  z.object({ kind: z.literal('correct-memory'), id, text: z.string().trim().min(1).max(10_000) }),
  /** Can be brought back for 30 days. */
  z.object({ kind: z.literal('forget-memory'), id }),
  z.object({ kind: z.literal('bring-back'), id }),
  /** Really gone, from the file and its backups. */
  z.object({ kind: z.literal('delete-memory'), id }),
  /** Writes a file into the data folder and says where it is. */
  z.object({ kind: z.literal('export-memory'), format: z.enum(['json', 'markdown']) }),
  /** The words are typed by the owner. */
  z.object({ kind: z.literal('delete-everything'), confirm: z.literal('delete everything') }),
] as const;
