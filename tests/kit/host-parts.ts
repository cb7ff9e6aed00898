import type { EnginePorts } from '../../core/host/engine.ts';
import type { Shell, Source } from '../../core/ports.ts';

/** A program around the mind that can do nothing for its owner. */
export const bareShell: Shell = { kind: 'headless', pickFolder: null, login: null, power: null };

/** What an engine needs of its host when a test has one source of its own and no folder to look at. */
export const hostParts = (source: Source): Pick<EnginePorts, 'watching' | 'previewIgnore' | 'shell' | 'facts'> => ({
  watching: () => ({ folders: ['/shop'], sources: [{ same: source.id, make: () => source }] }),
  previewIgnore: async () => ({ looked: 0, ignored: 0, examples: [], rules: [], partial: false }),
  shell: bareShell,
  facts: { dataDir: '/data', settingsFile: '/data/settings.json', memoryBytes: 32e9 },
});
