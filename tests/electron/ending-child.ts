import { bootShell } from '../kit/shell-program.ts';
import { waitFor } from '../kit/wait-for.ts';

/** The built program, told to quit while its mind still starts, and to open in every way while it ends. Prints what it did with Electron. */
const [dataDir, folder] = process.argv.slice(2) as [string, string];
process.env.REVERIE_DATA_DIR = dataDir;
process.env.REVERIE_START_DIR = folder;
let ended = false;
const { did } = await bootShell({ dataDir }, ({ electron: { app } }) => {
  app.on('exited', () => {
    ended = true;
  });
  app.on('newListener', (event) => {
    if (event === 'before-quit') queueMicrotask(quitAndOpen);
  });
  function quitAndOpen() {
    app.quit();
    app.emit('second-instance', {}, ['reverie', 'reverie://view/insights']);
    app.emit('open-url', { preventDefault() {} }, 'reverie://insight/abc');
    app.emit('activate');
  }
});
await waitFor('the end', () => ended);
process.stdout.write(JSON.stringify(did));
