import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));
const spec = readFileSync(`${project}/core/SPEC.md`, 'utf8');
const rules = [...spec.matchAll(/^- \*\*([A-Z]{2}\d+\.\d+)\*\* /gm)].map((found) => found[1] ?? '');
const cited = new Set(
  globSync('tests/**/*.{ts,tsx}', { cwd: project }).flatMap((path) =>
    [...readFileSync(`${project}/${path}`, 'utf8').matchAll(/\[([A-Z]{2}\d+\.\d+(?:, ?[A-Z]{2}\d+\.\d+)*)\]/g)].flatMap(
      (found) => (found[1] ?? '').split(/, ?/),
    ),
  ),
);

// What is written is shown, and what is shown is written.
describe('SPEC.md', () => {
  it('numbers every rule once', () => {
    expect(rules.length).toBeGreaterThan(100);
    expect(rules.filter((id, at) => rules.indexOf(id) !== at)).toEqual([]);
  });

  it('has no rule without a test', () => {
    expect(rules.filter((id) => !cited.has(id))).toEqual([]);
  });

  it('has every rule that a test cites', () => {
    expect([...cited].filter((id) => !rules.includes(id)).sort()).toEqual([]);
  });
});
