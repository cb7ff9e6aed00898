import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../kit/chromium.ts';
import { temporaryFolder } from '../kit/data-dir.ts';
import { atRest, type HeadlessHost, runHeadless, startHeadless } from '../kit/headless.ts';
import { createGate, decisionReply, type ScriptedServer, startScriptedServer } from '../kit/scripted-server.ts';
import { makeTree, type Tree } from '../kit/tree.ts';
import { waitFor } from '../kit/wait-for.ts';

/** An owner's day with the real host, real files and git, a scripted model server, and a real browser. */
let browser: Browser;
let tree: Tree;
let data: ReturnType<typeof temporaryFolder>;
let host: HeadlessHost | null = null;
let server: ScriptedServer | null = null;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  await host?.end('SIGKILL');
  await server?.close();
  host = null;
  server = null;
  tree.end();
  data.remove();
});

function owner(): void {
  tree = makeTree({ repository: true });
  data = temporaryFolder('day');
  tree.write('src/cart.ts', 'export const cart: string[] = [];\n');
  tree.write('.gitignore', 'dist/\n');
  tree.commit('Begin');
}

const start = async (model: string, ...more: string[]) => {
  host = await startHeadless(['--watch', tree.root, '--data-dir', data.path, '--model', model, ...more]);
  await atRest(host);
  return host;
};
const open = async (running: HeadlessHost): Promise<Page> => {
  const page = await browser.newPage();
  await page.goto(running.link);
  if (!(await running.snapshot()).settings.welcomed)
    await page.getByRole('dialog').getByRole('button', { name: 'Skip' }).click();
  return page;
};
const insightsAbout = async (running: HeadlessHost, words: string) =>
  (await running.insights()).filter((each) => each.text.includes(words));

describe('a day with a model server', () => {
  it('[SH7.60] edit, commit and note become focus, streamed thought and insight with evidence; a reload keeps them; kill -9 loses nothing', async () => {
    owner();
    server = await startScriptedServer();
    const running = await start(server.baseUrl);
    const page = await open(running);
    await page.getByText('It is new here').first().waitFor();

    const gate = createGate();
    server.answers = (request) => ({ ...decisionReply(request), gate });
    tree.write('src/cart.ts', 'export const cart: string[] = [];\nexport const count = () => cart.length;\n');
    await waitFor('the thought to be asked for', () => server?.chats().length === 1);
    gate.open(6);
    await waitFor('a thought that streams', async () => (await running.snapshot()).thought?.text);
    expect((await running.snapshot()).thought?.done).toBe(false);
    expect((await running.insights()).length, 'nothing is told before it is thought to its end').toBe(0);
    gate.open();
    await page.getByText('src/cart.ts').first().waitFor();
    await waitFor('the first insight', async () => (await running.insights()).length === 1);

    tree.commit('Count the cart');
    await waitFor('an insight about the commit', async () => (await running.insights()).length === 2);
    await running.note('the cart must never be negative');
    await waitFor('an insight about the note', async () => (await running.insights()).length === 3);
    expect((await running.snapshot()).focus?.topic).toBe('the cart must never be negative');

    const insights = await running.insights();
    for (const insight of insights) {
      expect(insight.reasoner.kind).toBe('server');
      expect(insight.evidenceIds.length).toBeGreaterThan(0);
    }
    await page.reload();
    await page.getByText(insights[0]!.text).first().waitFor();
    await running.end('SIGKILL');
    tree.write('src/late.ts', 'export const late = true;\n');
    const again = await start(server.baseUrl);
    const kept = (await again.insights()).map((each) => each.id);
    expect(kept).toEqual(expect.arrayContaining(insights.map((each) => each.id)));
    await waitFor('what changed meanwhile', async () => (await again.snapshot()).counts.observations === 4);
    expect((await atRest(again)).counts).toMatchObject({ observations: 4, pending: 0, dead: 0 });
    await page.goto('about:blank');
    await page.goto(again.link);
    await page.getByText(insights[0]!.text).first().waitFor();
    await page.close();
  });

  it('[TH1.17, LO10.60] the server goes away and comes back in the middle; rules think meanwhile, say so, and nothing is lost', async () => {
    owner();
    server = await startScriptedServer();
    writeSettings({ lmStudio: { pollMs: 300 } });
    const running = await start(server.baseUrl);
    const seen: string[] = [];
    const edit = async (name: string) => {
      tree.write(`src/${name}.ts`, `export const ${name} = 1;\n`);
      await waitFor(
        `an episode about ${name}`,
        async () => (await running.snapshot()).counts.episodes === seen.length + 1,
      );
      seen.push((await running.snapshot()).thought?.reasoner.kind ?? '');
    };
    await edit('first');
    await server.close();
    await edit('second');
    expect((await running.snapshot()).reasoner).toMatchObject({
      kind: 'rules',
      why: expect.stringContaining('Rules think meanwhile'),
    });
    await server.restart();
    await waitFor('the server to be found again', async () => (await running.snapshot()).reasoner.kind === 'server');
    await edit('third');
    expect(seen).toEqual(['server', 'rules', 'server']);
    expect((await running.snapshot()).counts).toMatchObject({ observations: 3, pending: 0, dead: 0, episodes: 3 });
  });
});

