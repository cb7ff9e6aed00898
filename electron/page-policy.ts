/** Where the page lives: a scheme of its own, so that no file and no web page shares an origin with it. */
export const pageScheme = 'app';
export const pageHost = 'reverie';
export const pageUrl = `${pageScheme}://${pageHost}/index.html`;

/** What the page may load and reach: its own files. It talks to the mind over a message port, so it needs no connection at all. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether this address is one of the page's own origin. (A URL of such a scheme has no `origin` in Node.) */
export function isPageAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${pageScheme}:` && host === pageHost && !username && !password;
}

/** The page may load itself again and go nowhere else. */
export const mayNavigate = (address: string): boolean =>
  isPageAddress(address) && ['/', '/index.html'].includes(new URL(address).pathname);

/** Writing text that the owner copies is all that the page may do of what a browser asks its user for. */
export const mayUse = (permission: string): boolean => permission === 'clipboard-sanitized-write';

/** Opens LM Studio, and can tell it nothing: only this very address is let out. */
const lmStudioLink = 'lmstudio://';

/**
 * The link to hand to the system: https without credentials and of reasonable length for its browser, or the one that opens LM Studio; null
 * for all others.
 */
export function linkToOpen(address: string): string | null {
  if (address === lmStudioLink) return address;
  if (address.length > 2_000 || !URL.canParse(address)) return null;
  const { protocol, username, password, href } = new URL(address);
  return protocol === 'https:' && !username && !password ? href : null;
}
