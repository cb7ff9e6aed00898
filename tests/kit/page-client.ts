import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { onTestFinished } from 'vitest';
import type { contract } from '../../core/protocol.ts';
import type { HeadlessHost } from './headless.ts';

/** Connects to a running host as its page does; the connection ends with the test. */
export async function pageClient(host: HeadlessHost): Promise<ContractRouterClient<typeof contract>> {
  const socket = new WebSocket(`${host.base.replace('http', 'ws')}/ws`, ['reverie', `token.${host.token}`]);
  onTestFinished(() => socket.close());
  await once(socket, 'open');
  return createORPCClient(new RPCLink({ websocket: socket }));
}
