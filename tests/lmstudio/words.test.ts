import { describe, expect, it } from 'vitest';
import type { Known } from '../../core/lmstudio/known.ts';
import { modelViewOf } from '../../core/lmstudio/model-view.ts';
import { rungsOf } from '../../core/lmstudio/rungs.ts';
import { serverTrouble } from '../../core/lmstudio/trouble.ts';
import { serverWords } from '../../core/lmstudio/words.ts';
import { modelViewSchema, serverStates } from '../../core/protocol.ts';
import { defaultSettings } from '../../core/settings.ts';
import { entry, instance } from '../kit/lm-studio-double.ts';

const away = { class: 'transient', code: 'connection-refused', message: 'No model server answers.' } as const;
const foreign = { class: 'permanent', code: 'not-openai', message: 'A web page answers at port 1234.' } as const;

/** Ready with one model, unless told otherwise. */
function known(over: Partial<Known> = {}): Known {
  const catalogue = {
    api: 'v1' as const,
    models: [entry('acme/demo')],
    instances: [instance('acme/demo')],
    tellsLoaded: true,
  };
  return {
    state: 'ready',
    sighting: {
      installed: 'lm-studio',
      running: 'lm-studio',
      rival: null,
      address: 'http://127.0.0.1:1234',
      server: { kind: 'open', product: 'lm-studio', catalogue },
      lms: { kind: 'found', path: '/lms', version: 'abc' },
    },
    choice: { kind: 'use', instance: instance('acme/demo'), why: 'it is loaded', short: false },
    underway: null,
    download: null,
    ejected: false,
    refused: null,
    breaker: { state: 'closed', why: null, until: null },
    settings: defaultSettings(),
    memoryBytes: 32e9,
    ...over,
  };
}
const seen = (over: Partial<NonNullable<Known['sighting']>>) => ({ ...known().sighting!, ...over });
const closed = seen({ running: null, server: { kind: 'away', failure: away } });
const actions = (given: Known) => serverWords(given).offers.map(({ action }) => action);

describe('what the owner reads about the server', () => {
  it.each(serverStates)('[LM1.62] %s: one sentence of what is, one of what happens by itself', (state) => {
    const { what, does } = serverWords(known({ state }));
    expect(what).toMatch(/^\S.+\.$/);
    expect(does).toMatch(/^[A-Z].*\.$/);
  });

  it('[LM1.63] offers what mends it with one click, and nothing that cannot work', () => {
    expect(actions(known({ state: 'not-installed', sighting: seen({ installed: null }) }))).toEqual(['install']);
    expect(actions(known({ state: 'not-running', sighting: closed }))[0]).toBe('start-server');
    const httpOnly = { ...closed, lms: { kind: 'missing' } as const };
    expect(actions(known({ state: 'not-running', sighting: httpOnly }))).toEqual(['open-lm-studio']);
    expect(actions(known({ state: 'auth-required' }))[0]).toBe('set-token');
    expect(actions(known({ state: 'ready' }))).toEqual(['test-model']);
    expect(actions(known({ state: 'circuit-open' }))[0]).toBe('try-again');
    const none = { kind: 'none', why: 'none is loaded' } as const;
    expect(serverWords(known({ state: 'no-model', choice: none })).offers[0]).toMatchObject({
      action: 'load-model',
      model: 'acme/demo',
    });
    const empty = seen({
      server: {
        kind: 'open',
        product: 'lm-studio',
        catalogue: { api: 'v1', models: [], instances: [], tellsLoaded: true },
      },
    });
    expect(serverWords(known({ state: 'no-model', choice: none, sighting: empty })).offers[0]?.action).toBe(
      'get-model',
    );
  });

  it('[LM1.64] names no base URL of the owner’s LM Studio, and offers to start no server that is not its own', () => {
    const settings = defaultSettings();
    settings.model.baseUrl = 'http://10.0.0.5:8080/v1';
    const theirs = known({ state: 'server-off', settings, sighting: closed });
    expect(serverWords(theirs)).toMatchObject({ what: 'No model server answers at 10.0.0.5:8080.', offers: [] });
  });

  it('[LM1.67] offers nothing of LM Studio’s at another server, and asks to choose among its models', () => {
    const settings = defaultSettings();
    settings.model.baseUrl = 'http://127.0.0.1:8080/v1';
    const models = [entry('one'), entry('two')];
    const catalogue = { api: 'openai' as const, models, instances: [], tellsLoaded: false };
    const other = seen({ installed: null, running: null, server: { kind: 'open', product: 'openai', catalogue } });
    const choice = { kind: 'none', why: 'the server lists 2 models and none is chosen' } as const;
    const words = serverWords(known({ state: 'no-model', settings, sighting: other, choice }));
    expect(words.offers).toEqual([]);
    expect(words.what).toContain('Choose one');
    const gone = seen({ server: { kind: 'away', failure: away } });
    expect(serverWords(known({ state: 'server-off', settings, sighting: gone })).what).toContain('127.0.0.1:8080');
  });

  it('[LM1.68] does not offer to start a server where another program has its port', () => {
    const given = known({ state: 'server-off', sighting: seen({ server: { kind: 'foreign', failure: foreign } }) });
    expect(actions(given)).not.toContain('start-server');
  });

  it('[LM1.65] is a trouble only where the owner has to do something', () => {
    const trouble = (over: Partial<Known>) => {
      const given = known(over);
      const server = { since: 1, product: null, address: null, model: null, progress: null };
      return serverTrouble(given, { ...server, state: given.state, ...serverWords(given) })?.severity ?? null;
    };
    const failure = { ...away, code: 'insufficient-resources' };
    const refused = { failure, about: 'Demo could not be loaded', kind: 'load' } as const;
    expect(trouble({ state: 'not-running', sighting: closed })).toBe(null);
    expect(trouble({ state: 'no-model', choice: { kind: 'none', why: 'none' } })).toBe(null);
    expect(trouble({ state: 'auth-required' })).toBe('warning');
    expect(trouble({ state: 'no-model', refused })).toBe('warning');
    expect(trouble({ state: 'server-off', sighting: seen({ server: { kind: 'foreign', failure: foreign } }) })).toBe(
      'warning',
    );
    expect(trouble({ state: 'circuit-open', breaker: { state: 'open', why: 'It crashed.', until: 'owner' } })).toBe(
      'error',
    );
  });
});

