import type { Command, ModelView, Outcome, ServerView } from '../../core/protocol.ts';
import { modelViewFor } from './fake-model-view.ts';
import type { FakeScenario } from './fake-scenario.ts';
import type { ServerState } from './fake-server.ts';

/** The model server of the fake engine: obeys what the owner asks as the real keeper would, without a server. */
export interface FakeModel {
  view(at: number): ModelView;
  /** Null: the command is about something else. The server of the view may be another one afterwards. */
  obey(command: Command, at: number): Outcome | null;
  /** Where the load stands, 0..1, null when nobody tells; 1 ends it and the model is ready. */
  loadedTo(share: number | null, at: number): void;
}

/** Starts as the scenario says. */
export function fakeModel(scenario: FakeScenario, startAt: number): FakeModel {
  let view = modelViewFor(scenario, startAt);
  let stands = scenario;

  const become = (state: ServerState, at: number, server: Partial<ServerView> = {}) => {
    stands = { ...stands, state, server };
    const { roles } = view;
    view = modelViewFor(stands, at);
    view = { ...view, server: { ...view.server, since: at }, roles: view.roles.map(keepChoice(roles)) };
  };
  const unload = (id: string): Outcome => {
    const found = view.instances.find((each) => each.id === id);
    if (!found) return { ok: false, message: 'It is no longer loaded.' };
    if (!found.ours) return { ok: false, message: 'You loaded it, so only you unload it, in LM Studio.' };
    view = { ...view, instances: view.instances.filter((each) => each !== found) };
    return { ok: true, said: 'Unloaded.' };
  };
  const settings = ({ patch }: Extract<Command, { kind: 'change-settings' }>, at: number): Outcome | null => {
    if (patch.model?.apiKey !== undefined && view.server.state === 'auth-required') {
      if (!patch.model.apiKey.startsWith('sk-lm-'))
        return { ok: false, message: 'LM Studio does not take this token. Make a new one and paste it whole.' };
      become('ready', at);
    }
    const wanted = { thinker: patch.model?.name, ...patch.model?.roles };
    view = { ...view, roles: view.roles.map((each) => ({ ...each, wanted: wanted[each.role] ?? each.wanted })) };
    return null;
  };

  return {
    view: (at) => ({ ...view, at }),
    obey(command, at) {
      switch (command.kind) {
        case 'start-server':
          become('no-model', at);
          return { ok: true, said: 'The server is on.' };
        case 'load-model':
          become('loading', at, { progress: 0 });
          view = {
            ...view,
            roles: view.roles.map((each) => (each.role === command.role ? { ...each, wanted: command.key } : each)),
          };
          return { ok: true, said: 'Loading has begun.' };
        case 'get-model':
          return { ok: true, said: `LM Studio downloads ${command.name}. You can go on working.` };
        case 'unload-model':
          return unload(command.id);
        case 'test-model':
          return { ok: true, said: 'It answered in 0.8 s.' };
        case 'try-again':
          become('ready', at);
          return { ok: true, said: 'The model answers again.' };
        case 'change-settings':
          return settings(command, at);
        default:
          return null;
      }
    },
    loadedTo(share, at) {
      if (share === 1) become('ready', at);
      else become('loading', at, { progress: share });
    },
  };
}

const keepChoice = (held: ModelView['roles']) => (role: ModelView['roles'][number]) => ({
  ...role,
  wanted: held.find((each) => each.role === role.role)?.wanted || role.wanted,
});
