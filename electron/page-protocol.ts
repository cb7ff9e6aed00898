import { protocol } from 'electron';
import { loadPage } from '../core/host/serve-http.ts';
import { pageAnswer } from './page-answer.ts';
import { pageScheme } from './page-policy.ts';

/** Gives the page's scheme an origin of its own. Only before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
}

/** Serves the built page, read once, under its own scheme. Needs a ready app. */
export async function servePage(pageDir: string): Promise<void> {
  const read = await loadPage(pageDir);
  const files = new Map([...read].map(([path, { body, type }]) => [path, { body: new Uint8Array(body), type }]));
  protocol.handle(pageScheme, (request) => pageAnswer(files, request));
}
