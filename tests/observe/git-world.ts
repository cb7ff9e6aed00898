import { systemClock } from '../../core/host/system.ts';
import { createGitSource, type GitSourceOptions } from '../../core/observe/sources/git.ts';
import type { Log, Source } from '../../core/ports.ts';
import type { Json } from '../../core/types.ts';
import { memorySink } from '../contracts/source.ts';
import { makeTree, type Tree } from '../kit/tree.ts';

/** Errors of ours fail the test that meets them: `errors` must stay empty. */
export function countingLog(): Log & { errors: string[] } {
  const errors: string[] = [];
  return {
    errors,
    debug() {},
    info() {},
    warn() {},
    error: (event, fields) => void errors.push(`${event} ${fields?.error}`),
  };
}

/** A repository with one commit, or none of one's own. */
export function repositoryTree(): Tree {
  const tree = makeTree({ repository: true });
  tree.write('src/app.ts', 'export const one = 1;\n');
  tree.commit('Begin');
  return tree;
}

/** Git sources over folders, each stopped and each folder removed by `end`. */
export function gitWorld() {
  const trees: Tree[] = [];
  const sources: Source[] = [];
  const log = countingLog();
  return {
    log,
    own(tree: Tree): Tree {
      trees.push(tree);
      return tree;
    },
    /** Starts a source as a run of the program would. */
    async run(root: string, more: Partial<GitSourceOptions> = {}, marks: Map<string, Json> = new Map()) {
      const kept = memorySink(marks);
      const source = createGitSource({
        root,
        label: '',
        uncommittedHours: 4,
        clock: systemClock,
        firstLookMs: null,
        log,
        ...more,
      });
      sources.push(source);
      await source.start(kept.sink, kept.reader);
      const of = (type: string) => kept.drafts.filter((draft) => draft.type === type);
      return { ...kept, source, of, types: () => kept.drafts.map((draft) => draft.type) };
    },
    async end() {
      for (const source of sources) await source.stop();
      for (const tree of trees) tree.end();
    },
  };
}
