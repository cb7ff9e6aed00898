import { defineConfig } from 'vite';

const from = (path: string) => new URL(`../${path}`, import.meta.url).pathname;
const outside = ['electron', 'better-sqlite3'];

/**
 * The tray's program and its worker threads as modules, and the preload script as one CommonJS file: a sandboxed window loads nothing
 * else. Only Electron and the native database driver stay outside.
 */
export default defineConfig({
  root: from(''),
  publicDir: false,
  environments: {
    main: {
      consumer: 'server',
      resolve: { noExternal: true, external: outside },
      build: {
        ssr: true,
        outDir: 'dist/shell',
        emptyOutDir: true,
        target: 'node24',
        minify: true,
        sourcemap: true,
        rolldownOptions: {
          input: {
            main: from('electron/main.ts'),
            'workers/store': from('core/host/workers/store.ts'),
            'workers/files': from('core/host/workers/files.ts'),
          },
          output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: outside },
      build: {
        ssr: true,
        outDir: 'dist/shell',
        emptyOutDir: false,
        target: 'chrome140',
        minify: true,
        rolldownOptions: {
          input: { preload: from('electron/preload.ts') },
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['main', 'preload']) await builder.build(builder.environments[name]!);
    },
  },
});
