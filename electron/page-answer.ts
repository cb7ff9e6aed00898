import { contentPolicy, isPageAddress } from './page-policy.ts';

/** A file of the page, in memory. */
export interface PageFile {
  body: Uint8Array<ArrayBuffer>;
  type: string;
}

const headers = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** Answers the page's own scheme from a map of its files: a request names a key and never a path of the disk. */
export function pageAnswer(files: ReadonlyMap<string, PageFile>, request: { url: string; method: string }): Response {
  if (!isPageAddress(request.url)) return new Response(null, { status: 403, headers });
  if (request.method !== 'GET') return new Response(null, { status: 405, headers });
  const { pathname } = new URL(request.url);
  const file = files.get(pathname === '/' ? '/index.html' : pathname);
  if (!file) return new Response(null, { status: 404, headers });
  return new Response(file.body, { headers: { ...headers, 'Content-Type': file.type } });
}
