import { defineConfig } from 'vitest/config';

// One project: stories need real files, processes and a browser, so files run one after the other where they would fight for the two
// cores of a small machine; everything else runs in parallel.
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
    coverage: { provider: 'v8', include: ['core/**/*.ts'], reporter: ['text-summary'] },
  },
});
