const key = 'reverie-token';

/**
 * Takes the token out of the link (`#token=…`) and out of the address bar, so that it is not left in the history or copied along with
 * the address. It is kept for this tab only; where storage is blocked it lives as long as the page. Null when there is none.
 */
export function takeToken(from: { location: Location; history: History; storage: () => Storage }): string | null {
  const given = new URLSearchParams(from.location.hash.slice(1)).get('token');
  if (!given) return attempt(() => from.storage().getItem(key));
  attempt(() => from.storage().setItem(key, given));
  from.history.replaceState(null, '', from.location.pathname + from.location.search);
  return given;
}

/** Storage that is blocked throws on access, in private windows of some browsers even on reading. */
function attempt<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}
