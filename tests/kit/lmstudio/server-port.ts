import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One loopback port of the simulated machine that can be opened and closed again and keeps its number. */
export interface Port {
  /** The number it has, or will have when it is opened. */
  readonly number: number;
  isOpen(): boolean;
  /** Opens it, on another number from now on if one is given. Rejects when somebody else has the number. */
  open(number?: number): Promise<number>;
  /** Closes it and cuts every connection. Idempotent. */
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Makes a port; with 0 it takes a number that is free now, and another if somebody takes that one before it is opened. What `handle` throws cuts the connection, as a crash would. */
export async function createPort(handle: Handler, wanted: number, keepAliveMs = 5_000): Promise<Port> {
  const http = createServer({ keepAliveTimeout: keepAliveMs, keepAliveTimeoutBuffer: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listen = (number: number) =>
    new Promise<number>((resolve, reject) => {
      http.once('error', reject);
      http.listen(number, '127.0.0.1', () => {
        http.off('error', reject);
        resolve((http.address() as AddressInfo).port);
      });
    });
  const close = async () => {
    if (!http.listening) return;
    const closed = new Promise<void>((done) => http.close(() => done()));
    http.closeAllConnections();
    await closed;
  };
  let number = wanted;
  if (wanted === 0) {
    number = await listen(0);
    await close();
  }
  return {
    get number() {
      return number;
    },
    isOpen: () => http.listening,
    async open(other) {
      const mayMove = wanted === 0 && other === undefined;
      number = await listen(other ?? number).catch((thrown: unknown) => {
        if (mayMove) return listen(0);
        throw thrown;
      });
      return number;
    },
    close,
  };
}
