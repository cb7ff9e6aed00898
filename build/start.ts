import { whyNoTray } from '../electron/availability.ts';
import { needNode24 } from './need-node.ts';

// The tray where it can run, else the same mind and page without it.
needNode24();
process.stderr.write(`${whyNoTray()} Starting the headless host instead; open the link below.\n`);
await import('./mind.ts');
