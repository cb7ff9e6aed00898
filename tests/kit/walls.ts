import { posix } from 'node:path';
import { parseSync } from 'vite';

/** A source file as the walls see it. */
export interface SourceFile {
  path: string;
  code: string;
}

interface Zone {
  name: string;
  holds: RegExp;
  node: boolean;
  /** npm packages, each with the files that may import it. */
  npm: Record<string, RegExp>;
  /** Zones it may import; `type:` before a name allows types only. */
  inside: string[];
  /** Time and chance come in as arguments. */
  pure?: boolean;
}

const any = /./;
const verbs = ['observe', 'attend', 'remember', 'stream', 'think', 'decide', 'delegate', 'sleep', 'loop'] as const;
const upTo = (verb: (typeof verbs)[number]) => ['nouns', ...verbs.slice(0, verbs.indexOf(verb) + 1)];

/** Who may import what: design.md section 2 as data. The first zone that holds a file is its zone. */
export const zones: readonly Zone[] = [
  {
    name: 'nouns',
    holds: /^core\/(types|ports|memory|errors|settings|protocol(-[a-z]+)?|ids|json)\.ts$/,
    node: false,
    npm: { zod: any, '@orpc/contract': /protocol\.ts$/ },
    inside: ['nouns'],
    pure: true,
  },
  {
    name: 'observe',
    holds: /^core\/observe\/([^/]+|sources\/notes)\.ts$/,
    node: false,
    npm: {},
    inside: upTo('observe'),
    pure: true,
  },
  { name: 'attend', holds: /^core\/attend\//, node: false, npm: {}, inside: upTo('attend'), pure: true },
  {
    name: 'remember',
    holds: /^core\/remember\/[^/]+\.ts$/,
    node: false,
    npm: {},
    inside: upTo('remember'),
    pure: true,
  },
  {
    name: 'stream',
    holds: /^core\/think\/stream\//,
    node: false,
    npm: {},
    inside: ['nouns', 'stream'],
    pure: true,
  },
  {
    name: 'think',
    holds: /^core\/think\/([^/]+\.ts|models\/rules\.ts|rules\/|gateway\/|context\/|ask\/)/,
    node: false,
    npm: { 'p-queue': /lanes\.ts$/, zod: /answer\.ts$/, jsonrepair: /answer\.ts$/ },
    inside: upTo('think'),
    pure: true,
  },
  {
    name: 'lmstudio',
    holds: /^core\/lmstudio\/[^/]+\.ts$/,
    node: false,
    npm: { xstate: /ladder\.ts$/ },
    inside: ['lmstudio', ...upTo('think')],
    pure: true,
  },
  { name: 'decide', holds: /^core\/decide\//, node: false, npm: {}, inside: upTo('decide'), pure: true },
  {
    name: 'delegate',
    holds: /^core\/delegate\/[^/]+\.ts$/,
    node: false,
    npm: {},
    inside: upTo('delegate'),
    pure: true,
  },
  {
    name: 'sleep',
    holds: /^core\/sleep\//,
    node: false,
    npm: { xstate: /chart\.ts$/, zod: any },
    inside: upTo('sleep'),
    pure: true,
  },
  { name: 'loop', holds: /^core\/loop\//, node: false, npm: { xstate: /life\.ts$/ }, inside: upTo('loop'), pure: true },
  {
    name: 'engine',
    holds: /^core\/host\/(engine|model-access|commands|queries|chores|now-view|[a-z]+-desk)\.ts$/,
    node: false,
    npm: {},
    inside: ['engine', 'lmstudio', ...upTo('loop')],
    pure: true,
  },
  {
    name: 'live',
    holds: /^core\/host\/(live|headless|once|doctor)\.ts$/,
    node: true,
    npm: {},
    inside: ['live', 'engine', 'adapters', 'doors', 'lmstudio', ...upTo('loop')],
  },
  /** What every program around the mind needs of its doors: the tray's among them, which gets no other adapter. */
  {
    name: 'doors',
    holds: /^core\/host\/(serve-port|serve-router|serve-http|settings-file|settings-refusal|system)\.ts$/,
    node: true,
    npm: { zod: any, conf: /settings-file\.ts$/, '@orpc/server': /serve-router\.ts$/ },
    inside: ['nouns', 'doors'],
  },
  {
    name: 'adapters',
    holds:
      /^core\/(observe\/(sources|files|git)\/|think\/models\/openai|think\/openai\/|lmstudio\/driver\/|remember\/sql\/|host\/)/,
    node: true,
    npm: {
      'better-sqlite3': /remember\/sql\//,
      chokidar: /observe\/(files|git|sources)\/|workers\/files\.ts$/,
      diff: /observe\/files\//,
      ignore: /observe\/files\//,
      openai: /think\/(models\/)?openai/,
      undici: /think\/(models\/)?openai|lmstudio\/driver/,
      zod: any,
      pino: /log-file\.ts$/,
      execa: /host\/spawn\.ts$/,
      ws: /host\/serve/,
    },
    inside: ['nouns', 'observe', 'remember', 'stream', 'lmstudio', 'adapters', 'doors'],
  },
  {
    name: 'preload',
    holds: /^electron\/preload\.ts$/,
    node: false,
    npm: { electron: any },
    inside: ['type:nouns', 'type:shell'],
  },
  {
    name: 'shell',
    holds: /^electron\//,
    node: true,
    npm: { electron: any, 'electron-store': /settings-store\.ts$/ },
    inside: ['shell', 'live', 'doors', 'type:nouns'],
  },
  {
    name: 'page',
    holds: /^renderer\//,
    node: false,
    npm: {
      react: any,
      'react-dom': any,
      '@base-ui/react': any,
      'lucide-react': any,
      '@tanstack/react-virtual': /InsightList\.tsx$/,
      '@orpc/client': /connect\.ts$/,
      '@orpc/contract': /connect\.ts$/,
    },
    inside: ['page', 'type:nouns'],
  },
];

export const zoneOf = (path: string): Zone | undefined => zones.find((zone) => zone.holds.test(path));

interface Import {
  to: string;
  typeOnly: boolean;
}

/** Every import, re-export and literal dynamic import of a file. */
export function importsOf({ path, code }: SourceFile): Import[] {
  const { module } = parseSync(path, code);
  const imports = module.staticImports.map((each) => ({
    to: each.moduleRequest.value,
    typeOnly: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
  }));
  const exports = module.staticExports.flatMap((each) =>
    each.entries.flatMap((entry) =>
      entry.moduleRequest ? [{ to: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
    ),
  );
  const dynamic = module.dynamicImports.flatMap((each) => {
    const literal = /^['"`]([^'"`$]+)['"`]$/.exec(code.slice(each.moduleRequest.start, each.moduleRequest.end));
    return literal?.[1] ? [{ to: literal[1], typeOnly: false }] : [];
  });
  return [...imports, ...exports, ...dynamic];
}

/** What breaks the direction rules, one sentence each. */
export function violations(files: readonly SourceFile[]): string[] {
  return [...files.flatMap(brokenWalls), ...files.flatMap(brokenHabits), ...cycles(files)];
}

function brokenWalls(file: SourceFile): string[] {
  const zone = zoneOf(file.path);
  if (!zone) return [`${file.path} is in no zone: add it to the walls`];
  return importsOf(file).flatMap((each) => {
    const why = refused(file.path, zone, each);
    return why ? [`${file.path} (${zone.name}) must not import ${each.to}: ${why}`] : [];
  });
}

function refused(from: string, zone: Zone, { to, typeOnly }: Import): string | null {
  if (to.startsWith('node:')) return zone.node ? null : 'it knows no Node';
  if (!to.startsWith('.')) {
    const packageName = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    const allowed = zone.npm[packageName];
    return allowed?.test(from) ? null : 'this package has no business here';
  }
  if (to.endsWith('.css')) return null;
  const target = posix.join(posix.dirname(from), to);
  const other = zoneOf(target)?.name;
  if (other === undefined) return 'it leads out of the house';
  if (zone.inside.includes(other)) return null;
  if (zone.inside.includes(`type:${other}`)) return typeOnly ? null : 'only its types may cross';
  return `${other} is not below ${zone.name}`;
}

const timeAndChance = /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\bperformance\.now\(/;
/** Only one file starts processes; a worker is a thread. */
const starters = /from ['"](?:node:)?child_process['"]|from ['"]execa['"]|require\(['"](?:node:)?child_process['"]\)/;

function brokenHabits({ path, code }: SourceFile): string[] {
  const found: string[] = [];
  if (/^export default\b/m.test(code)) found.push(`${path} has a default export`);
  if (/@ts-(ignore|nocheck)|\bas any\b/.test(code)) found.push(`${path} escapes the types`);
  if (starters.test(code) && path !== 'core/host/spawn.ts')
    found.push(`${path} could start a process: only core/host/spawn.ts does`);
  if (zoneOf(path)?.pure && timeAndChance.test(code)) found.push(`${path} takes time or chance from the air`);
  const { module } = parseSync(path, code);
  const reexports = module.staticExports.filter((each) => each.entries.some((entry) => entry.moduleRequest)).length;
  if (reexports > 0 && reexports === module.staticExports.length && module.staticImports.length === 0)
    found.push(`${path} is a barrel`);
  if (path.startsWith('core/') && path.split('/').length > 4) found.push(`${path} is more than two folders deep`);
  return found;
}

/** Circles of imports, each told once, by its first file in order of names. */
function cycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter((each) => !each.typeOnly && each.to.startsWith('.'))
        .map((each) => posix.join(posix.dirname(file.path), each.to)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push(`circle: ${[...trail.slice(at), path].join(' → ')}`);
    if (at >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path, []);
  return found;
}
