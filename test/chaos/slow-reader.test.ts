import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgresSession } from '../../src/ehr/postgres/postgres-session.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { isShort } from './support/budget.ts';

/** Longer than the patience of a session that holds a lock (`src/postgres/pins.ts`). */
const pauseMs = 40_000;

/** It takes its pause, so `npm test` looks at the settings alone (session-settings.test.ts). */
test.skipIf(isShort)('a scan goes on after the ledger took nothing for 40 s', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slow-reader-'));
  const server = await startEmbeddedPostgres({ folder, durable: false });
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const source = { url: server.url, searchPath: null, timeZone: 'UTC' };
  const session = await openPostgresSession(source, { ms: 0, yields: false });
  onTestFinished(() => session.close());
  let bytes = 0;
  let pause: Promise<void> | null = null;
  const ledger = new Writable({
    write: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      pause ??= sleep(pauseMs);
      void pause.then(() => {
        done();
      });
    },
  });
  const rows = 200_000;
  await session.copyOut('a scan', `COPY (SELECT repeat('x', 99) FROM generate_series(1, ${rows})) TO STDOUT`, ledger);
  expect(bytes).toBe(rows * 100);
});
