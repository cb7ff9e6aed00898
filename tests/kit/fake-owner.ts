import ignore from 'ignore';
import type { z } from 'zod';
import type { Snapshot } from '../../core/protocol.ts';
import type { MemoryItem } from '../../core/protocol-memory.ts';
import type { AnswerView, HostView, IgnorePreview, SettingsView } from '../../core/protocol-owner.ts';
import {
  defaultSettings,
  type Settings,
  type SettingsPatch,
  settingsPatchSchema,
  settingsSchema,
} from '../../core/settings.ts';
import { noise, root, seeds } from './fake-days.ts';

/** The fake engine's side of questions, of settings and of the program around the mind. */

/** Answers questions from the invented memories; nothing runs by itself. */
export interface FakeAnswers {
  /** Begins a question: recalling, with nothing found yet. */
  begin(question: string, at: number): AnswerView;
  /** The newest running answer, that far: 0 has found its evidence, 1 is done. `text`: the whole text, else believable words. */
  grow(share: number, text?: string): AnswerView | null;
  /** Ends one as `state`; null when it does not run. */
  end(id: string, state: 'stopped' | 'failed', problem: string | null): AnswerView | null;
  /** The newest that runs. */
  running(): AnswerView | null;
  /** Newest first. */
  all(): AnswerView[];
}

export function fakeAnswers(world: {
  find: (text: string) => MemoryItem[];
  reasoner: () => Snapshot['reasoner'];
  nextId: (at: number) => string;
}): FakeAnswers {
  let answers: AnswerView[] = [];
  const replace = (next: AnswerView): AnswerView => {
    answers = answers.map((each) => (each.id === next.id ? next : each));
    return next;
  };
  const running = () => answers.find(({ state }) => state === 'recalling' || state === 'answering') ?? null;
  return {
    begin(question, at) {
      const begun: AnswerView = {
        id: world.nextId(at),
        question,
        askedAt: at,
        state: 'recalling',
        text: '',
        reasoner: null,
        why: '',
        evidence: [],
        problem: null,
      };
      answers = [begun, ...answers].slice(0, 50);
      return begun;
    },
    grow(share, text) {
      const held = running();
      if (!held) return null;
      const { kind, name, why } = world.reasoner();
      const evidence = evidenceFor(world.find(held.question));
      const whole = text ?? answerText(kind, evidence);
      const words = whole.split(/(?<= )/);
      return replace({
        ...held,
        reasoner: { kind, name },
        why: kind === 'rules' ? why : '',
        evidence: evidence.map((each) => ({ ...each, cited: share === 1 && whole.includes(`[${each.ref}]`) })),
        state: share === 1 ? 'done' : 'answering',
        text: words.slice(0, Math.round(words.length * share)).join(''),
      });
    },
    end(id, state, problem) {
      const held = answers.find((each) => each.id === id);
      if (held?.state !== 'recalling' && held?.state !== 'answering') return null;
      return replace({ ...held, state, problem });
    },
    running,
    all: () => answers,
  };
}

const evidenceFor = (found: MemoryItem[]): AnswerView['evidence'] =>
  found.slice(0, 6).map(({ kind, id, text, at, trust, target, importance, why }, index) => ({
    ref: `m${index + 1}`,
    kind,
    id,
    text,
    at,
    trust,
    target,
    importance,
    why: why.length > 0 ? why : ['it is new'],
    cited: false,
  }));

const firstSentence = (text: string) => (/^.*?[.:;](?=\s)/s.exec(text)?.[0] ?? text).replace(/[.:;]$/, '');

function answerText(kind: 'rules' | 'server', evidence: AnswerView['evidence']): string {
  const said = evidence.slice(0, 3).map(({ text, ref }) => ({ ref, text: firstSentence(text) }));
  if (said.length === 0) return 'Memory holds nothing about this.';
  if (kind === 'rules')
    return `Memory holds this, the best match first.\n\n${said.map(({ text, ref }) => `• ${text} [${ref}]`).join('\n')}`;
  const [first, ...others] = said;
  return `One thing stands out: ${first!.text} [${first!.ref}].\n\n${others
    .map(({ text, ref }, index) => `${index === 0 ? 'Look at this next' : 'It may also matter'}: ${text} [${ref}].`)
    .join(' ')}`;
}

