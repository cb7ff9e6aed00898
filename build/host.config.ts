import { defineConfig } from 'vite';

const entry = (path: string) => new URL(`../core/host/${path}`, import.meta.url).pathname;

/** The headless host and its worker threads, each its own entry; only the native database driver stays outside. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  publicDir: false,
  ssr: { noExternal: true, external: ['better-sqlite3'], target: 'node' },
  build: {
    ssr: true,
    outDir: 'dist/host',
    emptyOutDir: true,
    target: 'node24',
    // Half the memory that the source text itself takes; every entry keeps a map beside it for stack traces.
    minify: true,
    sourcemap: true,
    rolldownOptions: {
      input: {
        headless: entry('headless.ts'),
        'workers/store': entry('workers/store.ts'),
        'workers/files': entry('workers/files.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
});
