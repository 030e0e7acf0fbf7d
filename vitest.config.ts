import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // No assertion about speed: the slowest test takes a tenth of it on two busy cores.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    maxWorkers: 2,
    env: { TRIFOLD_CACHE: 'off' },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
