import { Bug } from '../../core/errors.ts';
import type { Embedder, StoreCare } from '../../core/ports.ts';

/** A store without a file behind it: nothing to check, back up or export. */
export const noCare: StoreCare = {
  notices: [],
  checkLater: async () => null,
  backupIfDue: async () => undefined,
  dropBackups: async () => 0,
  writeExport: async () => '/nowhere/memory.json',
};

/** For worlds where no embedding model is ever loaded. */
export const noEmbedder = (): Embedder => {
  throw new Bug('there is no embedding model here');
};
