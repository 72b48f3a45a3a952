import { defineConfig } from 'vitest/config';

// Longer than one night that is hurt, healed and repeated; a test that plays for minutes says so itself.
const patienceMs = 180_000;

/** `npm run test:chaos`: the whole of what `npm test` plays a short form of. CHAOS_MINUTES and CHAOS_SEED say how long, and which dice. */
export default defineConfig({
  test: {
    name: 'chaos',
    include: ['test/chaos/**/*.test.ts'],
    globalSetup: ['test/built-command.ts', 'test/chaos/support/setup.ts'],
    env: { CHAOS_MINUTES: process.env['CHAOS_MINUTES'] ?? '5' },
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    // What hurts one site must not slow another one down: the figures are about the job.
    maxWorkers: 2,
    // The stand-in keeps every document that it took, and the memory tests send some gigabytes.
    execArgv: ['--max-old-space-size=10240'],
    reporters: ['verbose'],
  },
});
