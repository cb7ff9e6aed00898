import { expect, it, onTestFinished } from 'vitest';
import { snapshotSchema } from '../../core/protocol.ts';
import { simulatedDays } from '../kit/simulated-days.ts';
import { waitFor } from '../kit/wait-for.ts';

it('[SH2.216] a larger budget of cycles lets a loop go on at once that had stopped for the day', async () => {
  const made = await simulatedDays({
    settings(settings) {
      settings.intake.windowMs = 0;
      settings.budget.cyclesPerDay = 1;
    },
  });
  onTestFinished(made.end);
  const { engine, clock } = made;
  const pending = () => engine.snapshot().counts.pending;
  await made.see({ target: 'src/one.ts' });
  made.offer({ target: 'src/two.ts' });
  await waitFor('the stop for today', async () => {
    await clock.pass(100);
    return pending() === 1 && engine.snapshot().troubles.some(({ key }) => key === 'cycles');
  });
  expect(await engine.send({ kind: 'change-settings', patch: { budget: { cyclesPerDay: 100 } } })).toEqual({
    ok: true,
  });
  await waitFor('the thought', async () => {
    await clock.pass(1);
    return pending() === 0;
  });
  expect(engine.snapshot().troubles).toEqual([]);
});

it('[SH2.217] the snapshot says what the host can do, and the theme and budget that are in force', async () => {
  const made = await simulatedDays({});
  onTestFinished(made.end);
  const { engine } = made;
  const patch = { page: { theme: 'dark' as const }, budget: { tokensPerHour: 1_000 } };
  await engine.send({ kind: 'change-settings', patch });
  expect(snapshotSchema.parse(engine.snapshot())).toMatchObject({
    host: { kind: 'headless', picksFolders: false, login: 'cannot' },
    settings: { theme: 'dark', folders: ['/shop'] },
    budget: { hourLimit: 1_000 },
  });
});
