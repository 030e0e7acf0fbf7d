import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { compiledModule, isBuilt } from './test/compiled.ts';
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

/** A run of all tests takes the compiled code where it is up to date; a watched one and one that measures coverage take the sources. */
const TAKES_COMPILED =
  process.argv.includes('run') && !process.argv.some((word) => word.startsWith('--coverage')) && isBuilt();

const COMPILED: Plugin = {
  name: 'compiled',
  enforce: 'pre',
  resolveId: (source, importer) => (TAKES_COMPILED && importer !== undefined ? compiledModule(source, importer) : null),
};

export default defineConfig({
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
        plugins: [COMPILED],
        test: {
          server: { deps: { external: [/\/dist\//] } },
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
