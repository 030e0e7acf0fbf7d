import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 120_000,
    maxWorkers: 2,
    env: { TRIFOLD_CACHE: 'off' },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
