import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './data-dir.ts';
import { viewDatabase } from './database-view.ts';
import { type HeadlessHost, startHeadless } from './headless.ts';
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts';
import { makeTree, type Tree } from './tree.ts';
import { waitFor } from './wait-for.ts';

/** One owner for one test: a folder, a data folder, and hosts on both. Everything ends with the test. */
export interface WholeHost {
  readonly tree: Tree;
  readonly dataDir: string;
  /** Starts the host on the folder and the data folder, with rules unless told otherwise; later options win. */
  start(...args: string[]): Promise<HeadlessHost>;
  args(...more: string[]): string[];
  /** Writes `settings.json`: an object as JSON, a text as it is. */
  settings(content: object | string): void;
  /** A scripted model server that ends with the test. */
  server(): Promise<ScriptedServer>;
}

export function wholeHost(options: { repository?: boolean } = {}): WholeHost {
  const tree = makeTree(options);
  const data = temporaryFolder('bad-input');
  onTestFinished(() => {
    tree.end();
    data.remove();
  });
  const args = (...more: string[]) => ['--watch', tree.root, '--data-dir', data.path, '--model', 'rules', ...more];
  return {
    tree,
    dataDir: data.path,
    args,
    async start(...more) {
      const host = await startHeadless(args(...more));
      onTestFinished(() => host.end('SIGKILL').then(() => undefined));
      return host;
    },
    settings(content) {
      mkdirSync(data.path, { recursive: true });
      writeFileSync(join(data.path, 'settings.json'), typeof content === 'string' ? content : JSON.stringify(content));
    },
    async server() {
      const server = await startScriptedServer();
      onTestFinished(() => server.close());
      return server;
    },
  };
}

/** All observations as `type target`, oldest first. */
export const observed = (owner: Pick<WholeHost, 'dataDir'>): string[] =>
  viewDatabase(owner.dataDir).observations.map((each) => `${each.type} ${each.target}`);

/** The engine is alive: it writes down a change that is made now, and thinks about a note that is written now. */
export async function staysAlive(
  host: HeadlessHost,
  owner: Pick<WholeHost, 'dataDir' | 'tree'>,
  name = 'alive.ts',
): Promise<void> {
  const seen = () => viewDatabase(owner.dataDir);
  await waitFor('the folder to be watched: what is there before is no news', async () =>
    (await host.snapshot()).sources.every((each) => each.state === 'watching'),
  );
  owner.tree.write(name, `export const alive = ${JSON.stringify(name)};\n`);
  await waitFor(`${name} to be seen`, () => seen().observations.find((each) => each.target.endsWith(name)));
  const { id } = await host.note(`is anyone there after ${name}?`);
  await waitFor('a thought about a note', () => seen().episodes.some((ids) => ids.includes(id)));
}
