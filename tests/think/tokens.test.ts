import { describe, expect, it } from 'vitest';
import { createTokenCounter } from '../../core/think/tokens.ts';

const prose = 'The discount in the cart was changed from 10 % to 15 % and its test was not. '.repeat(4);
const exact = (promptTokens: number) => ({ promptTokens, completionTokens: 5, exact: true });

describe('counting tokens', () => {
  it('[TH5.10] grows with the text and never counts text as nothing', () => {
    const { count } = createTokenCounter();
    expect(count('')).toBe(0);
    for (const text of ['a', '漢', '🦊', '{', '1', 'é']) expect(count(text)).toBeGreaterThan(0);
    expect(count(prose + prose)).toBeGreaterThan(count(prose) * 1.9);
    expect(count('漢'.repeat(100))).toBeGreaterThanOrEqual(100);
  });

  it('[TH5.11] moves to what the server reports', () => {
    const tokens = createTokenCounter();
    const before = tokens.count(prose);
    for (let call = 0; call < 20; call++) tokens.calibrate(prose, exact(before * 2));
    expect(tokens.ratio()).toBeCloseTo(2, 2);
    expect(tokens.count(prose)).toBeGreaterThan(before * 1.95);
  });

  it('[TH5.11] learns nothing from estimates, empty figures and short texts', () => {
    const tokens = createTokenCounter();
    tokens.calibrate(prose, { promptTokens: 9_999, completionTokens: 1, exact: false });
    tokens.calibrate(prose, exact(0));
    tokens.calibrate('short', exact(9_999));
    expect(tokens.ratio()).toBe(1);
  });

  it('[TH5.11] believes no absurd figure', () => {
    const tokens = createTokenCounter();
    for (let call = 0; call < 50; call++) tokens.calibrate(prose, exact(1e9));
    expect(tokens.ratio()).toBeLessThanOrEqual(3);
    for (let call = 0; call < 100; call++) tokens.calibrate(prose, exact(1));
    expect(tokens.ratio()).toBeGreaterThanOrEqual(0.3);
  });
});
