import type { Clock } from '../../ports.ts';
import { pause } from '../waiting.ts';
import type { ListPlace, Reading } from './capabilities.ts';
import { type Candidate, firstThatGreets, greet } from './discovery.ts';
import type { Seen } from './server.ts';

export interface DoorOptions {
  clock: Clock;
  readList: (place: ListPlace, signal: AbortSignal, limitMs?: number) => Promise<Reading>;
  candidates: () => Promise<Candidate[]>;
  model: () => { baseUrl: string; apiKey: string };
}

/** Half of the two seconds that a greeting may take in all. */
const knockMs = 900;
const betweenMs = 250;

/**
 * Knocks at the server's door: at the address that answered last, else at all others at once. A server that answered without greeting (any
 * OpenAI server) is there while its list answers, a demand for a token included.
 */
export function createDoor({ clock, readList, candidates, model }: DoorOptions) {
  let last: { at: Candidate; greets: boolean; baseUrl: string } | null = null;

  const lists = async (signal: AbortSignal): Promise<boolean> => {
    const { baseUrl, apiKey } = model();
    const reading = await readList({ address: baseUrl, token: apiKey, greets: false }, signal, knockMs);
    return reading.kind === 'open' || reading.kind === 'auth-required';
  };

  const opens = async ({ at, greets }: { at: Candidate; greets: boolean }, signal: AbortSignal): Promise<boolean> =>
    greets ? (await greet(at.address, clock, signal, knockMs)).kind === 'greets' : lists(signal);

  const greets = async (signal: AbortSignal): Promise<boolean> => {
    const { baseUrl } = model();
    const known = last?.baseUrl === baseUrl ? last : null;
    // Read meanwhile, so that a slow drive does not add to the wait.
    const reading = candidates();
    if (known && (await opens(known, signal))) return true;
    const others = (await reading).filter((each) => each.address !== known?.at.address);
    const { at } = await firstThatGreets(others, clock, signal, knockMs);
    if (at) last = { at, greets: true, baseUrl };
    return at !== null;
  };

  return {
    greets,
    /** Where something answered is where the next knock goes first. */
    remember({ at, greets, found }: Seen): void {
      const answered = greets || found.kind === 'open' || found.kind === 'auth-required';
      if (at && answered) last = { at, greets, baseUrl: model().baseUrl };
    },
    /** Knocks until it opens or the time is over, at least once. */
    async greetsWithin(limitMs: number, signal: AbortSignal): Promise<boolean> {
      const end = clock.elapsed() + limitMs;
      for (;;) {
        if (await greets(signal)) return true;
        if (clock.elapsed() >= end) return false;
        await pause(clock, betweenMs, signal);
      }
    },
  };
}
