import { defineConfig } from 'vitest/config';

/** `npm run test:fleet`: the fleet with its engine, which needs Node 22.12. The gate runs it under Node 24. */
export default defineConfig({
  test: {
    name: 'fleet',
    include: ['test/fleet/**/*.test.ts'],
    globalSetup: ['test/built-command.ts', 'test/integration/support/postgres-server.ts'],
    // They wait for other processes.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
