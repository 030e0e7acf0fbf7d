import { join, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { TEMPORARY } from './test/temporary.ts';

/** Tests that ask which modules are loaded, or put another in place of one: each needs a process where nothing ran before it. */
const ALONE = [
  'test/app/cosearch/command-grace.test.ts',
  'test/cli/context.test.ts',
  'test/formats/quantity.test.ts',
  'test/formats/workload-presets.test.ts',
];

/** The files that are tests. */
export const TESTS = ['test/**/*.test.ts', 'test/**/*.test.tsx'];

/** Gives threads the compiled code where it is up to date. */
const BUILT_THREADS: Plugin = {
  name: 'built-threads',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source === './threads.ts' && importer?.endsWith('/src/parallel/pool.ts') === true
      ? resolve(import.meta.dirname, 'test/parallel/built-threads.ts')
      : null,
};

export default defineConfig({
  plugins: [BUILT_THREADS],
  test: {
    // No assertion about speed: the slowest test takes a tenth of it on two busy cores.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    maxWorkers: 2,
    globalSetup: 'test/temporary.ts',
    env: { TRIFOLD_CACHE: 'off', TMPDIR: TEMPORARY, XDG_STATE_HOME: join(TEMPORARY, 'state') },
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: [
      {
        extends: true,
        test: {
          // No test changes a module or the process, so files share the modules they load: less than half of the time.
          name: 'shared',
          isolate: false,
          include: TESTS,
          exclude: ALONE,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
