import { z } from 'zod';
import { itemKinds } from './memory.ts';
import { settingsPatchSchema } from './settings.ts';

/** What of questions, alerts, settings and the program around the mind crosses to a page. */

const stamp = z.number();
const unit = z.number().min(0).max(1);
const id = z.string().min(1).max(64);

/** A question to the mind (SH8). */
export const askSchema = z.object({ text: z.string().trim().min(1).max(2_000) });

/** The answer to one question, whole each time it grows. Kept while the program runs, in no file. */
export const answerSchema = z.object({
  id,
  question: z.string(),
  askedAt: stamp,
  state: z.enum(['recalling', 'answering', 'done', 'stopped', 'failed']),
  text: z.string(),
  /** Who answers; null until that is known. */
  reasoner: z.object({ kind: z.enum(['rules', 'server']), name: z.string() }).nullable(),
  /** Why this one, where that is worth a word: "no model is loaded". Empty: nothing to say. */
  why: z.string(),
  /** What memory held about it, best first. The text names them as [m1], [m2], …; `cited`: the answer rests on it. */
  evidence: z.array(
    z.object({
      ref: z.string(),
      kind: z.enum(itemKinds),
      id,
      text: z.string(),
      at: stamp,
      trust: z.enum(['owner', 'app', 'derived', 'observed']),
      target: z.string().nullable(),
      importance: unit,
      why: z.array(z.string()),
      cited: z.boolean(),
    }),
  ),
  /** What went wrong, what it means and what to do; null when nothing did. */
  problem: z.string().nullable(),
});
export type AnswerView = z.infer<typeof answerSchema>;

/** Something worth an interruption (DE3). */
export const alertSchema = z.object({
  id,
  insightId: id,
  title: z.string(),
  body: z.string(),
  at: stamp,
  critical: z.boolean(),
});
export type AlertView = z.infer<typeof alertSchema>;

/** The program around the mind, and what it can do for its owner. */
export const hostSchema = z.object({
  kind: z.enum(['headless', 'tray']),
  picksFolders: z.boolean(),
  login: z.enum(['on', 'off', 'cannot']),
});
export type HostView = z.infer<typeof hostSchema>;

/** What the Settings view shows: what is in force, and what would be without a word of the owner's. */
export const settingsViewSchema = z.object({
  inForce: settingsPatchSchema,
  defaults: settingsPatchSchema,
  /** The folders that are watched now; those of the settings, or the one it was started for. */
  watching: z.array(z.string()),
  /** Where the settings are kept. */
  file: z.string(),
  /** What is wrong with that file; null when nothing is. */
  problem: z.string().nullable(),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;

/** What a list of ignore rules would leave out, held against the files that are there now. */
export const ignorePreviewSchema = z.object({
  /** Files that were looked at; a bounded look. */
  looked: z.number(),
  ignored: z.number(),
  /** Some of those that these rules leave out, with the rule that does. */
  examples: z.array(z.object({ path: z.string(), rule: z.string() })),
  /** How many files each rule leaves out, in the order of the rules. */
  rules: z.array(z.object({ rule: z.string(), matches: z.number(), problem: z.string().nullable() })),
  /** Whether there were more files than were looked at. */
  partial: z.boolean(),
});
export type IgnorePreview = z.infer<typeof ignorePreviewSchema>;

export const ignoreRulesSchema = z.array(z.string().min(1).max(500)).max(500);

/** The commands of this file, for the union of all commands. */
export const ownerCommands = [
  /** Ends a running answer; what is there stays. */
  z.object({ kind: z.literal('stop-answer'), id }),
  /** What the owner wants attended to (SH8). High: it does not fade until it is cleared or four hours have passed. */
  z.object({
    kind: z.literal('set-focus'),
    topic: z.string().trim().min(1).max(200),
    priority: z.enum(['normal', 'high']),
  }),
  z.object({ kind: z.literal('pin-insight'), id, pinned: z.boolean() }),
  z.object({ kind: z.literal('set-login'), on: z.boolean() }),
] as const;

/** The events of this file, for the union of all events. */
export const ownerEvents = [
  /** The whole answer as it stands: a client that missed one loses nothing. */
  z.object({ kind: z.literal('answer-grew'), answer: answerSchema }),
  z.object({ kind: z.literal('alert-raised'), alert: alertSchema }),
  /** Settings are others: who shows them asks again. */
  z.object({ kind: z.literal('settings-changed') }),
] as const;
