import { standInForElectron } from '../kit/electron-hook.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The built program where it may not start, as `first` or `second` instance. Prints what it did with Electron. */
const [dataDir, folder, instance] = process.argv.slice(2) as [string, string, 'first' | 'second'];
process.env.REVERIE_DATA_DIR = dataDir;
process.env.REVERIE_START_DIR = folder;
const double = standInForElectron({ dataDir, firstInstance: instance === 'first' });
let ended = false;
double.electron.app.on('exited', () => {
  ended = true;
});
await import(new URL('../../dist/shell/main.js', import.meta.url).href);
await waitFor('the end', () => ended);
process.stdout.write(JSON.stringify(double.did));
