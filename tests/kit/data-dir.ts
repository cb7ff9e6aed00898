import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStoreThread } from '../../core/host/store-thread.ts';
import { workerUrl } from '../../core/host/worker-url.ts';

/** A folder of its own that is gone afterwards. */
export function temporaryFolder(name = 'data') {
  const path = mkdtempSync(join(tmpdir(), `reverie-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The real store in its thread, on a database of its own. */
export async function temporaryStore() {
  const folder = temporaryFolder('store');
  const file = join(folder.path, 'reverie.db');
  const open = () => openStoreThread({ file, workerUrl: workerUrl('store'), onLost: () => undefined });
  const store = await open();
  return {
    store,
    file,
    open,
    async close() {
      await store.close();
      folder.remove();
    },
  };
}