describe('a day with rules', () => {
  it('[TH1.24, TH1.20] edit, commit and note give insights with evidence, named as rules; twelve edits and a commit give at most three', async () => {
    owner();
    const running = await start('rules');
    for (let n = 1; n <= 12; n++) {
      const before = (await running.snapshot()).counts.observations;
      tree.write(`src/file${n % 3}.ts`, 'export const line = 1;\n'.repeat(n));
      await waitFor(`edit ${n} to be seen`, async () => (await running.snapshot()).counts.observations > before);
      await atRest(running);
    }
    tree.commit('Twelve edits');
    await waitFor('the commit', async () => (await insightsAbout(running, 'Twelve edits')).length === 1);
    await atRest(running);
    const insights = await running.insights();
    expect(insights.length).toBeGreaterThanOrEqual(1);
    expect(insights.length).toBeLessThanOrEqual(3);
    for (const insight of insights) {
      expect(insight.reasoner).toEqual({ kind: 'rules', name: 'rules' });
      expect(insight.text).toMatch(/\d/);
      expect(insight.evidenceIds.length).toBeGreaterThan(0);
    }
    const page = await open(running);
    await page.getByText('Rules — no model').first().waitFor();
    await page.close();
  });

  it('[AT3.60, TH1.23] whitespace, touches and build output give no insight', async () => {
    owner();
    const running = await start('rules');
    tree.write('src/cart.ts', 'export  const cart:  string[]  =  [];\n\n');
    tree.touch('.gitignore');
    tree.write('dist/bundle.js', 'x'.repeat(5000));
    tree.write('node_modules/left/index.js', 'x');
    await waitFor('the whitespace edit to be seen', async () => (await running.snapshot()).counts.observations === 1);
    const now = await atRest(running);
    expect(now.counts).toMatchObject({ observations: 1, episodes: 0, insights: 0 });
  });

  it('[OB1.60] what changed while it was off is found at the next start, and what was there before the first is no news', async () => {
    owner();
    const first = await start('rules');
    expect((await first.snapshot()).counts.observations).toBe(0);
    expect(await first.end('SIGTERM')).toEqual(expect.objectContaining({ code: 0 }));
    tree.write('src/away.ts', 'export const away = 1;\n');
    tree.remove('src/cart.ts');
    const second = await start('rules');
    await waitFor('both changes', async () => (await second.snapshot()).counts.observations === 2);
    await second.end('SIGINT');
    const third = await start('rules');
    expect((await third.snapshot()).counts.observations, 'told once').toBe(2);
  });

  it('[LO7.60] a paused mind goes on observing, thinks nothing, and stays paused over a restart', async () => {
    owner();
    const running = await start('rules');
    const page = await open(running);
    await page.getByRole('button', { name: 'Pause' }).first().click();
    await waitFor('paused', async () => (await running.snapshot()).life === 'paused');
    tree.write('src/while.ts', 'export const paused = true;\n');
    await waitFor('the change to wait', async () => (await running.snapshot()).intake.written >= 1);
    expect((await running.insights()).length).toBe(0);
    await page.close();
    await running.end('SIGKILL');
    host = await startHeadless(['--watch', tree.root, '--data-dir', data.path, '--model', 'rules']);
    expect((await host.snapshot()).life).toBe('paused');
    const again = await open(host);
    await again.getByRole('button', { name: 'Resume' }).first().click();
    await waitFor('the thought after all', async () => (await host?.insights())?.length === 1);
    await again.close();
  });
});

