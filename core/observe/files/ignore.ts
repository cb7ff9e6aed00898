import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ignore from 'ignore';

const names = (text: string) => new Set(text.split(/\s+/).filter(Boolean));

/** Never looked into, whatever any pattern says. */
const vcsFolders = names('.git .hg .svn .jj .bzr _darcs CVS .fslckout _FOSSIL_ .sl .pijul');

const dependencyFolders = names(`node_modules bower_components jspm_packages .pnpm-store .yarn .venv venv virtualenv
  __pypackages__ site-packages .tox .nox .eggs Pods Carthage .bundle elm-stuff .stack-work .dart_tool .pub-cache .gradle .m2 .cargo
  .ivy2 .terraform .serverless .direnv`);

const outputFolders =
  names(`.next .nuxt .output .svelte-kit .astro .docusaurus .turbo .parcel-cache .vite .angular .cache .webpack
  .rollup.cache .expo .vercel .netlify .wrangler __pycache__ .pytest_cache .mypy_cache .ruff_cache .hypothesis .ipynb_checkpoints
  coverage .nyc_output htmlcov .coverage .jest DerivedData .build .idea .vs .fleet .metals .bloop .ccls-cache .clangd zig-cache
  .zig-cache zig-out CMakeFiles _build .sass-cache .Trash .Trashes lost+found $RECYCLE.BIN`);

/** Folders that usually hold build output or copies; they count when git tracks files in them. */
export const buildLikeFolders: ReadonlySet<string> = names('build dist out target bin obj vendor');

const passingFile = new RegExp(
  [
    String.raw`~$|^\.#|^#.*#$|^~\$|^\.~lock\.|^4913$|^\.DS_Store$|^\._|^Thumbs\.db$|^desktop\.ini$|^Icon\r$`,
    String.raw`\.(swp|swo|swx|swpx|un~|tmp|temp|crdownload|part|partial|kate-swp|pyc|pyo|class|tsbuildinfo|o|obj|lo)$`,
    String.raw`^\.goutputstream-|^\.nfs[0-9a-f]+$|^\.fuse_hidden|___jb_(tmp|old)___$|\.sb-[0-9a-f]+-\w+$|^\.tmp\d|\.tmp\.\d+`,
    String.raw`\.(db|sqlite|sqlite3)-(wal|shm|journal)$|^\.eslintcache$|^\.stylelintcache$|^\.coverage(\..*)?$`,
  ].join('|'),
);

const MAX_PATTERN_BYTES = 262_144;

/** Decides what is looked at. Paths are relative to the watched folder, with `/`; "" is that folder. */
export interface IgnoreRules {
  /** Whether this entry is left out; asked only for entries of folders that are not. */
  ignores(path: string, folder: boolean): boolean;
  /** The same for any path: whether it or a folder above it is left out. */
  hides(path: string, folder: boolean): boolean;
  /** Build-like folders that git tracks files in. */
  readonly tracked: Set<string>;
  /** Build-like folders that were left out so far. */
  readonly passed: Set<string>;
}

interface Matcher {
  /** Turns a path below the root into one below the folder of the patterns: `up + path.slice(cut)`. */
  up: string;
  cut: number;
  test: ReturnType<typeof patterns>;
}

/**
 * The rules of one watched folder: version control internals and `exclude` always; then the owner's patterns; then `.gitignore` files,
 * the deepest first, as git ranks them, with those above the folder up to its repository and `info/exclude` last; then the built-in list.
 * Pattern files are read once, when first needed, through `read` (null: there is none): to read them again, make new rules.
 */
