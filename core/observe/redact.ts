import type { Details, Json } from '../types.ts';

/**
 * Secrets leave a text before it is stored: known token shapes, private keys, credentials in URLs, and values assigned to names that
 * speak of secrets. A redactor cannot know every secret; it is a net under the rule that sources do not read secret files.
 */
const shapes: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  [/\b(?:sk|pk|rk)-[A-Za-z0-9_:-]{16,}/g, '[key]'],
  [/\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g, '[key]'],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bgithub_pat_[A-Za-z0-9_]{20,}\b|\bglpat-[A-Za-z0-9_-]{16,}/g, '[token]'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/g, '[token]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[key]'],
  [/\bAIza[A-Za-z0-9_-]{30,}/g, '[key]'],
  [/\bnpm_[A-Za-z0-9]{30,}\b/g, '[token]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g, '[token]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}/gi, '$1 [token]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]+):[^\s/@]+@/gi, '$1:[password]@'],
  [
    /\b([A-Za-z0-9_.-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?))(["']?\s*[:=]\s*)(?:"[^"]{4,}"|'[^']{4,}'|[^\s"'`,;(){}[\]<>]{6,})/gi,
    '$1$2[secret]',
  ],
];

/** One cheap look that almost every text fails, before the exact patterns. */
const suspicious =
  /PRIVATE KEY|\b[spr]k[-_]|gh[pousr]_|github_pat|glpat-|xox|A[KS]IA|AIza|npm_|eyJ|bearer|basic\s|:\/\/[^\s/]*:|pass|secret|token|api[_-]?key|access[_-]?key|credential/i;

/** Returns the text with what looks like a secret replaced by a bracketed word. */
export function redact(text: string): string {
  if (!suspicious.test(text)) return text;
  return shapes.reduce((cleaned, [pattern, word]) => cleaned.replace(pattern, word), text);
}

const bounds = { depth: 4, items: 100, characters: 2_000 };

/** Details made safe to keep: every string redacted and cut to 2,000 characters, lists to 100 items, nesting to four levels. */
export function boundDetails(details: Details): Details {
  return bound(details, 0) as Details;
}

function bound(value: Json, depth: number): Json {
  if (typeof value === 'string') {
    const safe = redact(value);
    return safe.length > bounds.characters ? `${safe.slice(0, bounds.characters - 1)}…` : safe;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'boolean') return value;
  if (depth >= bounds.depth) return '…';
  if (Array.isArray(value)) return value.slice(0, bounds.items).map((item) => bound(item, depth + 1));
  const kept: Details = {};
  let count = 0;
  for (const key in value) {
    if (count++ >= bounds.items) break;
    kept[key] = bound(value[key] ?? null, depth + 1);
  }
  return kept;
}
