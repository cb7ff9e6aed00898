import type { ServerView } from '../../core/protocol.ts';
import type { Scenario } from './fake-engine.ts';
import type { ServerState } from './fake-server.ts';

/** What sets the model server of one scenario apart. */
export interface FakeScenario {
  state: ServerState;
  /** No `lms`: only HTTP. */
  httpOnly: boolean;
  /** This many models on the disk; 0: the usual six. */
  many: number;
  /** The thinker is loaded twice. */
  duplicate: boolean;
  server: Partial<ServerView>;
}

const plain = { httpOnly: false, many: 0, duplicate: false, server: {} };

/** How the model server stands in a scenario; those of the other views have it ready, or away where rules think. */
export function serverScenario(scenario: Scenario): FakeScenario {
  switch (scenario) {
    case 'model-loading':
      return { ...plain, state: 'loading', server: { progress: 0.43 } };
    case 'model-none':
      return { ...plain, state: 'no-model' };
    case 'model-off':
      return { ...plain, state: 'server-off' };
    case 'away':
    case 'trouble':
    case 'model-not-running':
      return { ...plain, state: 'not-running' };
    case 'empty':
    case 'welcome':
    case 'model-not-installed':
      return { ...plain, state: 'not-installed' };
    case 'model-auth':
      return { ...plain, state: 'auth-required' };
    case 'model-crashed':
      return { ...plain, state: 'crashed' };
    case 'model-breaker':
      return { ...plain, state: 'circuit-open' };
    case 'model-busy':
      return { ...plain, state: 'busy' };
    case 'model-http-only':
      return { ...plain, state: 'ready', httpOnly: true, duplicate: true };
    case 'model-many':
      return { ...plain, state: 'no-model', many: 5_000 };
    default:
      return { ...plain, state: 'ready' };
  }
}
