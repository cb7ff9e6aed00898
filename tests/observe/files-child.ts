import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFilesSource } from '../../core/observe/sources/files.ts';
import type { Log, SourceHealth } from '../../core/ports.ts';

/**
 * What a user without rights sees, in a process of its own: the tests may run as root, whom no permission stops. It gives its rights up
 * only after everything is loaded, because that user may not even read the code. Prints one line of JSON.
 */
const [root = ''] = process.argv.slice(2);
const asNobody = () => process.getuid?.() === 0 && process.seteuid?.(65_534);
const asBefore = () => process.getuid?.() === 0 && process.seteuid?.(0);
const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
const drafts: string[] = [];
let health: SourceHealth | null = null;

const source = createFilesSource({
  root,
  label: '',
  ignore: [],
  maxFiles: 1_000,
  exclude: [],
  announce: false,
  workerUrl: new URL('../../core/host/workers/files.ts', import.meta.url),
  log,
});
await source.start(
  {
    offer: (draft) => void drafts.push(`${draft.type} ${draft.target}`),
    remember: silent,
    health: (now) => {
      health = now;
    },
  },
  { page: async () => [], get: async () => null },
);

async function look(): Promise<SourceHealth | null> {
  await source.rescan();
  return health;
}

const missing = await look();
mkdirSync(join(root, 'closed'), { recursive: true });
mkdirSync(join(root, 'open'));
writeFileSync(join(root, 'open', 'a.txt'), 'a');
writeFileSync(join(root, 'closed', 'b.txt'), 'b');
const all = await look();
chmodSync(join(root, 'closed'), 0o000);
asNobody();
const closed = await look();
asBefore();
chmodSync(root, 0o000);
asNobody();
const nothing = await look();
asBefore();
chmodSync(root, 0o755);
chmodSync(join(root, 'closed'), 0o755);
const again = await look();
await source.stop();
process.stdout.write(JSON.stringify({ missing, all, closed, nothing, again, drafts }));
