import type { Usage } from '../ports.ts';

/** Counts tokens by estimate, corrected by what the server reports: after a few calls it knows this model's own ratio. */
export interface TokenCounter {
  count(text: string): number;
  /** Learns from one call: what was sent and how many prompt tokens the server says that was. */
  calibrate(sent: string, usage: Usage): void;
  /** Tokens per estimated token; 1 before the first calibration. */
  ratio(): number;
}

/** How strongly one call moves the ratio (exponential moving average). */
const weight = 0.3;

export function createTokenCounter(): TokenCounter {
  let ratio = 1;
  return {
    count: (text) => Math.ceil(roughTokens(text) * ratio),
    calibrate(sent, usage) {
      const rough = roughTokens(sent);
      if (!usage.exact || usage.promptTokens <= 0 || rough < 50) return;
      const seen = Math.min(3, Math.max(0.3, usage.promptTokens / rough));
      ratio = ratio * (1 - weight) + seen * weight;
    },
    ratio: () => ratio,
  };
}

/** About four Latin letters or one other letter to a token, one for each mark and digit group: the shape of byte-pair vocabularies. */
function roughTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(/[A-Za-z]+|\d{1,3}|[^\sA-Za-z\d]/g))
    tokens += /^[A-Za-z]/.test(piece) ? Math.ceil(piece.length / 5) : 1;
  return tokens;
}
