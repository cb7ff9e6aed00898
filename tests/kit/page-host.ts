import { serve } from '../../core/host/serve.ts';
import type { Log } from '../../core/ports.ts';
import { type FakeEngine, fakeEngine, type Scenario } from './fake-engine.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
export const pageDir = new URL('../../dist/page', import.meta.url).pathname;
export const pageToken = 'page-test-token-0123456789abcdef';

/** A fake engine behind the real door, with the built page. `url` is the owner's link, token included. The caller closes it. */
export async function hostPage(
  options: { scenario?: Scenario; engine?: FakeEngine; port?: number; token?: string } = {},
): Promise<{ engine: FakeEngine; url: string; port: number; close(): Promise<void> }> {
  const engine = options.engine ?? fakeEngine({ scenario: options.scenario ?? 'busy' });
  const token = options.token ?? pageToken;
  const served = await serve({ door: engine, pageDir, token, port: options.port ?? 0, log: silent });
  if (!served.ok) throw new Error(served.failure.message);
  const { port, close } = served.value;
  return { engine, url: `http://127.0.0.1:${port}/#token=${token}`, port, close };
}