describe('looking once', () => {
  it('[SH7.61] the first look tells the folder and the last day’s commits, the next only what is new', async () => {
    owner();
    tree.write('src/pay.ts', 'export const pay = 1;\n');
    tree.commit('Add paying');
    const look = async () => {
      const { code, stdout } = await runHeadless([
        '--watch',
        tree.root,
        '--data-dir',
        data.path,
        '--model',
        'rules',
        '--once',
        '--json',
      ]);
      expect(code).toBe(0);
      return JSON.parse(stdout) as {
        observations: { type: string; target: string; details: { subject?: string } }[];
        insights: { text: string }[];
      };
    };
    const first = await look();
    expect(first.observations.map((each) => each.type).sort()).toEqual(['commit-made', 'commit-made', 'folder-seen']);
    expect(first.insights.length).toBeGreaterThanOrEqual(1);
    expect((await look()).observations).toEqual([]);
    tree.write('src/pay.ts', 'export const pay = 2;\n');
    const third = await look();
    expect(third.observations.map((each) => `${each.type} ${each.target}`)).toEqual(['file-changed src/pay.ts']);
  });
});

describe('the host as a neighbour', () => {
  it('[SH7.62] prints exactly one link, keeps token and port, and lets no one else read them', async () => {
    owner();
    const first = await start('rules');
    expect(first.stdout().split('\n').filter(Boolean)).toEqual([`Reverie: ${first.link}`]);
    expect(first.stdout().match(/http/g)).toHaveLength(1);
    expect(first.stderr()).not.toMatch(/https?:/);
    expect(statSync(join(data.path, 'token')).mode & 0o777).toBe(0o600);
    expect((await first.end('SIGTERM')).code).toBe(0);
    const second = await start('rules');
    expect(second.link).toBe(first.link);
  });

  it('[SH7.63] a second host on the same data folder says the first one’s pid; a lock whose holder was killed is taken over', async () => {
    owner();
    const first = await start('rules');
    const second = await runHeadless(['--watch', tree.root, '--data-dir', data.path, '--model', 'rules']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`pid ${first.pid}`);
    expect(second.stdout).toBe('');
    await first.end('SIGKILL');
    expect(readFileSync(join(data.path, 'lock'), 'utf8')).toContain(String(first.pid));
    await start('rules');
  });

  it('[SH7.67] ends in good order when the npm that started it is gone', async () => {
    owner();
    // npm does not pass a SIGTERM on; a shell that is killed stands in for it.
    const args = ['--watch', tree.root, '--data-dir', data.path, '--model', 'rules'].map((arg) => `'${arg}'`).join(' ');
    const bundle = fileURLToPath(new URL('../../dist/host/headless.js', import.meta.url));
    const launcher = spawn('sh', ['-c', `'${process.execPath}' '${bundle}' ${args}; true`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'mind' },
    });
    let printed = '';
    launcher.stdout.on('data', (bytes: Buffer) => {
      printed += bytes.toString('utf8');
    });
    await waitFor('the link', () => printed.includes('#token='));
    const pid = Number(JSON.parse(readFileSync(join(data.path, 'lock'), 'utf8')).pid);
    launcher.kill('SIGTERM');
    await waitFor('the lock to be given back', () => !existsSync(join(data.path, 'lock')));
    await waitFor('the host to be gone', () => !isAlive(pid));
  });

  it('[SH7.64] a mistake on the command line is a sentence and exit 2', async () => {
    owner();
    for (const [args, words] of [
      [['--port', 'x'], '--port x is no port'],
      [['--model', 'gpt'], '--model gpt is neither'],
      [['--nonsense'], '--nonsense'],
      [['--once'], 'give --json too'],
    ] as const) {
      const { code, stderr, stdout } = await runHeadless(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(words);
      expect(stderr).toContain('usage:');
    }
  });
});

const writeSettings = (settings: Record<string, unknown>) =>
  writeFileSync(join(data.path, 'settings.json'), JSON.stringify(settings));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
