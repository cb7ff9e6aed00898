import type { ModelEntry } from '../../core/lmstudio/catalogue.ts';
import type { Underway } from '../../core/lmstudio/known.ts';
import { modelViewOf } from '../../core/lmstudio/model-view.ts';
import { serverTrouble } from '../../core/lmstudio/trouble.ts';
import type { Command, ModelView, Outcome, Snapshot } from '../../core/protocol.ts';
import type { Settings } from '../../core/settings.ts';
import { callsOf, purposesOf } from './fake-calls.ts';
import { loadedByReverie, thinker } from './fake-catalogue.ts';
import { minuteMs } from './fake-days.ts';
import { knownOf, reasonerOf, viewOf } from './fake-known.ts';
import { patched } from './fake-owner.ts';
import { closedBreaker, type FakeServer } from './fake-server.ts';

/** The model server of the fake engine: does what the owner asks to an invented server, and shows it in the product's own words. */
export interface FakeModel {
  settings(): Settings;
  view(at: number): ModelView;
  /** What it makes of the Now view. */
  told(): Pick<Snapshot, 'server' | 'reasoner'> & { trouble: Snapshot['troubles'][number] | null };
  /** Null: the command is about something else. Else all that is told may be another afterwards. */
  obey(command: Command, at: number): Outcome | null;
  /** Where the work of minutes stands, 0..1, null when nobody tells; 1 ends it. Begins a load where nothing goes on. */
  workedTo(share: number | null, at: number): void;
}

export function fakeModel(start: FakeServer, startAt: number): FakeModel {
  let server = start;
  let known = knownOf(server);
  let since = startAt - 12 * minuteMs;

  function become(patch: Partial<FakeServer>, at: number): Outcome {
    const before = known.state;
    server = { ...server, ...patch };
    known = knownOf(server);
    if (known.state !== before) since = at;
    return { ok: true };
  }

  function load(key: string, at: number): Outcome {
    if (server.instances.some((each) => each.key === key)) return { ok: true, said: 'It is loaded already.' };
    const name = server.models.find((each) => each.key === key)?.name ?? key;
    return become({ ...afresh, underway: { kind: 'load', name, key, share: null } }, at);
  }

  function unload(id: string, at: number): Outcome {
    const gone = server.instances.filter((each) => each.id === id).map(({ key }) => key);
    const ejected = new Set([...server.ejected, ...gone]);
    return become({ ejected, instances: server.instances.filter((each) => each.id !== id) }, at);
  }

  function obey(command: Command, at: number): Outcome | null {
    switch (command.kind) {
      case 'start-server':
        return become({ ...afresh, underway: { kind: 'start', name: 'server', key: null, share: null } }, at);
      case 'load-model': {
        const { role, key } = command;
        const model = role === 'thinker' ? { name: key } : { roles: { [role]: key } };
        become({ settings: patched(server.settings, { model }) }, at);
        return load(key, at);
      }
      case 'get-model':
        return become({ ...afresh, download: { kind: 'get', name: command.name, key: null, share: null } }, at);
      case 'unload-model':
        return unload(command.id, at);
      case 'test-model':
        return { ok: true, said: 'It answered after 0.8 s.' };
      case 'try-again':
        return become(afresh, at);
      case 'change-settings':
        return become({ ...afresh, settings: patched(server.settings, command.patch) }, at);
      default:
        return null;
    }
  }

  return {
    settings: () => server.settings,
    view: (at) => ({
      ...modelViewOf(known, { at, ours: server.ours, atWork: server.hasLms ? [...server.instances] : null }),
      server: viewOf(known, since),
      calls: callsOf(known),
      breaker: { state: server.breaker.state, why: server.breaker.why, since: server.breaker.since },
      purposes: purposesOf(known),
    }),
    told() {
      const view = viewOf(known, since);
      return { server: view, reasoner: reasonerOf(known, view), trouble: serverTrouble(known, view) };
    },
    obey,
    workedTo(share, at) {
      const { underway, download } = server;
      const work = underway ?? download ?? { kind: 'load', name: thinker.name, key: thinker.key, share };
      if (share === 1) become(done(server, work), at);
      else become(work.kind === 'get' ? { download: { ...work, share } } : { underway: { ...work, share } }, at);
    },
  };
}

/** The owner did something: what failed before may go well now. */
const afresh = { refused: null, crashed: false, breaker: closedBreaker, ejected: new Set<string>() };

/** What the work came to, always well. */
function done(server: FakeServer, { kind, key }: Underway): Partial<FakeServer> {
  if (kind === 'start') return { underway: null, program: 'serves' };
  if (kind === 'get')
    return { download: null, models: [...server.models.filter((each) => each.key !== thinker.key), thinker] };
  const entry = server.models.find((each) => each.key === key);
  return { underway: null, ...(entry && withLoaded(server, entry)) };
}

function withLoaded({ instances, ours }: FakeServer, entry: ModelEntry): Partial<FakeServer> {
  const loaded = loadedByReverie(entry);
  const others = instances.filter(({ id }) => id !== loaded.id);
  return { instances: [loaded, ...others], ours: new Set([...ours, loaded.id]) };
}
