import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Evidence, Memory } from '../memory.ts';
import { plainLine } from '../observe/text.ts';
import type { Store } from '../ports.ts';
import { ruleWords } from '../remember/matching.ts';
import type { Insight, Stamp } from '../types.ts';

/** What is exported, in pages, so that a large memory never stands in memory as a whole. */
type Exported = Pick<Store, 'exportPage' | 'insights' | 'sleeps'>;

const pageSize = 200;

/**
 * Writes all memories with their evidence, all insights and the digests of past sleeps to `path` (readable by the owner alone), as JSON or
 * as Markdown. The file appears when it is whole; rejects with what the file system says, and leaves nothing then.
 */
export async function exportMemory(
  store: Exported,
  path: string,
  format: 'json' | 'markdown',
  now: Stamp,
): Promise<void> {
  const partial = `${path}.part`;
  const file = createWriteStream(partial, { mode: 0o600 });
  const write = async (text: string) => {
    if (!file.write(text)) await once(file, 'drain');
  };
  try {
    await once(file, 'open');
    await (format === 'json' ? writeJson(store, write, now) : writeMarkdown(store, write, now));
    file.end();
    await once(file, 'finish');
    await rename(partial, path);
  } catch (thrown) {
    file.destroy();
    await rm(partial, { force: true });
    throw thrown;
  }
}

type Write = (text: string) => Promise<void>;

async function* memoriesOf(store: Exported): AsyncGenerator<{ memory: Memory; evidence: Evidence[] }> {
  for (let after = ''; ; ) {
    const page = await store.exportPage(after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.memory.id;
  }
}

async function* insightsOf(store: Exported): AsyncGenerator<Insight> {
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = await store.insights({ limit: pageSize, before });
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    before = last.formedAt;
  }
}

async function writeJson(store: Exported, write: Write, now: Stamp): Promise<void> {
  await write(`{"exportedAt":${JSON.stringify(new Date(now).toISOString())},"memories":[`);
  await writeList(memoriesOf(store), ({ memory, evidence }) => ({ ...memory, evidence }), write);
  await write('],"insights":[');
  await writeList(insightsOf(store), (insight) => insight, write);
  await write(`],"sleeps":${JSON.stringify(await store.sleeps(10_000))}}\n`);
}

async function writeList<T>(list: AsyncIterable<T>, shown: (each: T) => object, write: Write): Promise<void> {
  let first = true;
  for await (const each of list) {
    await write(`${first ? '' : ','}\n${JSON.stringify(shown(each))}`);
    first = false;
  }
}

async function writeMarkdown(store: Exported, write: Write, now: Stamp): Promise<void> {
  await write(`# What Reverie remembers\n\nExported ${day(now)}.\n\n## Memories\n`);
  for await (const { memory, evidence } of memoriesOf(store)) await write(memoryInMarkdown(memory, evidence));
  await write('\n## Insights\n\n');
  for await (const insight of insightsOf(store))
    await write(`- ${day(insight.formedAt)}: ${escaped(insight.text)} (${insight.reasoner.name})\n`);
  await write('\n## Digests\n');
  for (const { digest } of await store.sleeps(10_000))
    if (digest)
      await write(`\n### ${day(digest.until)}\n\n${digest.lines.map(({ text }) => `- ${escaped(text)}\n`).join('')}`);
}

function memoryInMarkdown(memory: Memory, evidence: readonly Evidence[]): string {
  const facts = [
    memory.kind,
    `importance ${memory.importance.toFixed(2)}`,
    `recalled ${memory.recalled} times`,
    memory.validation === 'seen' ? null : memory.validation,
    memory.pinned ? 'pinned' : null,
    memory.rule ? `held ${memory.hits} times, ${memory.misses} times not: ${ruleWords(memory.rule)}` : null,
  ].filter((fact) => fact !== null);
  const rests = evidence.map((each) => `  - ${day(each.at)}: ${escaped(each.snapshot)}\n`).join('');
  return `\n- **${escaped(memory.text)}**\n  ${day(memory.formedAt)}; ${escaped(facts.join('; '))}\n${rests}`;
}

const day = (at: Stamp) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** One line whose characters mean themselves: what was seen must not become headings, links or HTML of the owner's document. */
const escaped = (text: string) => plainLine(text, 10_000).replace(/[\\`*_{}[\]()#+!|<>~-]/g, (char) => `\\${char}`);
