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

/**
 * About five Latin letters, three digits, or one of anything else but space to a token: the shape of byte-pair vocabularies. Read unit by
 * unit, since it is done to whole prompts several times per thought.
 */
function roughTokens(text: string): number {
  let tokens = 0;
  let letters = 0;
  let digits = 0;
  for (let at = 0; at <= text.length; at++) {
    // NaN at the end, which is none of all.
    const unit = text.charCodeAt(at);
    if (isLetter(unit)) letters += 1;
    else if (letters > 0) [tokens, letters] = [tokens + Math.ceil(letters / 5), 0];
    if (isDigit(unit)) digits += 1;
    else if (digits > 0) [tokens, digits] = [tokens + Math.ceil(digits / 3), 0];
    if (!isLetter(unit) && !isDigit(unit) && at < text.length && !isSpace(unit)) tokens += 1;
  }
  return tokens;
}

const isLetter = (unit: number): boolean => (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isSpace = (unit: number): boolean =>
  unit === 32 || (unit >= 9 && unit <= 13) || (unit > 127 && /\s/.test(String.fromCharCode(unit)));
