import { plainLine } from '../../observe/text.ts';
import { clip } from '../rules/wording.ts';
import { refsText, rewriteRefs } from './citations.ts';

/** What may be shown of an answer, and the refs that it names. */
export interface ReadAnswer {
  text: string;
  cited: ReadonlySet<string>;
}

/** Of what a model says more is not read; and more is not shown. */
const readAtMost = 64_000;
const shownAtMost = 12_000;

/**
 * Reads what a model has said so far as an answer for people: without its thinking, marks of the prompt, characters that hide or reorder text,
 * and emphasis; refs that are not among `refs` are gone, the others stand as `[m1]`. While it is not `whole`, what may be the beginning of a
 * ref or tag is held back. Everything else stays as it was said: it is text, never markup. Never throws.
 */
export function readAnswer(said: string, refs: ReadonlySet<string>, { whole }: { whole: boolean }): ReadAnswer {
  const spoken = withoutThinking(said.slice(0, readAtMost)).replace(/⟦[^⟦⟧\n]{0,40}⟧/g, '');
  const settled = whole ? spoken : spoken.replace(unsettled, '');
  const lines = settled
    .split(/\r\n?|\n/)
    .map((line) => withoutEmphasis(plainLine(line, readAtMost)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
  const known = rewriteRefs(lines, (named, space) => {
    const kept = named.filter((ref) => refs.has(ref));
    return kept.length > 0 ? space + refsText(kept) : '';
  });
  const text = clip(known.trim(), shownAtMost);
  return { text, cited: new Set([...text.matchAll(/\[(m\d{1,4})\]/g)].map(([, ref]) => ref ?? '')) };
}

/** The end of a text that may still become a ref, a tag, a mark or emphasis. */
const unsettled = /(?:[ \t]*[[【(][ \t]*(?:m[\dm \t,;&and–-]{0,80})?|<\/?[a-z]{0,9}|⟦[^⟧\n]{0,40}|\*{1,2})$/i;

/** Without thinking aloud: closed blocks, a block that is still open, and what stands before a closing tag alone. */
function withoutThinking(text: string): string {
  let kept = '';
  let from = 0;
  let open = false;
  for (const tag of text.matchAll(/<(\/?)(?:think|thinking|reasoning)>/gi)) {
    if (tag[1] === '/') kept = open ? kept : '';
    else if (!open) kept += text.slice(from, tag.index);
    open = tag[1] !== '/';
    from = tag.index + tag[0].length;
  }
  return open ? kept : kept + text.slice(from);
}

/** Signs of emphasis and headings are noise where text is shown as it is; stars in code and paths stay. */
const withoutEmphasis = (line: string): string =>
  line
    .replace(/^#{1,6} /, '')
    .replace(/^[*-] /, '• ')
    .replace(/(^|[\s("“])\*\*(?=[\p{L}\p{N}“"`[])/gu, '$1')
    .replace(/(?<=[\p{L}\p{N}.,:;!?)"”`\]])\*\*(?=$|[\s.,:;!?)[])/gu, '');
