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

/** The engine is alive: it notices this change and thinks about it to an insight. */
export async function staysAlive(host: HeadlessHost, tree: Tree, name = 'alive.ts'): Promise<void> {
  tree.write(name, `export const alive = ${JSON.stringify(name)};\n`);
  await waitFor(`an insight about ${name}`, async () =>
    (await host.insights()).some((each) => each.text.includes(name)),
  );
}
