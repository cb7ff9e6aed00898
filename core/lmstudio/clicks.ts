import type { Outcome } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { Belongings } from './belongings.ts';
import type { Catalogue } from './catalogue.ts';
import type { Flight } from './flight.ts';
import type { LmStudio } from './lm-studio.ts';
import type { Loads } from './loads.ts';
import type { Watch } from './watch.ts';

/** The owner's clicks. A click is the consent; long work is only begun, its progress and its refusal are part of the view. */
export interface Clicks {
  startServer(): Promise<Outcome>;
  load(key: string): Promise<Outcome>;
  get(name: string): Promise<Outcome>;
  unload(id: string): Promise<Outcome>;
  tryAgain(): Promise<Outcome>;
}

const done: Outcome = { ok: true };
const refuse = (message: string): Outcome => ({ ok: false, message });

export function createClicks(parts: {
  lmStudio: Pick<LmStudio, 'unload'>;
  signal: AbortSignal;
  watch: Watch;
  flight: Flight;
  downloads: Flight;
  loads: Loads;
  belongings: Belongings;
  settings: () => Settings['model'];
  catalogue: () => Catalogue | null;
  /** How the server stands, and what is under way, in words. */
  says: { server: () => string; underway: () => string; download: () => string };
  /** Whatever failed before counts no more, the breaker included. */
  startAfresh: () => void;
}): Clicks {
  const { watch, flight, loads, belongings, settings, catalogue } = parts;
  const stillFlying = (): Outcome => refuse(`${parts.says.underway()} Wait for it to end, then try again.`);
  /** What came of it is told by the view. */
  const begin = (work: Promise<unknown>): Outcome => {
    work.catch(() => undefined);
    return done;
  };

  return {
    async startServer() {
      if (flight.underway()) return stillFlying();
      if (settings().baseUrl !== '')
        return refuse('A base URL is set. Reverie can start only LM Studio’s own server: clear the base URL first.');
      return begin(loads.start());
    },
    async load(key) {
      await watch.lookAfresh();
      if (flight.underway()) return stillFlying();
      const listed = catalogue();
      if (!listed) return refuse(`${parts.says.server()} A model can be loaded when the server answers.`);
      parts.startAfresh();
      if (listed.instances.some((each) => each.key === key || each.id === key))
        return { ok: true, said: 'It is loaded already.' };
      const entry = listed.models.find((each) => each.key === key);
      if (!entry) return refuse(`“${key}” is not among the server’s models. Download it in LM Studio first.`);
      return begin(loads.load(entry, settings().windowTokens));
    },
    async get(name) {
      return parts.downloads.underway()
        ? refuse(`${parts.says.download()} Wait for it to end, then try again.`)
        : begin(loads.get(name));
    },
    async unload(id) {
      if (!belongings.ours().has(id))
        return refuse(`Reverie did not load “${id}”, so it does not unload it. Do it in LM Studio.`);
      const key = catalogue()?.instances.find((each) => each.id === id)?.key;
      const unloaded = await parts.lmStudio.unload(id, parts.signal);
      if (!unloaded.ok) return refuse(unloaded.failure.message);
      if (key !== undefined) belongings.eject(key);
      await belongings.remove([id]);
      await watch.lookAfresh();
      return done;
    },
    async tryAgain() {
      parts.startAfresh();
      watch.hasten();
      await watch.lookAfresh();
      return done;
    },
  };
}
