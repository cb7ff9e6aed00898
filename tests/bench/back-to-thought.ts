import { studioWorld } from '../kit/lm-studio-engine.ts';
import { waitFor } from '../kit/wait-for.ts';
import { figure, type Measurement, median } from './measurement.ts';

const times = 5;
const demo = 'acme/demo-8b';

/**
 * From the moment a server that was away answers again to the first thought that its model had, while the owner keeps working: the whole
 * engine with its default pace, real HTTP, the simulator in place of LM Studio.
 */
export const backToThought: Measurement = {
  rows: { 'back-to-thought-ms': { unit: 'ms', target: 3_000, want: 'at-most' } },
  async take() {
    const took: number[] = [];
    for (let n = 0; n < times; n++) took.push(await once());
    return {
      'back-to-thought-ms': {
        value: Math.max(...took),
        note: `the longest of ${times} returns, median ${figure(median(took))} ms; the server was away for a while with work going on, rules thought meanwhile`,
      },
    };
  },
};

async function once(): Promise<number> {
  const world = await studioWorld({
    settings(settings) {
      settings.lmStudio.pollMs = 15_000;
    },
  });
  const { simulator, engine, see, offer } = world;
  try {
    await simulator.launch();
    await simulator.startServer();
    await simulator.load(demo);
    await engine.start();
    await see('before.ts');
    await simulator.stopServer();
    // One call finds it gone; the next thoughts are the rules' at once.
    for (const name of ['one.ts', 'two.ts', 'three.ts']) await see(name);
    await waitFor('the server to be known as away', () => engine.snapshot().server.state !== 'ready');
    await simulator.startServer();
    const startedMs = performance.now();
    let sent = 0;
    await waitFor('a thought of the model', () => {
      const { thought, counts } = engine.snapshot();
      if (thought?.done && thought.reasoner.kind === 'server') return true;
      if (counts.pending === 0) offer(`after-${(sent += 1)}.ts`);
      return false;
    });
    return performance.now() - startedMs;
  } finally {
    await world.end();
  }
}
