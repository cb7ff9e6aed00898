import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../core/errors.ts';
import type { Model } from '../../core/ports.ts';
import { createReasoners } from '../../core/think/reasoners.ts';
import type { Reasoner } from '../../core/types.ts';
import { fakeClock } from '../kit/clock.ts';
import { modelSettings } from './prompt-parts.ts';
import { scriptedModel, silentLog, transient } from './scripted-model.ts';

const away = () => fail(transient({ code: 'connection-refused', message: 'no server answers' }));

/** A server whose probes are answered by hand, or at once by `state`. */
function server(name: string) {
  const asked: { answer: (result: Result<Reasoner>) => void; signal: AbortSignal }[] = [];
  const reasoner: Reasoner = { kind: 'server', name };
  const state = { now: 'well' as 'well' | 'away' | 'by hand' };
  const model: Model = {
    ...scriptedModel([]),
    reasoner,
    async probe(signal) {
      const { promise, resolve } = Promise.withResolvers<Result<Reasoner>>();
      asked.push({ answer: resolve, signal });
      if (state.now !== 'by hand') resolve(state.now === 'well' ? ok(reasoner) : away());
      return promise;
    },
  };
  return { model, asked, state, reasoner };
}

function world() {
  const clock = fakeClock();
  const settings = { now: modelSettings({ baseUrl: 'http://127.0.0.1:1/v1' }) };
  const servers = new Map<string, ReturnType<typeof server>>();
  const at = (baseUrl: string) =>
    servers.get(baseUrl) ?? servers.set(baseUrl, server(`model-of-${baseUrl.at(-4)}`)).get(baseUrl)!;
  const rules = scriptedModel([], { kind: 'rules', name: 'rules' });
  let made = 0;
  let changes = 0;
  const reasoners = createReasoners({
    rules,
    server: ({ baseUrl }) => {
      made += 1;
      return at(baseUrl).model;
    },
    settings: () => settings.now,
    clock,
    log: silentLog,
    onChange: () => {
      changes += 1;
    },
  });
  return {
    reasoners,
    clock,
    settings,
    rules,
    first: at('http://127.0.0.1:1/v1'),
    second: at('http://127.0.0.1:2/v1'),
    made: () => made,
    changes: () => changes,
  };
}

describe('which mind thinks next', () => {
  it('[TH8.22] is the server while it answers, rules while it is away, and the server again when it is back', async () => {
    const { reasoners, first, rules, clock, settings, changes } = world();
    expect(reasoners.current()).toBe(rules);
    await reasoners.start();
    expect(reasoners.current()).toBe(first.model);
    expect(reasoners.described()).toEqual({ reasoner: first.reasoner, why: 'model-of-1 answers at 127.0.0.1:1' });
    first.state.now = 'away';
    await clock.pass(settings.now.probeMs);
    expect(reasoners.current()).toBe(rules);
    expect(reasoners.described()).toEqual({
      reasoner: rules.reasoner,
      why: 'no server answers; rules think meanwhile',
    });
    first.state.now = 'well';
    await clock.pass(settings.now.probeMs);
    expect(reasoners.current()).toBe(first.model);
    const told = changes();
    await clock.pass(settings.now.probeMs * 5);
    expect(changes()).toBe(told);
    reasoners.stop();
  });

  it('[TH8.22] leaves a server that failed a thought to rules until a probe finds it well', async () => {
    const { reasoners, first, rules, clock, settings } = world();
    await reasoners.start();
    reasoners.lost(transient({ message: 'the stream broke' }));
    expect(reasoners.current()).toBe(rules);
    expect(reasoners.described().why).toBe('the stream broke; rules think meanwhile');
    await clock.pass(settings.now.probeMs);
    expect(reasoners.current()).toBe(first.model);
    reasoners.stop();
  });

  it.each(['budget-spent', 'larger-than-budget', 'context-overflow'])(
    '[TH8.22] keeps the server in use after %s, which is not its fault',
    async (code) => {
      const { reasoners, first } = world();
      await reasoners.start();
      reasoners.lost(transient({ class: 'resource', code }));
      expect(reasoners.current()).toBe(first.model);
      reasoners.stop();
    },
  );

  it('[TH8.23] never calls a server when the owner chose rules, and makes none', async () => {
    const { reasoners, rules, settings, made, clock, first } = world();
    settings.now = modelSettings({ reasoner: 'rules' });
    await reasoners.start();
    await clock.pass(settings.now.probeMs * 3);
    expect([reasoners.current(), made(), first.asked.length]).toEqual([rules, 0, 0]);
    expect(reasoners.described().why).toContain('you chose rules');
    reasoners.stop();
  });

  it('[TH8.23] goes to rules at once when the owner chooses them, and back when they are let go', async () => {
    const { reasoners, rules, settings, first } = world();
    await reasoners.start();
    const auto = settings.now;
    settings.now = { ...auto, reasoner: 'rules' };
    expect(reasoners.current()).toBe(rules);
    await reasoners.probe();
    settings.now = auto;
    await reasoners.probe();
    expect(reasoners.current()).toBe(first.model);
    reasoners.stop();
  });

  it('[TH8.23] another address is another server, not used before it answered', async () => {
    const { reasoners, rules, settings, second } = world();
    await reasoners.start();
    second.state.now = 'by hand';
    settings.now = { ...settings.now, baseUrl: 'http://127.0.0.1:2/v1' };
    const probing = reasoners.probe();
    expect(reasoners.current()).toBe(rules);
    second.asked.at(-1)?.answer(ok(second.reasoner));
    await probing;
    expect(reasoners.current()).toBe(second.model);
    reasoners.stop();
  });

  it('[TH8.23] another patience makes the server anew, the same settings do not', async () => {
    const { reasoners, settings, made } = world();
    await reasoners.start();
    await reasoners.probe();
    expect(made()).toBe(1);
    settings.now = { ...settings.now, callMs: settings.now.callMs + 1 };
    await reasoners.probe();
    expect(made()).toBe(2);
    reasoners.stop();
  });
});

