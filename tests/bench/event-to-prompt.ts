import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../kit/clock.ts';
import { atRest, type HeadlessHost, startHeadless } from '../kit/headless.ts';
import { type ScriptedServer, startScriptedServer } from '../kit/scripted-server.ts';
import { waitFor } from '../kit/wait-for.ts';
import { figure, type Measurement, median, pause, percentile } from './measurement.ts';
import { sourceText, wordMaker } from './samples.ts';
import { makeWatchedFolder, type WatchedFolder } from './watched-folder.ts';

/** Edits after the first, whose call loads what only calls need and is reported beside the others. */
const edits = 70;
const promptWithinMs = 5_000;

interface Edit {
  /** A name that no other edit uses. */
  word: string;
  /** Milliseconds until the server had the whole request; null when no request named it. */
  tookMs: number | null;
}

/**
 * From a write in a watched folder to the request that asks a model about it, with everything between: the system's event, the look at
 * the file, the 100 ms coalescing, the durable write, attention, context and HTTP. Both ends are read from this process's clock.
 */
export const eventToPrompt: Measurement = {
  rows: { 'event-to-prompt-p95-ms': { unit: 'ms', target: 300, want: 'at-most' } },
  async take() {
    const folder = makeWatchedFolder(200, 20);
    const server = await startScriptedServer();
    try {
      roomToThink(folder.dataDir);
      const host = await startHeadless([
        '--watch',
        folder.tree.root,
        '--data-dir',
        folder.dataDir,
        '--port',
        '0',
        '--model',
        server.baseUrl,
      ]);
      try {
        return { 'event-to-prompt-p95-ms': reading(await editOneByOne(host, folder, server), server) };
      } finally {
        await host.end();
      }
    } finally {
      await server.close();
      folder.end();
    }
  },
};

/** More tokens an hour than this many thoughts in a minute or two can use: the budget is not what is measured. */
const roomToThink = (dataDir: string) =>
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ budget: { tokensPerHour: 1_000_000 } }));

async function editOneByOne(host: HeadlessHost, folder: WatchedFolder, server: ScriptedServer): Promise<Edit[]> {
  const word = wordMaker(11);
  const draw = seededRandom(11).stream('spacing');
  const done: Edit[] = [];
  while (done.length < 1 + edits) {
    await atRest(host);
    // At any point of every timer's period, not always just after a thought.
    await pause(200 + draw() * 400);
    done.push(await editOnce(word, folder, server));
  }
  return done;
}

/** One new file in a new folder, in words not seen before: always novel enough to be thought about. */
async function editOnce(word: () => string, folder: WatchedFolder, server: ScriptedServer): Promise<Edit> {
  const name = `${word()}-${word()}`;
  const before = server.chats().length;
  const content = sourceText(word, 8);
  const startedAt = performance.now();
  folder.tree.write(`${word()}/${name}.ts`, content);
  const prompt = await waitFor(
    'the prompt',
    () =>
      server
        .chats()
        .slice(before)
        .find((chat) => chat.body.includes(name)),
    promptWithinMs,
  ).catch(() => null);
  return { word: name, tookMs: prompt && prompt.arrivedAt - startedAt };
}

function reading([cold, ...warm]: readonly Edit[], server: ScriptedServer) {
  const took = warm.flatMap((edit) => edit.tookMs ?? []);
  if (took.length < 60) throw new Error(`only ${took.length} of ${warm.length} edits led to a prompt`);
  const spread = `median ${figure(median(took))}, worst ${figure(Math.max(...took))} ms`;
  const first = cold?.tookMs ? `${figure(cold.tookMs)} ms` : 'no prompt';
  const prompts = server.chats().length;
  return {
    value: percentile(took, 0.95),
    note: `${took.length} of ${warm.length} edits led to a prompt (${spread}); the first, cold one left out: ${first}; ${prompts} prompts for ${1 + warm.length} edits`,
  };
}
