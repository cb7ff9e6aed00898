import { describe, expect, it } from 'vitest';
import { countWords, percentWords, sizeWords, speedWords, waitWords } from '../../renderer/figures.ts';
import { headlineOf, instanceFacts, needsOwner, serverWords, systemOf } from '../../renderer/model-words.ts';
import { fakeEngine, type Scenario } from '../kit/fake-engine.ts';

const now = (scenario: Scenario) => fakeEngine({ scenario }).snapshot();

describe('[SH2.41] figures read as people say them', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [84_000_000, '84 MB'],
    [999_600_000, '1.0 GB'],
    [5_000_000_000, '5.0 GB'],
    [2_000_000_000_000_000, '2000.0 TB'],
  ])('%i bytes', (bytes, words) => expect(sizeWords(bytes)).toBe(words));

  it.each([
    [12, '12 ms'],
    [996, '1.0 s'],
    [3_400, '3.4 s'],
    [42_000, '42 s'],
    [59_700, '1 min'],
  ])('a wait of %i ms', (ms, words) => expect(waitWords(ms)).toBe(words));

  it('speeds, counts and percent', () => {
    expect([41.6, 3.26].map(speedWords)).toEqual(['42 tokens/s', '3.3 tokens/s']);
    expect(countWords(8_192)).toBe('8,192');
    expect([0, 0.438, 0.999, 1].map(percentWords)).toEqual(['0 %', '43 %', '99 %', '100 %']);
  });
});

describe('[SH2.42] the bar', () => {
  it.each<[Scenario, string | null]>([
    ['model-ready', null],
    ['model-loading', 'loading 43 %'],
    ['model-busy', 'model busy'],
    ['model-crashed', 'model crashed'],
    ['model-not-running', 'model away, rules think'],
    ['model-none', 'no model loaded'],
    ['model-breaker', 'model set aside'],
  ])('says of %s: %s', (scenario, words) => expect(serverWords(now(scenario))).toBe(words));

  it('is silent about the server, and asks for nothing, when the owner chose rules', () => {
    const snapshot = now('model-not-running');
    const chosen = { ...snapshot, settings: { ...snapshot.settings, reasoner: 'rules' as const } };
    expect(serverWords(chosen)).toBe(null);
  });

  it.each<[Scenario, boolean]>([
    ['model-ready', false],
    ['model-busy', false],
    ['model-loading', false],
    ['model-not-running', false],
    ['model-none', false],
    ['model-auth', true],
    ['model-breaker', true],
  ])('of %s the owner is needed: %s', (scenario, needed) => expect(needsOwner(now(scenario))).toBe(needed));
});

describe('[SH2.45] [SH2.308] the headline', () => {
  it.each([
    ['Loading Qwen2.5 14B Instruct, 43 %.', 'Loading Qwen2.5 14B Instruct.', ''],
    [
      'a/b-1.5 is ready. C could not be loaded: why. Do this.',
      'a/b-1.5 is ready.',
      'C could not be loaded: why. Do this.',
    ],
    ['', '', ''],
  ])('of “%s” is “%s”, and the rest is read below it', (what, headline, more) =>
    expect(headlineOf(what)).toEqual({ headline, more }),
  );
});

describe('[SH2.43] an instance', () => {
  it('counts its remaining time down from when the list was made, and never below nothing', async () => {
    const { instances } = await fakeEngine({ scenario: 'model-ready' }).query.model();
    const theirs = instances.find(({ ttlMs }) => ttlMs !== null)!;
    expect(instanceFacts(theirs, 0)).toEqual(['loaded by you', '4,096 tokens', '3.3 GB', 'leaves in 12 min if idle']);
    expect(instanceFacts(theirs, 5 * 60_000)).toContain('leaves in 7 min if idle');
    expect(instanceFacts(theirs, 3_600_000)).toContain('leaves within a minute');
    expect(instanceFacts({ ...theirs, remainingMs: null }, 0)).toContain('leaves after 1 h idle');
  });

  it('does not count the running request as waiting', async () => {
    const { instances } = await fakeEngine({ scenario: 'model-busy' }).query.model();
    const busy = instances.find(({ work }) => work === 'generating')!;
    expect(instanceFacts(busy, 0).slice(-2)).toEqual(['writing', '1 waiting']);
    expect(instanceFacts({ ...busy, queued: 1 }, 0).at(-1)).toBe('writing');
    expect(instanceFacts({ ...busy, queued: null, work: 'unknown' }, 0).at(-1)).toBe('leaves in 12 min if idle');
  });
});

describe('[SH2.44] the help', () => {
  it.each([
    ['MacIntel', 'mac'],
    ['Win32', 'windows'],
    ['Linux x86_64', 'linux'],
    ['', 'linux'],
  ])('of a browser on %s is for %s', (platform, system) => expect(systemOf(platform)).toBe(system));
});