/** What the program around the fake engine can do. */
export const hostFor = (kind: HostView['kind']): HostView =>
  kind === 'tray'
    ? { kind, picksFolders: true, login: 'off' }
    : { kind: 'headless', picksFolders: false, login: 'cannot' };

/** A patch names only what it changes, at any depth. */
export const patched = (settings: Settings, patch: SettingsPatch): Settings => deeply(settings, patch) as Settings;

function deeply(base: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const next: Record<string, unknown> = { ...(base as object) };
  for (const [field, value] of Object.entries(patch)) next[field] = deeply(next[field], value);
  return next;
}

/** Why the host takes no such patch, in its words; null: it does. */
export function patchProblem(settings: Settings, patch: SettingsPatch): string | null {
  const asked = settingsPatchSchema.safeParse(patch);
  if (!asked.success) return issues(asked.error);
  const next = settingsSchema.safeParse(patched(settings, asked.data));
  return next.success ? null : issues(next.error);
}

const issues = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`).join('; ');

/** What the Settings view shows of these settings. A stored token is not among it. */
export function settingsViewOf(settings: Settings, problem: string | null): SettingsView {
  const shown = (each: Settings) => {
    const patch = settingsPatchSchema.parse(each);
    delete patch.model?.apiKey;
    return patch;
  };
  const { folders } = settings.watch;
  return {
    inForce: shown(settings),
    defaults: shown(defaultSettings()),
    watching: folders.length > 0 ? folders : [root],
    file: '/home/ada/.local/share/reverie/settings.json',
    problem,
  };
}

/** The files of the invented repository: those of its days, and what else lies in such a folder. */
const files: readonly string[] = [
  ...new Set([...seeds.flatMap((seed) => seed[6]), ...noise].map(({ details }) => details.path).filter(isText)),
  ...['en', 'de', 'fr', 'es', 'it', 'nl'].flatMap((language) => [
    `locales/${language}.json`,
    `docs/${language}/api.md`,
  ]),
  ...Array.from({ length: 240 }, (_, index) => `assets/photos/product-${index + 1}.jpg`),
  ...Array.from({ length: 96 }, (_, index) => `logs/2026-0${1 + (index % 6)}-${10 + (index % 19)}-${index}.log`),
  ...Array.from({ length: 140 }, (_, index) => `src/generated/types-${index + 1}.ts`),
  ...Array.from({ length: 60 }, (_, index) => `fixtures/orders-${index + 1}.ndjson`),
  ...Array.from({ length: 80 }, (_, index) => `tests/snapshots/cart-${index + 1}.snap`),
];
function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Holds the rules against the invented files, as .gitignore means them: the last rule that fits decides. */
export function previewOf(rules: readonly string[]): IgnorePreview {
  const each = rules.map((rule) => ({ rule, problem: ruleProblem(rule), test: ignore().add(rule) }));
  const matches = each.map(() => 0);
  const examples: IgnorePreview['examples'] = [];
  let ignored = 0;
  for (const path of files) {
    const last = each.findLastIndex(({ test }) => test.test(path).ignored || test.test(path).unignored);
    if (last < 0 || !each[last]!.test.ignores(path)) continue;
    ignored += 1;
    matches[last]! += 1;
    if (matches[last]! <= 3 && examples.length < 12) examples.push({ path, rule: each[last]!.rule });
  }
  return {
    looked: files.length,
    ignored,
    examples,
    rules: each.map(({ rule, problem }, index) => ({ rule, matches: matches[index]!, problem })),
    partial: false,
  };
}

function ruleProblem(rule: string): string | null {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(rule)) return 'It ends with a backslash, which stands for nothing.';
  return rule.trim() === '!' ? 'After the exclamation mark a pattern must follow.' : null;
}
