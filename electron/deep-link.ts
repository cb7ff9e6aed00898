import type { PageLink, View } from '../core/protocol-shell.ts';

export const scheme = 'reverie';

const longest = 8_000;
const questionChars = 2_000;

/** As a record, so that the compiler misses none. */
const named: Readonly<Record<View, true>> = {
  now: true,
  insights: true,
  ask: true,
  dreams: true,
  memory: true,
  delegations: true,
  model: true,
  health: true,
  settings: true,
};
const views = Object.keys(named) as View[];

/**
 * The place that a `reverie://` link names; null for anything that is not exactly one of the known forms. Any program and any web page can
 * open such a link, so it only ever shows something: a question is written into the field and not asked.
 */
export function parseLink(text: string): PageLink | null {
  if (text.length > longest || !URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol, username, password, port, hash } = url;
  if (protocol !== `${scheme}:` || username || password || port || hash) return null;
  const name = url.pathname.replace(/^\//, '');
  if (url.host === 'ask') return name === '' ? asking(url.searchParams) : null;
  if (url.search) return null;
  if (url.host === 'view') return viewLink(name);
  return url.host === 'insight' && /^[\w-]{1,64}$/.test(name) ? { to: 'insight', id: name } : null;
}

function viewLink(name: string): PageLink | null {
  const view = views.find((each) => each === name);
  return view ? { to: 'view', view } : null;
}

function asking(given: URLSearchParams): PageLink | null {
  const [first, ...more] = [...given];
  if (!first || more.length > 0 || first[0] !== 'q') return null;
  const question = first[1].replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  return question && question.length <= questionChars ? { to: 'ask', question } : null;
}

/** The first link of a command line: that is how Windows and Linux hand one over. */
export function linkIn(args: readonly string[]): PageLink | null {
  const given = args.find((each) => each.startsWith(`${scheme}://`));
  return given === undefined ? null : parseLink(given);
}
