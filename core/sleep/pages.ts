import type { Brief, Memory, MemoryStore } from '../memory.ts';
import type { Stamp } from '../types.ts';

const briefsAtATime = 2_000;
/** Few enough to be read through in a millisecond or two. */
const memoriesAtATime = 100;

/** Everything observed from then on, in the store's order, page by page. Throws the signal's reason. */
export async function* pagesOfBriefs(
  store: Pick<MemoryStore, 'briefs'>,
  { from, signal }: { from: Stamp; signal: AbortSignal },
): AsyncGenerator<Brief[]> {
  for (let afterSeq = 0; ; ) {
    signal.throwIfAborted();
    const page = await store.briefs({ afterSeq, from, limit: briefsAtATime });
    if (page.length > 0) yield page;
    if (page.length < briefsAtATime) return;
    afterSeq = page.at(-1)?.seq ?? afterSeq;
  }
}

/** Every memory, and whether it rests on evidence, page by page, oldest first. Throws the signal's reason. */
export async function* pagesOfMemories(
  store: Pick<MemoryStore, 'memoryPage'>,
  signal: AbortSignal,
): AsyncGenerator<{ memory: Memory; rests: boolean }[]> {
  for (let afterId = ''; ; ) {
    signal.throwIfAborted();
    const page = await store.memoryPage(afterId, memoriesAtATime);
    if (page.length > 0) yield page;
    if (page.length < memoriesAtATime) return;
    afterId = page.at(-1)?.memory.id ?? afterId;
  }
}
