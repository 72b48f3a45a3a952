import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Generous, because a loaded machine is not a fault of the program; what hangs is found all the same.
const patienceMs = 300_000;
// A unit test takes milliseconds; a file of slow ones says why, and sets its own patience.
const unitPatienceMs = 10_000;

export default defineConfig({
  test: {
    // A test waits for processes and servers about as long as it computes, so there is a worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    slowTestThreshold: 30_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Pure functions leave nothing behind, and to load them anew for each file costs more than to test them.
          isolate: false,
          globalSetup: ['test/built-command.ts'],
          testTimeout: unitPatienceMs,
          hookTimeout: patienceMs,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // Files share one context a worker: loading the program for each file takes longer than many of the tests.
          isolate: false,
          globalSetup: ['test/built-command.ts', 'test/integration/support/postgres-server.ts'],
          testTimeout: patienceMs,
          hookTimeout: patienceMs,
        },
      },
      {
        // A short form of it; `npm run test:chaos` plays for minutes.
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          // What is hurt runs in processes of its own.
          isolate: false,
          globalSetup: ['test/built-command.ts', 'test/chaos/support/setup.ts'],
          testTimeout: patienceMs,
          hookTimeout: patienceMs,
        },
      },
    ],
  },
});
