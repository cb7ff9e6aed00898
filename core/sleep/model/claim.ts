import { z } from 'zod';
import { plainLine } from '../../observe/text.ts';

export const claimsAtMost = 8;
const textAtMost = 300;
const refsAtMost = 12;
const refPattern = /\b[emk]\d{1,4}\b/g;

/** Marks without width inside words, and letters of other widths, would hide a word from every check. */
const unseen = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** One visible line, without the refs that a model mentions in passing: they mean nothing to a later reader. Cut between two words. */
export function claimText(text: string, most = textAtMost): string {
  const line = plainLine(
    plainLine(
      text
        .slice(0, most * 8)
        .normalize('NFKC')
        .replace(unseen, ''),
      most * 4,
    )
      .replace(/\s*[([](?:\s*(?:and\s+)?[emko]\d{1,4}\s*[,;&-]?)+[)\]]/gi, '')
      .replace(/^(?:[-*•]|\d+[.)])\s+/, ''),
    most * 4,
  );
  if (line.length <= most) return line;
  const space = line.lastIndexOf(' ', most - 1);
  return `${line.slice(0, space > most / 2 ? space : most - 1).toWellFormed()}…`;
}

/** The refs in whatever a model wrote where refs belong: `["e1", "E2"]`, `"e1, e2"`, `[e1]`. */
export const refsIn = (value: unknown): string[] => {
  const words = Array.isArray(value) ? value.flat(2) : [value];
  const text = words
    .filter((word) => typeof word === 'string')
    .join(' ')
    .toLowerCase();
  return [...new Set(text.match(refPattern))].slice(0, refsAtMost);
};

const refs = z.unknown().optional().transform(refsIn);
const unit = z
  .unknown()
  .optional()
  .transform((value) => {
    const figure = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof figure === 'number' && !Number.isNaN(figure) ? Math.min(1, Math.max(0, figure)) : 0.5;
  });

/** Small models spell fields their own way; only spelling is forgiven, never meaning. */
const spelled = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given = value as Record<string, unknown>;
  return {
    ...given,
    text: given.text ?? given.learning ?? given.statement ?? given.hypothesis ?? given.principle,
    evidence: given.evidence ?? given.evidence_ids ?? given.refs ?? given.sources ?? [],
  };
};

const fields = { text: z.string().transform((text) => claimText(text)), evidence: refs, confidence: unit };

/** Reads one claim with further fields; null when it is none. */
export const claimReader = <S extends z.ZodRawShape>(more: S) => {
  const schema = z.preprocess(spelled, z.object({ ...fields, ...more }));
  return (value: unknown) => {
    const read = schema.safeParse(value);
    return read.success ? read.data : null;
  };
};

/** The list of an object under that name, else its first list of objects, else null. */
export function listIn(object: unknown, name: string): unknown[] | null {
  if (typeof object !== 'object' || object === null) return null;
  const given = object as Record<string, unknown>;
  const named = given[name];
  if (Array.isArray(named)) return named;
  const other = Object.values(given).find((value) => Array.isArray(value) && value.some(isObject));
  return Array.isArray(other) ? other : null;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
