/**
 * What is wrong with an ignore rule, in words for whoever types it; null when nothing is. It judges what git's syntax would take in silence
 * and never match. `roots`: the watched folders, absolute.
 */
export function ruleProblem(rule: string, roots: readonly string[]): string | null {
  const root = roots.find((each) => rule === each || rule.startsWith(`${each}/`) || rule.startsWith(`${each}\\`));
  if (root !== undefined)
    return `Rules count from the watched folder. Write ${rule.slice(root.length).replaceAll('\\', '/') || '/*'} instead.`;
  return checks.find(({ finds }) => finds.test(rule))?.says ?? null;
}

/** The first that fits is told. */
const checks: readonly { finds: RegExp; says: string }[] = [
  { finds: /[\r\n]/, says: 'Write one rule on each line.' },
  { finds: /^!?\s*$/, says: 'There is nothing in this rule. Take it out.' },
  { finds: /^#/, says: 'A line that begins with # is a remark. Write \\# for a name that begins with #.' },
  {
    finds: /^!?(~\/|[A-Za-z]:[\\/])/,
    says: 'Rules count from the watched folder. Write the part after it, such as /docs.',
  },
  { finds: /^!?\.\//, says: 'Leave out the ./ at the beginning.' },
  { finds: /(^!?|\/)\.\.(\/|$)/, says: 'A rule cannot reach out of the watched folder. Leave out the .. in it.' },
  { finds: /(^|[^\\])(\\\\)*\\$/, says: 'A backslash at the end has nothing to act on. Take it out.' },
  { finds: /\w\\\w/, says: 'Write / between folders, not \\.' },
  { finds: /^([^[\\]|\\.)*\[[^\]]*$/, says: 'The [ is never closed. Close it, or write \\[ for the character itself.' },
];