describe('the ladder rung by rung', () => {
  const rung = (given: Known, name: string) => rungsOf(given).find((each) => each.name === name);

  it('[OP5.1] every rung that is not good says how to mend it, and a good one says nothing of the kind', () => {
    const worlds = [
      known(),
      known({ sighting: closed }),
      known({ sighting: seen({ server: { kind: 'foreign', failure: foreign } }) }),
      known({ sighting: seen({ server: { kind: 'auth-required' } }) }),
      known({ sighting: seen({ server: { kind: 'unwell', failure: away } }) }),
      known({ sighting: seen({ rival: 'bionic', lms: { kind: 'unusable', path: '/lms', why: 'it dies' } }) }),
      known({ choice: { kind: 'none', why: 'none is loaded' } }),
      known({
        refused: { failure: { ...away, code: 'model-load-failed' }, about: 'Demo could not be loaded', kind: 'load' },
      }),
    ];
    for (const each of worlds.flatMap(rungsOf)) {
      expect(each.says).toMatch(/\.$/);
      if (each.state === 'bad') expect(each.remedy, each.says).not.toBe(null);
      if (each.state === 'good') expect(each.remedy, each.says).toBe(null);
    }
  });

  it('[OP5.2] without the program there is one thing to do, and only one', () => {
    const nothing = { ...closed, installed: null, lms: { kind: 'missing' } as const };
    expect(rungsOf(known({ sighting: nothing })).filter(({ remedy }) => remedy !== null)).toHaveLength(1);
  });

  it('[OP5.3] tells of Bionic and LM Studio at once, of a small window, and of what HTTP alone cannot do', () => {
    expect(rung(known({ sighting: seen({ rival: 'bionic' }) }), 'running')).toMatchObject({ state: 'warning' });
    const short = instance('m', { contextTokens: 4_096 });
    expect(
      rung(known({ choice: { kind: 'use', instance: short, why: 'it is loaded', short: true } }), 'context'),
    ).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('4,096'),
    });
    expect(rung(known({ sighting: seen({ lms: { kind: 'missing' } }) }), 'lms')?.says).toContain('busy');
  });
});

describe('the Model view', () => {
  const more = { at: 1_000_000, ours: new Set(['acme/demo']), atWork: null };

  it('[LM2.79] shows who loaded what, what is in use, what is there twice, and when it expires', () => {
    const given = known();
    const { server } = given.sighting!;
    if (server.kind === 'open')
      server.catalogue.instances.push(
        instance('acme/demo:2', { key: 'acme/demo', ttlMs: 60_000, lastUsedAt: 990_000 }),
        instance('jumped', { ttlMs: 60_000, lastUsedAt: 9_000_000_000 }),
      );
    expect(modelViewOf(given, more).instances).toMatchObject([
      { id: 'acme/demo', ours: true, inUse: true, duplicate: true, remainingMs: null },
      { id: 'acme/demo:2', ours: false, inUse: false, duplicate: true, remainingMs: 50_000 },
      { id: 'jumped', remainingMs: 60_000 },
    ]);
  });

  it('[LM2.80] takes what each instance does from `lms`, and says when nobody can tell', () => {
    expect(modelViewOf(known(), more)).toMatchObject({ canTellBusy: false, instances: [{ work: 'idle' }] });
    const atWork = [instance('acme/demo', { work: 'generating', queued: 2, ttlMs: 60_000 })];
    expect(modelViewOf(known(), { ...more, atWork })).toMatchObject({
      canTellBusy: true,
      instances: [{ work: 'generating', queued: 2, remainingMs: 60_000 }],
    });
  });

  it('[LM5.4] shows each role with what is wanted, what is used and why; the thinker plays what has no model of its own', () => {
    const { roles } = modelViewOf(known(), more);
    expect(roles.map(({ role, using }) => [role, using])).toEqual([
      ['thinker', 'acme/demo'],
      ['reasoner', 'acme/demo'],
      ['fast', 'acme/demo'],
      ['embedder', null],
    ]);
    for (const { why } of roles) expect(why).not.toBe('');
  });

  it('[SH2.80] shows the first 200 of 5,000 models, and says that there are 5,000', () => {
    const given = known();
    const { server } = given.sighting!;
    if (server.kind === 'open')
      server.catalogue.models = Array.from({ length: 5_000 }, (_, n) => entry(`m${String(n).padStart(4, '0')}`));
    const view = modelViewOf(given, more);
    expect([view.models.length, view.modelsTotal, view.models[199]?.key]).toEqual([200, 5_000, 'm0199']);
  });

  it('[SH2.81] is what the protocol says it is, before anything was seen as well', () => {
    for (const given of [known(), known({ sighting: null, choice: { kind: 'none', why: 'nothing seen' } })])
      expect(() =>
        modelViewSchema
          .omit({ server: true, calls: true, breaker: true, purposes: true })
          .parse(modelViewOf(given, more)),
      ).not.toThrow();
  });
});
