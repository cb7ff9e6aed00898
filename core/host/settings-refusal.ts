import { z } from 'zod';
import { settingsSchema } from '../settings.ts';

/** What zod says of one field; only where it is matters here. */
interface Issue {
  path: readonly PropertyKey[];
}

/** How the owner calls each field that can be changed; the entry of a list is called by its number. */
const names: Record<string, string> = {
  'model.reasoner': 'Who thinks',
  'model.baseUrl': 'The address of the model server',
  'model.apiKey': 'The API token',
  'model.name': 'The model that thinks',
  'model.roles.reasoner': 'The model for hard questions',
  'model.roles.fast': 'The model for quick answers',
  'model.roles.embedder': 'The model that finds related memories',
  'lmStudio.start': 'Whether LM Studio may be started',
  'lmStudio.load': 'Whether a model may be loaded',
  'lmStudio.yield': 'Waiting while LM Studio works for somebody else',
  'watch.folders': 'The list of watched folders',
  'watch.folders.*': 'Watched folder',
  'watch.ignore': 'The list of ignore rules',
  'watch.ignore.*': 'Ignore rule',
  'watch.uncommittedHours': 'The hours of uncommitted work',
  'sleep.enabled': 'Sleep',
  'sleep.model': 'The model in sleep',
  'sleep.idleMinutes': 'The idle minutes before sleep',
  'budget.tokensPerHour': 'The tokens in an hour',
  'budget.tokensPerDay': 'The tokens in a day',
  'budget.cyclesPerDay': 'The cycles in a day',
  'alerts.notify': 'What may interrupt you',
  'alerts.perDay': 'The interruptions in a day',
  'alerts.quiet.enabled': 'Quiet hours',
  'alerts.quiet.from': 'The start of quiet hours',
  'alerts.quiet.until': 'The end of quiet hours',
  'store.observationDays': 'The days that observations are kept',
  'store.backupHours': 'The hours between two backups',
  'power.onBattery': 'What is done on battery',
  'page.welcomed': 'Whether the welcome was seen',
  'page.theme': 'The theme',
};

/** The parts of a JSON schema that bounds are read from. */
const nodeSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});
type Node = z.infer<typeof nodeSchema>;

const mostSentences = 3;

/** Why a change of settings was refused, for people: which field, what is allowed, what to do. The bounds are those of the schema. */
export function refusalWords(issues: readonly Issue[]): string {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input' });
  const fields = [...new Map(issues.map(({ path }) => [path.join('.'), path])).values()];
  const said = fields.slice(0, mostSentences).map((path) => sentence(path, schema));
  return `Nothing was changed. ${said.join(' ')}`;
}

/** The file is no JSON, so that nothing can be written into it without losing what it says. */
export const unreadableWords = (why: string): string =>
  `Nothing was changed, because settings.json is not valid JSON: ${clause(why)}. No change can be kept until it is mended. Mend the file, or move it away to begin with the defaults, and try again.`;

export const unwritableWords = (why: string): string =>
  `Nothing was changed, because settings.json cannot be written: ${clause(why)}. Free some space or give your user the right to write it, and try again.`;

const clause = (text: string): string => text.replace(/[.\s]+$/, '');

function sentence(path: readonly PropertyKey[], schema: unknown): string {
  const key = path.map((step) => (typeof step === 'number' ? '*' : String(step))).join('.');
  const name = names[key];
  const node = path.reduce(below, schema);
  if (name === undefined || node === null) return 'Reverie knows no such setting. Reload the page and try again.';
  const last = path.at(-1);
  const called = typeof last === 'number' ? `${name} ${last + 1}` : name;
  const { allowed, remedy } = bounds(nodeSchema.parse(node));
  return `${called} must be ${allowed}. ${remedy}`;
}

/** The schema of what lies below a node; null where nothing does. */
function below(node: unknown, step: PropertyKey): unknown {
  const { properties, items } = nodeSchema.catch({}).parse(node);
  return (typeof step === 'number' ? items : properties?.[String(step)]) ?? null;
}

function bounds(node: Node): { allowed: string; remedy: string } {
  if (node.enum) return { allowed: oneOf(node.enum), remedy: 'Choose one of these.' };
  if (node.anyOf)
    return {
      allowed: 'empty, or begin with http:// or https://',
      remedy: 'Enter it as in http://127.0.0.1:1234, or leave it empty for LM Studio on this machine.',
    };
  if (node.pattern) return { allowed: 'a time of day from 00:00 to 23:59', remedy: 'Enter it as in 22:00.' };
  if (node.type === 'boolean') return { allowed: 'on or off', remedy: 'Choose one of these.' };
  if (node.type === 'array')
    return { allowed: `no longer than ${figure(node.maxItems)} entries`, remedy: 'Take some out.' };
  if (node.type === 'string')
    return node.minLength === undefined
      ? { allowed: `at most ${figure(node.maxLength)} characters long`, remedy: 'Shorten it.' }
      : { allowed: lengths(node), remedy: 'Write it anew, or take it out.' };
  const kind = node.type === 'integer' ? 'whole number' : 'number';
  return {
    allowed: `a ${kind} from ${figure(node.minimum)} to ${figure(node.maximum)}`,
    remedy: 'Enter one in that range.',
  };
}

const figure = (value: number | undefined): string => (value ?? 0).toLocaleString('en');

const oneOf = (values: readonly string[]): string => `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

const lengths = ({ maxLength }: Node): string =>
  maxLength === undefined ? 'at least one character long' : `1 to ${figure(maxLength)} characters long`;
