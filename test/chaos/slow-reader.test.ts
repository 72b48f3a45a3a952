import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPostgresSession } from '../../src/ehr/postgres/postgres-session.ts';
import { openLedgerSession } from '../../src/ledger/run/ledger-session.ts';
import type { Session } from '../../src/postgres/session.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import type { Secret } from '../../src/secret.ts';
import { isShort } from './support/budget.ts';

/** Longer than the patience of a session that holds a lock (`src/postgres/pins.ts`). */
const pauseMs = 40_000;

const openScan = (url: Secret): Promise<Session> =>
  openPostgresSession({ url, searchPath: null, timeZone: 'UTC' }, { ms: 0, yields: false });

/** They take their pause, so `npm test` looks at the settings alone (session-settings.test.ts). */
test.skipIf(isShort).concurrent.for([
  ['a scan', 'the ledger', openScan],
  ['a report', 'its disk', openLedgerSession],
] as const)('%s goes on after %s took nothing for 40 s', async ([what, , open], { onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'slow-reader-'));
  const server = await startEmbeddedPostgres({ folder, durable: false });
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const session = await open(server.url);
  onTestFinished(() => session.close());
  let bytes = 0;
  let pause: Promise<void> | null = null;
  const taker = new Writable({
    write: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      pause ??= sleep(pauseMs);
      void pause.then(() => {
        done();
      });
    },
  });
  const rows = 200_000;
  await session.copyOut(what, `COPY (SELECT repeat('x', 99) FROM generate_series(1, ${rows})) TO STDOUT`, taker);
  expect(bytes).toBe(rows * 100);
});
