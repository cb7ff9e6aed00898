import { onTestFinished } from 'vitest';
import { createFilesSource } from '../../core/observe/sources/files.ts';
import type { Log } from '../../core/ports.ts';
import type { Json, ObservationDraft } from '../../core/types.ts';
import { memorySink } from '../contracts/source.ts';
import type { Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

export interface FilesOptions {
  label?: string;
  ignore?: string[];
  maxFiles?: number;
  exclude?: string[];
  announce?: boolean;
}

/** The file source over a folder, with its thread run from the source text. */
export function filesOf(root: string, options: FilesOptions = {}) {
  return createFilesSource({
    root,
    label: '',
    ignore: [],
    maxFiles: 50_000,
    exclude: [],
    announce: false,
    ...options,
    workerUrl: new URL('../../core/host/workers/files.ts', import.meta.url),
    log,
  });
}

/** Starts the file source over a tree; it is stopped with the test. */
export async function watchTree(tree: Pick<Tree, 'root'>, options: FilesOptions = {}, marks?: Map<string, Json>) {
  const kept = memorySink(marks);
  const source = filesOf(tree.root, options);
  onTestFinished(() => source.stop());
  await source.start(kept.sink, kept.reader);
  return {
    ...kept,
    source,
    /** The first draft of this type about this target. */
    told: (type: string, target: string): Promise<ObservationDraft> =>
      waitFor(`${type} of ${target}`, () =>
        kept.drafts.find((draft) => draft.type === type && draft.target === target),
      ),
    /** Everything told so far, in short. */
    list: () => kept.drafts.map((draft) => `${draft.type} ${draft.target}`).sort(),
    /** Looks again at everything, so that what is not told by then is not told at all. */
    quiet: () => source.rescan(),
  };
}

/** Resolves when small files have been read once: their marks carry a hash. */
export async function warmed(kept: { marks: Map<string, Json> }, ...paths: string[]): Promise<void> {
  await waitFor('the files to be read once', () =>
    paths.every((path) => {
      const mark = kept.marks.get(path);
      return Array.isArray(mark) && typeof mark[3] === 'string';
    }),
  );
}
