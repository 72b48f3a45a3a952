import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openLedgerSession } from '../../src/ledger/run/ledger-session.ts';
import type { Session } from '../../src/postgres/session.ts';
import { isShort } from './support/budget.ts';
import { LedgerServer } from './support/ledger-server.ts';
import { SilentPath } from './support/silent-path.ts';

/** Longer than two questions, 30 s apart, take with their answers (`src/network/silence.ts`). */
const limitMs = 130_000;

async function opened(): Promise<{ readonly path: SilentPath; readonly session: Session }> {
  const server = await LedgerServer.start();
  onTestFinished(() => server.close());
  const path = await SilentPath.open(server.url);
  onTestFinished(() => {
    path.close();
  });
  return { path, session: await openLedgerSession(path.url) };
}

/** They take their minutes, so `npm test` looks at the rule alone (silence.test.ts). */
test.skipIf(isShort).concurrent('a statement ends with an error after its path fell silent', async () => {
  const { path, session } = await opened();
  const statement = session.query('a plan', 'SELECT pg_sleep(10)');
  await sleep(1_000);
  path.silence();
  const ended = statement.then(
    () => 'an answer',
    (error: unknown) => String(error),
  );
  const late = sleep(limitMs, 'nothing');
  expect(await Promise.race([ended, late])).toContain('Lost the connection to the ledger during a plan');
});

test.skipIf(isShort).concurrent('a statement of two minutes keeps its session', async () => {
  const { session } = await opened();
  const { rows } = await session.query('a plan', 'SELECT 1 AS one FROM pg_sleep(125)');
  expect(rows).toEqual([{ one: 1 }]);
});
