const graphemes = new Intl.Segmenter();

/**
 * Observed text as one plain line for places outside the page: no control, format or bidirectional characters, no runs of spaces, and at
 * most so many characters, cut at a character with an ellipsis.
 */
export function oneLine(text: string, atMost: number): string {
  const plain = text
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu, '')
    .trim();
  if (plain.length <= atMost) return plain;
  let cut = '';
  for (const { segment } of graphemes.segment(plain)) {
    if (cut.length + segment.length > atMost - 1) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}
