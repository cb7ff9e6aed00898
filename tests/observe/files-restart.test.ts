import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { workerUrl } from '../../core/host/worker-url.ts';
import { createFilesSource } from '../../core/observe/sources/files.ts';
import { memorySink } from '../contracts/source.ts';
import { makeTree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

it('[OB1.40] a thread that died is said, started again, and misses nothing', async () => {
  const tree = makeTree();
  const elsewhere = makeTree();
  try {
    tree.write('a.txt', 'one\n');
    // Dies at its first start, after which it is the real one.
    const fragile = elsewhere.at('worker.mjs');
    writeFileSync(
      fragile,
      `import { existsSync, writeFileSync } from 'node:fs';
       const flag = ${JSON.stringify(elsewhere.at('died'))};
       if (!existsSync(flag)) { writeFileSync(flag, ''); throw new Error('struck down'); }
       await import(${JSON.stringify(workerUrl('files').href)});`,
    );
    const source = createFilesSource({
      root: tree.root,
      label: '',
      ignore: [],
      maxFiles: 1000,
      exclude: [],
      announce: false,
      workerUrl: pathToFileURL(fragile),
      log: silent,
      restartMs: 1,
    });
    const seen = memorySink();
    await source.start(seen.sink, seen.reader);
    await waitFor('word of the death', () =>
      seen.health.some((health) => health.state === 'failed' && /struck down/.test(health.message) && health.remedy),
    );
    await waitFor('the second thread', () => seen.health.at(-1)?.state === 'watching');
    tree.write('b.txt', 'two\n');
    await waitFor('a change afterwards', () => seen.drafts.some((draft) => draft.target === 'b.txt'));
    await source.stop();
    expect(seen.drafts.map((draft) => draft.target)).toEqual(['b.txt']);
  } finally {
    tree.end();
    elsewhere.end();
  }
});
