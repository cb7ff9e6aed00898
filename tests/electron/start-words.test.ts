import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLive } from '../../core/host/live.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { bareShell } from '../kit/host-parts.ts';

/** What is said when no mind can be made on this data folder. */
async function refusal(dataDir: string, fallbackFolder: string | null = null): Promise<string> {
  const live = await createLive({
    dataDir,
    watch: [],
    fallbackFolder,
    model: { reasoner: 'rules' },
    firstLookMs: null,
    onProblem: () => undefined,
    shell: bareShell,
  });
  if (!live.ok) return live.failure.message;
  await live.value.stop();
  throw new Error('it was made');
}

function dataFolder(): string {
  const folder = temporaryFolder('start-words');
  onTestFinished(folder.remove);
  return folder.path;
}

describe('what is said of a start that cannot be', () => {
  const other = '(with --data-dir, or REVERIE_DATA_DIR for the tray)';

  it('[SH6.46] names the way to another data folder for both hosts', async () => {
    const [inFile, noDraft, noDatabase, watched] = [dataFolder(), dataFolder(), dataFolder(), dataFolder()];
    writeFileSync(join(inFile, 'file'), '');
    mkdirSync(join(noDraft, `lock.${process.pid}`));
    mkdirSync(join(noDatabase, 'reverie.db'));
    const said = [
      await refusal(join(inFile, 'file', 'data')),
      await refusal(noDraft),
      await refusal(noDatabase),
      await refusal(watched, watched),
    ];
    const why = [/cannot be made/, /cannot be written/, /cannot be opened/, /would watch itself/];
    why.forEach((each, index) => expect(said[index]).toMatch(each));
    for (const each of said) expect(each).toContain(other);
  });

  it('[SH6.46] names the setting when the data folder is among the watched ones', async () => {
    const dataDir = dataFolder();
    expect(await refusal(dataDir, dataDir)).toContain('Take it out of watch.folders in settings.json');
  });
});
