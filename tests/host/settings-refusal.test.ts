import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalWords } from '../../core/host/settings-refusal.ts';
import { commandSchema } from '../../core/protocol.ts';
import { settingsPatchSchema, settingsSchema } from '../../core/settings.ts';

/** What the owner reads when this patch is refused. */
function wordsFor(patch: unknown): string {
  const asked = settingsPatchSchema.safeParse(patch);
  if (asked.success) throw new Error('this is allowed');
  return refusalWords(asked.error.issues);
}

const table: readonly [unknown, string][] = [
  [
    { budget: { tokensPerHour: 2_000_000 } },
    'The tokens in an hour must be a whole number from 0 to 1,000,000. Enter one in that range.',
  ],
  [
    { budget: { cyclesPerDay: 1.5 } },
    'The cycles in a day must be a whole number from 0 to 1,000,000. Enter one in that range.',
  ],
  [
    { watch: { uncommittedHours: Number.NaN } },
    'The hours of uncommitted work must be a number from 0.1 to 720. Enter one in that range.',
  ],
  [{ page: { theme: 'pink' } }, 'The theme must be system, light or dark. Choose one of these.'],
  [{ sleep: { enabled: 'yes' } }, 'Sleep must be on or off. Choose one of these.'],
  [
    { model: { baseUrl: 'localhost' } },
    'The address of the model server must be empty, or begin with http:// or https://. Enter it as in http://127.0.0.1:1234, or leave it empty for LM Studio on this machine.',
  ],
  [{ model: { apiKey: 'x'.repeat(501) } }, 'The API token must be at most 500 characters long. Shorten it.'],
  [
    { alerts: { quiet: { from: '25:00' } } },
    'The start of quiet hours must be a time of day from 00:00 to 23:59. Enter it as in 22:00.',
  ],
  [
    { watch: { folders: Array.from({ length: 33 }, (_, n) => `/f${n}`) } },
    'The list of watched folders must be no longer than 32 entries. Take some out.',
  ],
  [
    { watch: { ignore: ['*.log', ''] } },
    'Ignore rule 2 must be 1 to 500 characters long. Write it anew, or take it out.',
  ],
  [{ watch: 'everything' }, 'Reverie knows no such setting. Reload the page and try again.'],
  ['everything', 'Reverie knows no such setting. Reload the page and try again.'],
];

/** Every field below a schema with what bounds it; `*` stands for any entry of a list. */
function fieldsOf(node: z.core.JSONSchema.JSONSchema, path: string[] = []): [string, object][] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([name, below]) =>
      typeof below === 'object' ? fieldsOf(below, [...path, name]) : [],
    );
  const { default: _default, ...bounds } = node;
  return [[path.join('.'), bounds]];
}

const changeable = fieldsOf(z.toJSONSchema(settingsPatchSchema));

describe('a refused change', () => {
  it.each(table)('[SH2.220] %j is told by field, with what is allowed and what to do', (patch, words) => {
    expect(wordsFor(patch)).toBe(`Nothing was changed. ${words}`);
  });

  it('[SH2.221] with many faults tells three of them, each once', () => {
    const words = wordsFor({ budget: { tokensPerHour: -1, tokensPerDay: -1, cyclesPerDay: 'x' }, sleep: { model: 1 } });
    expect(words.match(/ must be /g)).toHaveLength(3);
    expect(refusalWords([{ path: ['page', 'theme'] }, { path: ['page', 'theme'] }]).match(/theme/g)).toHaveLength(1);
  });

  it.each(changeable)('[SH2.221] %s has words of its own', (field) => {
    expect(refusalWords([{ path: field.split('.') }])).not.toContain('no such setting');
  });

  it('[SH2.223] passes the door of the host, which would not know how to say it; what is no object does not', () => {
    const passes = (patch: unknown) => commandSchema.safeParse({ kind: 'change-settings', patch }).success;
    expect([{ page: { theme: 'pink' } }, { watch: 7 }, {}].map(passes)).toEqual([true, true, true]);
    expect(['all', null, undefined, 7].map(passes)).toEqual([false, false, false, false]);
  });

  it('[SH2.222] what may be changed has the bounds of the settings themselves', () => {
    const all = new Map(fieldsOf(z.toJSONSchema(settingsSchema, { io: 'input' })));
    const rolesAreBoundedLater = ([field]: [string, object]) => !field.startsWith('model.roles.');
    for (const [field, bounds] of changeable.filter(rolesAreBoundedLater))
      expect([field, all.get(field)]).toEqual([field, bounds]);
  });
});