export function createIgnoreRules(options: {
  root: string;
  ignore: string[];
  exclude: string[];
  tracked?: Set<string>;
  read: (file: string) => string | null;
}): IgnoreRules {
  const { root, read } = options;
  const tracked = options.tracked ?? new Set<string>();
  const passed = new Set<string>();
  const excluded = new Set(options.exclude.map((folder) => relative(root, folder).replaceAll('\\', '/')));
  const own = patterns(options.ignore.join('\n'));
  const chains = new Map<string, Matcher[]>();

  function chainOf(folder: string): Matcher[] {
    let chain = chains.get(folder);
    if (!chain) {
      const above = folder === '' ? matchersAbove(root, read) : chainOf(parentOf(folder));
      const text = read(join(root, folder, '.gitignore'));
      const cut = folder === '' ? 0 : folder.length + 1;
      chain = text === null ? above : [{ up: '', cut, test: patterns(text) }, ...above];
      chains.set(folder, chain);
    }
    return chain;
  }

  function ignores(path: string, folder: boolean): boolean {
    if (path === '') return false;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if ((folder && excluded.has(path)) || vcsFolders.has(name)) return true;
    const said = own(path, folder) ?? firstVerdict(chainOf(parentOf(path)), path, folder);
    if (said !== null) return said;
    if (!folder) return passingFile.test(name);
    if (buildLikeFolders.has(name)) {
      if (!tracked.has(path)) passed.add(path);
      return !tracked.has(path);
    }
    return dependencyFolders.has(name) || outputFolders.has(name) || name.endsWith('.egg-info');
  }

  function hides(path: string, folder: boolean): boolean {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      if (ignores(path.slice(0, end), true)) return true;
    }
    return ignores(path, folder);
  }

  return { ignores, hides, tracked, passed };
}

function firstVerdict(chain: Matcher[], path: string, folder: boolean): boolean | null {
  for (const matcher of chain) {
    const said = matcher.test(matcher.up + path.slice(matcher.cut), folder);
    if (said !== null) return said;
  }
  return null;
}

/** Pattern files that reach into `root` from outside: `.gitignore` of the folders above it in its repository, and `info/exclude`. */
function matchersAbove(root: string, read: (file: string) => string | null): Matcher[] {
  const found: Matcher[] = [];
  for (let at = root, depth = 0; depth < 64; at = dirname(at), depth += 1) {
    const up = at === root ? '' : `${relative(at, root).replaceAll('\\', '/')}/`;
    const text = at === root ? null : read(join(at, '.gitignore'));
    if (text !== null) found.push({ up, cut: 0, test: patterns(text) });
    if (read(join(at, '.git', 'HEAD')) !== null) {
      const exclude = read(join(at, '.git', 'info', 'exclude'));
      if (exclude !== null) found.push({ up, cut: 0, test: patterns(exclude) });
      return found;
    }
    // A linked worktree or submodule has a file here; either way the repository ends.
    if (read(join(at, '.git')) !== null) return found;
    if (dirname(at) === at) break;
  }
  return [];
}

/**
 * One set of patterns: true ignores, false takes back, null says nothing. A verdict that only comes from a folder above is none: whoever
 * asks already knows that the folder above is looked at.
 */
function patterns(text: string): (path: string, folder: boolean) => boolean | null {
  if (text.trim() === '') return () => null;
  const ignorecase = process.platform !== 'linux';
  const compiled = ignore({ ignorecase }).add(text);
  let matcher = compiled;
  let asked = 0;
  return (path, folder) => {
    // The library remembers every path it was asked about; a fresh one with the same compiled patterns forgets them.
    asked += 1;
    if (asked % 2_000 === 0) matcher = ignore({ ignorecase }).add(compiled);
    const said = matcher.test(folder ? `${path}/` : path);
    if (said.unignored) return false;
    if (!said.ignored) return null;
    const above = parentOf(path);
    return above !== '' && matcher.test(`${above}/`).ignored ? null : true;
  };
}

/** Which of these rules of the owner, by its number, leaves out exactly this entry; null when none does, or when a later one takes it back. */
export function createRuleFinder(rules: readonly string[]): (path: string, folder: boolean) => number | null {
  const ignorecase = process.platform !== 'linux';
  const matcher = ignore({ ignorecase }).add(rules.map((pattern, n) => ({ pattern, mark: String(n) })));
  return (path, folder) => {
    const { ignored, rule } = matcher.test(folder ? `${path}/` : path);
    return ignored ? Number(rule?.mark) : null;
  };
}

/** A pattern file as `createIgnoreRules` reads it: null when there is none, or one of more than 256 KB. */
export function readPatterns(file: string): string | null {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() && stats.size <= MAX_PATTERN_BYTES ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}

/** The folder a relative path is in; "" at the top. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut === -1 ? '' : path.slice(0, cut);
}
