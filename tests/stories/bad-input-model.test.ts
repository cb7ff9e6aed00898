import { describe, expect, it } from 'vitest';
import { viewDatabase } from '../kit/database-view.ts';
import { atRest, type HeadlessHost } from '../kit/headless.ts';
import { pageClient } from '../kit/page-client.ts';
import type { Reply, ScriptedServer } from '../kit/scripted-server.ts';
import { waitFor } from '../kit/wait-for.ts';
import { observed, type WholeHost, wholeHost } from '../kit/whole-host.ts';

/** The whole host beside a model that answers badly, and an owner who has heard enough. */
interface Watched {
  owner: WholeHost;
  host: HeadlessHost;
  server: ScriptedServer;
  /** Changes a file and waits until a thought about it is had. */
  edit(name: string): Promise<void>;
}

/** Only where silence is the point is it short; elsewhere a busy machine must not be taken for a silent model. */
async function watched(inactivityMs = 20_000): Promise<Watched> {
  const owner = wholeHost();
  owner.settings({ model: { inactivityMs, prefillMsPerToken: 0, callMs: 30_000 }, lmStudio: { pollMs: 200 } });
  const server = await owner.server();
  const host = await owner.start('--model', server.baseUrl);
  await atRest(host);
  return {
    owner,
    host,
    server,
    async edit(name) {
      owner.tree.write(name, `export const name = ${JSON.stringify(name)};\n`);
      const id = await waitFor(
        `${name} to be seen`,
        () => viewDatabase(owner.dataDir).observations.find((each) => each.target === name)?.id,
      );
      await waitFor(`a thought about ${name}`, () =>
        viewDatabase(owner.dataDir).episodes.some((ids) => ids.includes(id)),
      );
    },
  };
}

/** What a model may do wrong, and what the owner then reads; null where the answer can still be used. */
const bad: [what: string, reply: Reply, said: RegExp | null][] = [
  ['nothing', { text: '' }, /no text/],
  ['nothing at all, for ever', { silent: true }, /sent nothing|silent|seconds|ms/],
  ['a beginning, then silence', { text: '{"action_ty', fault: { after: 1, kind: 'hang' } }, /went silent/],
  ['nonsense', { text: '☃☃☃ }{ ]]> \u0000\u0007 <<<' }, /nothing that could be read/],
  ['half a JSON', { text: '{"action_type":"observe","reasoning":"A file was made, and n', finish: 'length' }, null],
  ['ten megabytes in one line', { flood: 'line', megabytes: 10 }, /more than any answer can be/],
  ['ten megabytes of tokens', { flood: 'tokens', megabytes: 10 }, /same over and over/],
  ['tokens without end', { flood: 'tokens', megabytes: Number.POSITIVE_INFINITY }, /same over and over/],
  ['thoughts without end', { flood: 'thoughts', megabytes: Number.POSITIVE_INFINITY }, /same over and over/],
  ['a page of HTML', { status: 502, body: '<html><h1>Bad gateway</h1></html>' }, /502|gateway/i],
  ['the connection cut', { text: '{"action_type":', fault: { after: 1, kind: 'drop' } }, /broke/],
];

const goesSilent = (reply: Reply) => 'silent' in reply || ('fault' in reply && reply.fault?.kind === 'hang');

describe('a model that answers badly', () => {
  it.for(bad)(
    '[TH4.20] %s: the owner reads why, nothing is lost, and the next good answer is used',
    async ([, reply, said]) => {
      const { owner, host, server, edit } = await watched(goesSilent(reply) ? 300 : undefined);
      server.answers = () => reply;
      await edit('first.ts');
      const now = await host.snapshot();
      if (said) {
        const trouble = now.troubles.find((each) => each.key === 'model');
        expect(trouble?.what).toMatch(said);
        expect(trouble?.means).not.toBe('');
        expect(trouble?.remedy).not.toBe('');
      }
      server.answers = [];
      await waitFor('the server to be in use again', async () => (await host.snapshot()).reasoner.kind === 'server');
      await edit('second.ts');
      const then = await waitFor('both to be counted', async () => {
        const now = await atRest(host);
        return now.counts.episodes === 2 ? now : null;
      });
      expect(then.thought?.reasoner.kind).toBe('server');
      expect(then.troubles).toEqual([]);
      expect(then.counts).toMatchObject({ observations: 2, pending: 0, dead: 0, episodes: 2 });
      expect(observed(owner)).toEqual(['file-created first.ts', 'file-created second.ts']);
    },
  );

  it('[SH7.33] SIGTERM while a model hangs is a clean exit 0, and the thought is had after the next start', async () => {
    const { owner, host, server } = await watched();
    owner.settings({ model: { inactivityMs: 600_000 } });
    await host.end('SIGTERM');
    const again = await owner.start('--model', server.baseUrl);
    await atRest(again);
    server.answers = () => ({ silent: true });
    owner.tree.write('waits.ts', 'export const waits = 1;\n');
    await waitFor('the model to be asked', () => server.chats().length > 0);
    expect(await again.end('SIGTERM')).toMatchObject({ code: 0, signal: null });
    await waitFor('the call to be given up at the server', () => server.aborted() === 1);
    server.answers = [];
    const third = await owner.start('--model', server.baseUrl);
    await waitFor('the thought', async () => (await third.insights()).some((each) => each.text.includes('waits.ts')));
    expect(observed(owner)).toEqual(['file-created waits.ts']);
    expect((await atRest(third)).counts).toMatchObject({ observations: 1, pending: 0, dead: 0, episodes: 1 });
  });
});

describe('an owner who has heard enough', () => {
  it('[ME5.13] “less of this” is heard at once, outlives kill -9, and can be taken back', async () => {
    const owner = wholeHost();
    owner.tree.write('cart.ts', 'one\n');
    const server = await owner.server();
    let host = await owner.start('--model', server.baseUrl);
    await atRest(host);
    const changes = () => viewDatabase(owner.dataDir).observations.filter((each) => each.target === 'cart.ts');
    const change = async () => {
      const before = changes().length;
      owner.tree.write('cart.ts', 'one\n'.repeat(before + 2));
      await waitFor('the change', () => changes().length > before);
      await atRest(host);
      return changes().at(-1)!.id;
    };
    await change();
    const insight = await waitFor('an insight about it', async () => (await host.insights())[0]);
    expect(await (await pageClient(host)).send({ kind: 'judge-insight', id: insight.id, verdict: 'less' })).toEqual({
      ok: true,
    });
    const asked = server.chats().length;
    const [ignored] = await (await pageClient(host)).evidence({ ids: [await change()] });
    expect(ignored?.salience?.ignored).toContain('it scored');
    await host.end('SIGKILL');
    host = await owner.start('--model', server.baseUrl);
    await atRest(host);
    await change();
    expect(server.chats(), 'nothing was spent on it').toHaveLength(asked);
    expect((await host.insights()).map((each) => each.verdict)).toEqual(['less']);
    await (await pageClient(host)).send({ kind: 'judge-insight', id: insight.id, verdict: null });
    await change();
    await waitFor('it to be thought about again', () => server.chats().length > asked);
  });
});
