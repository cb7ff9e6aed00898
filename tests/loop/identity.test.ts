import { describe, expect, it, onTestFinished } from 'vitest';
import { bornNow, workingFromJson, workingToJson } from '../../core/loop/mind.ts';
import { defaultSettings } from '../../core/settings.ts';
import { buildPrompt } from '../../core/think/context/context.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Json } from '../../core/types.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { noon, observer } from '../kit/nouns.ts';
import { type SimulatedDays, simulatedDays } from '../kit/simulated-days.ts';
import { promptParts } from '../think/prompt-parts.ts';

describe('who it is', () => {
  it('[TH7.1] when it was born and what it has seen, decided and told outlive a restart; a start is a session more', async () => {
    const store = { ...memoryStore(), close: async () => undefined };
    const started = async (startAt?: number): Promise<SimulatedDays> => {
      const settings = (all: ReturnType<typeof defaultSettings>) => void (all.intake.windowMs = 0);
      const world = await simulatedDays({ store, settings, ...(startAt && { startAt }) });
      onTestFinished(world.end);
      return world;
    };
    const first = await started();
    const bornAt = first.engine.snapshot().identity.bornAt;
    expect(bornAt).toBe(first.clock.now());
    await first.see({ type: 'test-failed', target: 'npm test', severity: 'error' });
    await first.see({ target: 'src/a.ts' });
    const before = first.engine.snapshot().identity;
    expect(before).toMatchObject({ sessions: 1, observations: 2 });
    expect(before.decisions).toBeGreaterThan(0);
    expect(before.insights).toBeGreaterThan(0);
    await first.end();
    const second = await started(first.clock.now() + 86_400_000);
    expect(second.engine.snapshot().identity).toEqual({ ...before, sessions: 2, startedAt: expect.any(Number) });
    await second.see({ target: 'src/b.ts' });
    expect(second.engine.snapshot().identity).toMatchObject({ bornAt, sessions: 2, observations: 3 });
  });

  it('[TH7.2] the stable part stands in the head of the prompt, what changes only in its newest turn', () => {
    const observation = observer(noon)();
    const parts = promptParts([observation]);
    const tokens = createTokenCounter();
    const prompt = (identity: typeof parts.identity) =>
      buildPrompt({ ...parts, identity }, defaultSettings().model, tokens).messages;
    const [head, ...turns] = prompt(parts.identity);
    const counted = { ...parts.identity, sessions: 8_001, observations: 8_002, decisions: 8_003, insights: 8_004 };
    const [sameHead, ...newTurns] = prompt(counted);
    expect(head?.role).toBe('system');
    expect(sameHead).toEqual(head);
    expect(head?.content).toContain(new Date(parts.identity.bornAt).toISOString().slice(0, 10));
    expect(JSON.stringify(turns.slice(0, -1))).toBe(JSON.stringify(newTurns.slice(0, -1)));
    for (const figure of ['8001', '8002', '8003']) expect(newTurns.at(-1)?.content).toContain(figure);
  });

  it('[TH7.3] what an earlier version did not count begins at nothing, and what it did count stays', () => {
    const born = {
      ...bornNow(noon),
      identity: { bornAt: noon, sessions: 4, observations: 9, decisions: 3, insights: 2 },
    };
    const kept = workingToJson(born) as Record<string, Json>;
    const read = (identity: Json) => workingFromJson({ ...kept, identity }, noon + 99).identity;
    expect(read({ bornAt: noon, sessions: 4, observations: 9 })).toEqual({
      ...born.identity,
      decisions: 0,
      insights: 0,
    });
    expect(read({ bornAt: noon, sessions: 'four', observations: 9, decisions: 3, insights: 2, more: 'odd' })).toEqual({
      ...born.identity,
      sessions: 0,
    });
    for (const odd of [null, 7, 'x', []]) expect(read(odd)).toEqual(bornNow(noon + 99).identity);
  });
});
