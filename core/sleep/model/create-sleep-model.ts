import type { SleepModel } from '../phase.ts';
import type { SleepModelParts } from './ask.ts';
import { generalise } from './generalise.ts';
import { imagine } from './imagine.ts';
import { learn } from './learn.ts';
import { summarise } from './summarise.ts';

/** A model as sleep asks it: every call through the gateway on sleep's lane, and nothing that comes back is believed unchecked. */
export const createSleepModel = (parts: SleepModelParts): SleepModel => ({
  reasoner: parts.model.reasoner,
  learn: (material, known, signal) => learn(parts, material, known, signal),
  generalise: (memories, signal) => generalise(parts, memories, signal),
  imagine: (material, signal) => imagine(parts, material, signal),
  summarise: (lines, signal) => summarise(parts, lines, signal),
});
