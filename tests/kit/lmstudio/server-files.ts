import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that the program keeps about itself in `.internal` of its home. */
export interface OwnFiles {
  /** The last settings of the REST server; they stay when it is off. */
  restServer(config: { port: number; networkInterface: string }): void;
  /** Where the internal server listens. */
  internalServer(port: number): void;
  internalServerGone(): void;
}

/** Writes under `home` (for Bionic under its own folder there); without a home, nothing. */
export function createOwnFiles(home: string | undefined, product: 'lmstudio' | 'daemon' | 'bionic'): OwnFiles {
  if (home === undefined) return { restServer() {}, internalServer() {}, internalServerGone() {} };
  const folder = join(home, ...(product === 'bionic' ? ['apps', 'bionic'] : []), '.internal');
  const write = (name: string, content: object) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(content, null, 2));
  };
  return {
    restServer: (config) => write('http-server-config.json', config),
    internalServer: (port) => write('http-server.json', { host: '127.0.0.1', pid: process.pid, port }),
    internalServerGone: () => rmSync(join(folder, 'http-server.json'), { force: true }),
  };
}
