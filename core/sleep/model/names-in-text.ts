import { type Token, tokensOf } from '../../remember/reading.ts';
import { isEnglish } from './plain-words.ts';

/**
 * What of a text can be looked up in its evidence: paths, identifiers, flags, addresses, quoted words, proper names, shell commands and
 * figures. Lexical, and on purpose no more than that. Tolerated without a look: plain words, hyphenated ones too; days and months; whole
 * figures up to twelve, which a reader may have counted; some abbreviations and pairs such as `and/or`; capitals outside of English.
 */

const smallFigure = 12;

const hyphenated = /^\p{L}+(?:-\p{L}+)+$/u;
const proper = /^\p{Lu}\p{Ll}+$/u;
const ordinary =
  /^(?:e\.g|i\.e|a\.m|p\.m|and\/or|either\/or|n\/a|i\/o|ci\/cd|on\/off|yes\/no|read\/write|utc|ok|am|pm|todo|reverie|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|december)$/i;
const commands =
  /\b(?:curl|wget|sudo|chmod|chown|rm\s+-\w+|(?:ba|z|c)?sh\s+-c|powershell|eval|exec|npx|pip3?\s+install|npm\s+\w+|git\s+(?:push|reset|clean|clone|checkout|config|rebase)|docker\s+\w+|ssh|scp|base64|crontab|iex|invoke-\w+|drop\s+table)\b/gi;

/** What in `text` stands nowhere in `material` and would have to: nothing when it names only what is there. Case is no matter. */
export function inventedIn(text: string, material: string): string[] {
  const tokens = tokensOf(text);
  const english = isEnglish(text);
  const named = tokens.filter((token) => isName(token) && (english || !proper.test(token.written)));
  const names = [...named.map(({ written }) => written.replace(/(?::\d+)+$/, '')), ...(text.match(commands) ?? [])];
  const there = even(material);
  const unknown = names.filter((name) => !stands(even(name), there));
  const known = new Set(figuresIn(material));
  const figures = tokens.filter(({ kind }) => kind === 'figure').flatMap(({ written }) => figuresIn(written));
  return [...unknown, ...figures.filter((value) => !known.has(value) && !isSmall(value))];
}

const isName = ({ kind, written }: Token): boolean =>
  kind === 'name' && !hyphenated.test(written) && !ordinary.test(written);

const even = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/** `2,014` is `2014`, `06` is `6`. */
const figure = (digits: string): string => {
  const plain = /^\d{1,3}(?:,\d{3})+$/.test(digits) ? digits.replaceAll(',', '') : digits.replaceAll(',', '.');
  return plain.replace(/^0+(?=\d)/, '');
};
const figuresIn = (text: string): string[] => [...text.matchAll(/\d+(?:[.,]\d+)*/g)].map(([digits]) => figure(digits));
const isSmall = (value: string): boolean => /^\d+$/.test(value) && Number(value) <= smallFigure;

/** As a whole: `art.ts` does not stand in `cart.ts`. */
function stands(name: string, material: string): boolean {
  const joins = (one: string, other: string) => partOfWord.test(one) && partOfWord.test(other);
  for (let at = material.indexOf(name); at >= 0; at = material.indexOf(name, at + 1))
    if (!joins(material.charAt(at - 1), name.charAt(0)) && !joins(name.at(-1) ?? '', material.charAt(at + name.length)))
      return true;
  return false;
}

const partOfWord = /[\p{L}\p{N}_]/u;
