import { ensureBuilt } from './ensure-built.ts';
import { needNode24 } from './need-node.ts';

// The headless host, built when its sources are newer, in this very process: signals reach it directly.
needNode24();
process.env.REVERIE_START_DIR ??= process.env.INIT_CWD ?? process.cwd();
ensureBuilt('host');
ensureBuilt('page');
await import(new URL('../dist/host/headless.js', import.meta.url).href);
