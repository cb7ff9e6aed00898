import type { Details, Json } from '../types.ts';

/**
 * Secrets leave a text before it is stored: known token shapes, private keys, credentials in URLs, and values given to names that speak of
 * secrets. A redactor cannot know every secret; it is a net under the rule that sources do not read secret files. It must leave ordinary
 * code alone: where a name speaks of secrets but the value is a word (`password: string`, `token = getToken()`), the text stays.
 * Every repetition is bounded, so that no text takes long.
 */
const shapes: readonly [RegExp, string][] = [
  [
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    '[private key]',
  ],
  // Not every name with a dash: one part is long and holds a digit or changes case.
  [/\b(?:sk|pk|rk)-(?=[\w:-]{0,40}?(?=[A-Za-z]{0,40}(?:\d|[a-z][A-Z]))[A-Za-z0-9]{12})[\w:-]{16,}/g, '[key]'],
  [/\b(?:[spr]k_(?:live|test)|whsec)_[A-Za-z0-9+/=]{16,}/g, '[key]'],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/g, '[token]'],
  [/\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{20,}/g, '[token]'],
  [/\bhooks\.slack\.com\/services\/[\w/]{20,}/g, 'hooks.slack.com/services/[token]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[key]'],
  [/\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}/g, '[key]'],
  [/\bnpm_[A-Za-z0-9]{30,}|\bhf_[A-Za-z0-9]{30,}|\bpypi-[\w-]{40,}|\bSG\.[\w-]{16,}\.[\w-]{16,}/g, '[token]'],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]{30,}/g, '[key]'],
  [/\beyJ[\w-]{8,}\.(?:[\w-]{8,}\.[\w-]{8,}|eyJ[\w-]{8,}\.?)/g, '[token]'],
  [/\b(Authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:Basic|Bearer|Token)\s{1,3})[\w.~+/=-]{6,}/gi, '$1[token]'],
  [/\b(Bearer\s{1,3})(?=[\w.~+/=-]{0,60}?\d)[\w.~+/=-]{12,}/gi, '$1[token]'],
  [/\b(Basic\s{1,3})(?=[A-Za-z+/]{0,60}[\d=])[A-Za-z0-9+/]{12,}={0,2}/gi, '$1[token]'],
  // The password may hold @ and : itself; it ends at the last @ before the path.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"'`<>]{0,200}):(?![/?#])[^\s/?#"'`<>]{1,300}@/gi, '$1:[password]@'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[\w-]{20,200}@/gi, '$1[token]@'],
  [
    /([?&](?:[\w.-]{0,40}(?:token|secret|password|passwd|api[_-]?key|signature)|sig|pwd)=)(?!\$\{)[^\s&#"'`<>]{4,}/gi,
    '$1[secret]',
  ],
];

const passwordName = String.raw`(?:passw(?:or)?d|passphrase|(?<!by|com|tres|sur|im|mini)pass|pwd|secret|credentials?)`;
const keyName = String.raw`(?:token|(?:api|access|private|account|secret|signing|encryption)[_-]?key)`;
const given = String.raw`["']?\s{0,3}(?::=|=>|[:=])\s{0,3}`;
/** A bare word: no part of an expression such as a call, a member, an index, a variable or a template. */
const bare = String.raw`(?![$<%{]|process\b)([^\s"'\x60,;(){}[\]<>]{4,200})(?![\w.!?-]{0,60}[([<])`;

/** A name that speaks of secrets and what it is given: quoted, or a bare word. */
const assigned: readonly [RegExp, (value: string) => boolean][] = [
  [new RegExp(`(${passwordName}${given})(["'\x60])((?:(?!\\2)[^\\\\\n\x60]){4,200})\\2`, 'gi'), isQuotedPassword],
  [new RegExp(`(passphrase${given})(["'\x60])((?:(?!\\2)[^\\\\\n\x60]){4,200})\\2`, 'gi'), () => true],
  [new RegExp(`(${keyName}${given})(["'\x60])((?:(?!\\2)[^\\\\\n\x60]){4,1000})\\2`, 'gi'), looksRandom],
  [new RegExp(`(${passwordName}${given})()${bare}`, 'gi'), isBarePassword],
  [new RegExp(`(${keyName}${given})()${bare}`, 'gi'), (value) => !isMember(value) && looksRandom(value)],
  // The environment: no spaces, capitals before the sign.
  [
    /(\b[A-Z0-9_]{0,40}(?:PASSW(?:OR)?D|PASSPHRASE|PASS|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)=)()([^\s"'`$,;(){}[\]<>]{4,})(?![([<])/g,
    () => true,
  ],
];

function isQuotedPassword(value: string): boolean {
  return !/\s|\$\{|^[/.#<]/.test(value);
}

function isBarePassword(value: string): boolean {
  return value.length >= 6 && /\d/.test(value) && !isMember(value) && !/^\d+(?:px|em|rem|ms|s|%)?$/.test(value);
}

/** `config.password2`, `user?.token`: a way to a value, not the value. */
const isMember = (value: string): boolean => /^[A-Za-z_$][\w$]*(?:[?!]?\.[A-Za-z_$][\w$]*)+$/.test(value);

/** What a machine made: long, without spaces, with several digits or with marks and both cases. */
function looksRandom(value: string): boolean {
  if (value.length < 12 || /\s|\$\{/.test(value)) return false;
  const digits = value.replace(/\D/g, '').length;
  if (digits >= 3 || (digits > 0 && value.length >= 20)) return true;
  return value.length >= 24 && /[a-z]/.test(value) && /[A-Z]/.test(value) && /[+/=]/.test(value);
}

/** One cheap look that almost every text fails, before the exact patterns. */
const suspicious =
  /PRIVATE KEY|\b[spr]k[-_]|whsec_|gh[pousr]_|github_pat|glpat-|xox|xapp-|slack|A[KS]IA|AIza|ya29|npm_|hf_|pypi-|SG\.|AGE-|eyJ|authorization|bearer|basic\s|:\/\/[^\s/]{0,600}[:@]|pass|pwd|secret|token|[_-]?key|credential|[?&]sig/i;

/** Returns the text with what looks like a secret replaced by a bracketed word. */
export function redact(text: string): string {
  if (!suspicious.test(text)) return text;
  const shaped = shapes.reduce((cleaned, [pattern, word]) => cleaned.replace(pattern, word), text);
  return assigned.reduce(
    (cleaned, [pattern, isSecret]) =>
      cleaned.replace(pattern, (all: string, name: string, quote: string, value: string) =>
        !value.startsWith('[') && isSecret(value) ? `${name}${quote}[secret]${quote}` : all,
      ),
    shaped,
  );
}

const bounds = { depth: 4, items: 100, characters: 2_000 };
/** Read beyond what is kept, so that a secret that the cut would halve is still known by its shape. */
const beyond = 2_000;
const secretKey = new RegExp(`(?:${passwordName}|${keyName})$`, 'i');

/**
 * Details made safe to keep: every string redacted and cut to `characters` (2,000 when not said), lists to 100 items, nesting to four
 * levels. A text under a name that speaks of secrets is one.
 */
export function boundDetails(details: Details, characters = bounds.characters): Details {
  return bound(details, 0, characters) as Details;
}

function bound(value: Json, depth: number, characters: number): Json {
  if (typeof value === 'string') return boundText(value, characters);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'boolean') return value;
  if (depth >= bounds.depth) return '…';
  if (Array.isArray(value)) return value.slice(0, bounds.items).map((item) => bound(item, depth + 1, characters));
  const kept: Details = {};
  let count = 0;
  for (const key in value) {
    if (count++ >= bounds.items) break;
    const inner = value[key] ?? null;
    const secret = typeof inner === 'string' && inner !== '' && secretKey.test(key);
    kept[redact(key)] = secret ? '[secret]' : bound(inner, depth + 1, characters);
  }
  return kept;
}

function boundText(text: string, characters: number): string {
  const safe = redact(text.length > characters + beyond ? text.slice(0, characters + beyond) : text);
  return safe.length > characters ? `${safe.slice(0, characters - 1).toWellFormed()}…` : safe;
}
