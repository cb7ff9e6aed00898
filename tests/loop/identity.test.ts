import { describe, expect, it, onTestFinished } from 'vitest';
import { attendTo } from '../../core/loop/attending.ts';
import { identityShown } from '../../core/loop/identity.ts';
import { bornNow, workingFromJson, workingToJson } from '../../core/loop/mind.ts';
import { defaultSettings } from '../../core/settings.ts';
import { buildPrompt } from '../../core/think/context/context.ts';
import { createTokenCounter } from '../../core/think/tokens.ts';
import type { Json } from '../../core/types.ts';
import { memoryStore } from '../kit/memory-store.ts';
import { cycleRecord, insight, noon, observer, salience } from '../kit/nouns.ts';
import { type SimulatedDays, simulatedDays } from '../kit/simulated-days.ts';
import { promptParts } from '../think/prompt-parts.ts';
import { edit, mindWorld } from './mind-double.ts';

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
    expect(before).toMatchObject({ sessions: 1, observations: 2, uptimeBeforeMs: 0 });
    expect(before.decisions).toBeGreaterThan(0);
    expect(before.insights).toBeGreaterThan(0);
    await first.clock.pass(60_000);
    await first.end();
    const ran = first.clock.now() - bornAt;
    const second = await started(first.clock.now() + 86_400_000);
    const now = second.engine.snapshot().identity;
    expect(now.uptimeBeforeMs).toBeGreaterThanOrEqual(60_000);
    expect(now.uptimeBeforeMs).toBeLessThanOrEqual(ran);
    expect(now).toEqual({
      ...before,
      sessions: 2,
      uptimeBeforeMs: expect.any(Number),
      startedAt: expect.any(Number),
    });
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
      identity: {
        bornAt: noon,
        sessions: 4,
        uptimeMs: 7_000,
        observations: 9,
        decisions: 3,
        insights: 2,
        thresholdShift: 0.1,
      },
    };
    const kept = workingToJson(born) as Record<string, Json>;
    const read = (identity: Json) => workingFromJson({ ...kept, identity }, noon + 99).identity;
    expect(read({ bornAt: noon, sessions: 4, observations: 9 })).toEqual({
      ...born.identity,
      uptimeMs: 0,
      decisions: 0,
      insights: 0,
      thresholdShift: 0,
    });
    expect(read({ ...born.identity, sessions: 'four', more: 'odd' })).toEqual({
      ...born.identity,
      sessions: 0,
    });
    for (const odd of [null, 7, 'x', []]) expect(read(odd)).toEqual(bornNow(noon + 99).identity);
  });

  it('[TH7.5] what the owner judged moves the threshold of the next cycle, is said with what was passed over, and shown', async () => {
    const { mind, store, see } = await mindWorld({ settings: ({ attend }) => void (attend.threshold = 0.9) });
    for (let n = 0; n < 4; n += 1) {
      const seen = edit(`src/judged-${n}.ts`);
      await see(seen);
      await store.commitCycle(
        cycleRecord({
          attended: [{ id: seen.id, salience: salience(0.95) }],
          insights: [insight(`i${n}`, { evidenceIds: [seen.id] })],
        }),
      );
      await store.setVerdict(`i${n}`, 'less');
    }
    const { attention, working } = await attendTo(mind, [edit('src/next.ts')], []);
    expect(working.identity.thresholdShift).toBe(0.1);
    expect(attention.scored[0]?.salience.ignored).toMatch(/and 1 is needed$/);
    const circumstances = { startedAt: noon, uptimeBeforeMs: 0, threshold: 0.9 };
    expect(identityShown(working.identity, circumstances)).toMatchObject({ threshold: 1, thresholdShift: 0.1 });
  });
});
