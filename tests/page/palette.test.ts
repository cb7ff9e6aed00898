import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzyScore, rankByFit } from '../../renderer/fuzzy.ts';
import { type Entry, paletteFor } from '../../renderer/palette-entries.ts';
import { fakeEngine, type Scenario } from '../kit/fake-engine.ts';

const rank = (typed: string, names: string[]) => rankByFit(typed, names, (name) => [name]);

describe('[SH2.156] names are ranked by how they fit', () => {
  it('the start of a name before the start of a word, a run of letters before letters here and there', () => {
    expect(rank('mem', ['Some time', 'Export memory', 'Memory'])).toEqual(['Memory', 'Export memory', 'Some time']);
    expect(rank('sn', ['Dreams now', 'Sleep now'])[0]).toBe('Sleep now');
    expect(rank('set', ['Reset', 'Settings'])).toEqual(['Settings', 'Reset']);
    expect(rank('now', ['Unknown', 'Sleep now'])).toEqual(['Sleep now', 'Unknown']);
  });

  it('the shorter of two equal ones first; nothing typed keeps the order; nothing fits, nothing is shown', () => {
    expect(rank('theme', ['Theme: as the system', 'Theme: dark'])).toEqual(['Theme: dark', 'Theme: as the system']);
    expect(rank('', ['b', 'a'])).toEqual(['b', 'a']);
    expect(rank('xyz', ['Memory'])).toEqual([]);
  });

  it('capitals, accents and spaces do not matter, and letters strewn over a long name are no fit', () => {
    expect(fuzzyScore('RESUME', 'résumé')).not.toBeNull();
    expect(fuzzyScore('p a u', 'Pause')).not.toBeNull();
    expect(fuzzyScore('xryd', 'Export memory as Markdown')).toBeNull();
  });

  it('another word finds it too, a little later than its own name', () => {
    const items = [{ names: ['Settings', 'theme'] }, { names: ['Theme: dark'] }];
    expect(rankByFit('theme', items, ({ names }) => names)[0]).toBe(items[1]);
  });

  it('whatever is typed and whatever the names are, nothing throws, doubles or appears from nowhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' })), (typed, names) => {
        const ranked = rank(typed, names);
        expect(ranked.length).toBeLessThanOrEqual(names.length);
        for (const each of ranked) expect(names).toContain(each);
      }),
    );
  });
});

/** The names in one group of the palette of a scenario. */
async function names(scenario: Scenario, typed = '', group?: string): Promise<string[]> {
  const engine = fakeEngine({ scenario });
  const insights = await engine.query.insights({ limit: 30 });
  const groups = paletteFor(typed, engine.snapshot(), insights);
  return groups.filter(({ value }) => !group || value === group).flatMap(({ items }) => items.map(({ name }) => name));
}

describe('[SH2.155] the palette offers', () => {
  it('every view, what can be done now, and the newest insights', async () => {
    expect((await names('busy', '', 'go')).length).toBe(9);
    expect(await names('busy', '', 'do')).toEqual([
      'Pause Reverie',
      'Sleep now',
      'Dream now',
      'Let go of the focus',
      'Test it',
      'Theme: light',
      'Theme: dark',
      'Export memory as JSON',
      'Export memory as Markdown',
      'Show all keys',
      'How Reverie works',
    ]);
    expect((await names('busy', '', 'insights')).length).toBe(5);
    expect(await names('busy', '', 'with')).toEqual([]);
  });

  it.each<{ scenario: Scenario; can: string; cannot: string }>([
    { scenario: 'paused', can: 'Resume Reverie', cannot: 'Pause Reverie' },
    { scenario: 'paused', can: 'Resume Reverie', cannot: 'Sleep now' },
    { scenario: 'asleep', can: 'Wake', cannot: 'Dream now' },
    { scenario: 'empty', can: 'Sleep now', cannot: 'Let go of the focus' },
    { scenario: 'model-off', can: 'Start its server', cannot: 'Wake' },
  ])('in $scenario $can and not $cannot', async ({ scenario, can, cannot }) => {
    const offered = await names(scenario);
    expect(offered).toContain(can);
    expect(offered).not.toContain(cannot);
  });

  it('the better name first, whether it is a view or a command', async () => {
    expect((await names('busy', 'pause'))[0]).toBe('Pause Reverie');
    expect((await names('busy', 'me'))[0]).toBe('Memory');
    expect((await names('busy', 'sleep'))[0]).toBe('Sleep now');
  });
});

describe('[SH2.157] any words', () => {
  it('can be asked, searched for in memory and in insights, and made the focus', async () => {
    expect(await names('busy', 'vat for books', 'with')).toEqual([
      'Ask “vat for books”',
      'Search memory for “vat for books”',
      'Search insights for “vat for books”',
      'Set the focus to “vat for books”',
    ]);
  });

  it('that are no command are a question first, and insights are found by all of the words', async () => {
    expect((await names('busy', 'why is the vat wrong'))[0]).toBe('Ask “why is the vat wrong”');
    const found = await names('busy', 'books vat', 'insights');
    expect(found.length).toBeGreaterThan(0);
    for (const text of found) expect(text.toLowerCase()).toMatch(/(?=.*vat)(?=.*books)/);
  });

  it('are cut to what the host takes', async () => {
    const { snapshot, query } = fakeEngine();
    const groups = paletteFor('x'.repeat(3_000), snapshot(), await query.insights({ limit: 5 }));
    const acts = groups.flatMap(({ items }: { items: Entry[] }) => items.map(({ act }) => act));
    for (const act of acts) {
      if (act.kind === 'ask') expect(act.text.length).toBe(2_000);
      if (act.kind === 'search-memory') expect(act.text.length).toBe(500);
      if (act.kind === 'command' && act.command.kind === 'set-focus') expect(act.command.topic.length).toBe(200);
    }
    expect(acts.map(({ kind }) => kind)).toEqual(['ask', 'search-memory', 'search-insights', 'command']);
  });
});