describe('probes that overlap', () => {
  it('[TH8.24] the answer of a server that is no longer chosen changes nothing', async () => {
    const { reasoners, settings, first, second } = world();
    first.state.now = 'by hand';
    const starting = reasoners.start();
    settings.now = { ...settings.now, baseUrl: 'http://127.0.0.1:2/v1' };
    await reasoners.probe();
    first.asked[0]?.answer(away());
    await starting;
    expect(reasoners.current()).toBe(second.model);
    reasoners.stop();
  });

  it('[TH8.24] an older answer does not overrule a newer one', async () => {
    const { reasoners, first, rules } = world();
    first.state.now = 'by hand';
    const older = reasoners.start();
    const newer = reasoners.probe();
    first.asked[1]?.answer(away());
    await newer;
    first.asked[0]?.answer(ok(first.reasoner));
    await older;
    expect(reasoners.current()).toBe(rules);
    reasoners.stop();
  });

  it('[TH8.24] an answer from before a failed thought does not bring the server back', async () => {
    const { reasoners, first, rules } = world();
    await reasoners.start();
    first.state.now = 'by hand';
    const probing = reasoners.probe();
    reasoners.lost(transient());
    first.asked.at(-1)?.answer(ok(first.reasoner));
    await probing;
    expect(reasoners.current()).toBe(rules);
    reasoners.stop();
  });

  it('[TH8.24] an answer that comes after rules were chosen does not say that a server thinks', async () => {
    const { reasoners, first, settings } = world();
    first.state.now = 'by hand';
    const starting = reasoners.start();
    settings.now = { ...settings.now, reasoner: 'rules' };
    await reasoners.probe();
    first.asked[0]?.answer(ok(first.reasoner));
    await starting;
    expect(reasoners.described().why).toContain('you chose rules');
    reasoners.stop();
  });

  it('[TH8.24] however many were asked, one timer waits for the next', async () => {
    const { reasoners, clock } = world();
    await reasoners.start();
    await Promise.all([reasoners.probe(), reasoners.probe(), reasoners.probe()]);
    expect(clock.waiting()).toBe(1);
    reasoners.stop();
  });

  it('[TH8.25] stopping aborts the running probe, leaves no timer and tells nothing more', async () => {
    const { reasoners, first, clock, changes } = world();
    first.state.now = 'by hand';
    const starting = reasoners.start();
    reasoners.stop();
    expect(first.asked[0]?.signal.aborted).toBe(true);
    const told = changes();
    first.asked[0]?.answer(ok(first.reasoner));
    await starting;
    await reasoners.probe();
    expect([clock.waiting(), changes()]).toEqual([0, told]);
  });
});
