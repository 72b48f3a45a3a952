/** What becomes of a statement in a Postgres when the job is told to stop. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { StoppedFault } from '../../../src/fault.ts';
import { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';
import { statement } from '../../../src/postgres/sql-file.ts';
import { as, freshDatabase, type TestDatabase } from '../support/database.ts';
import { hasPooler, startPooler } from '../support/pooler.ts';
import { startTlsProxy } from '../support/proxy/tls-proxy.ts';

let database: TestDatabase;
let owner: Session;
beforeAll(async () => {
  database = await freshDatabase();
  owner = await Session.open(database.url, { neighbour: 'the test' });
  await owner.query('a role', "CREATE ROLE cancels_its_own LOGIN PASSWORD 'reading'");
});
afterAll(async () => {
  await owner.query('a role', 'DROP ROLE cancels_its_own');
  await owner.close();
  await database.drop();
});

interface Stopping {
  readonly session: Session;
  readonly stop: () => void;
}

async function openStopping(url: Secret, leaveAfterMs?: number): Promise<Stopping> {
  const over = new AbortController();
  const leave = leaveAfterMs === undefined ? {} : { leaveAfterMs };
  const session = await Session.open(url, { neighbour: 'the EHR', stop: over.signal, ...leave });
  onTestFinished(() => session.close());
  return {
    session,
    stop: () => {
      over.abort();
    },
  };
}

const sleepers = async (): Promise<number> =>
  (await owner.query('a look', "SELECT FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'"))
    .rowCount ?? 0;

async function sleeping({ session }: Stopping): Promise<{ readonly asked: Promise<unknown> }> {
  const asked = session.query('a long look', 'SELECT pg_sleep(60)');
  asked.catch(() => undefined);
  await expect.poll(sleepers).toBe(1);
  return { asked };
}

/** The statement is gone at once, and the session is as good as before. */
async function expectCancelled(url: Secret): Promise<void> {
  const stopping = await openStopping(url);
  const { asked } = await sleeping(stopping);
  const startedAt = performance.now();
  stopping.stop();
  await expect(asked).rejects.toBeInstanceOf(StoppedFault);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await expect.poll(sleepers).toBe(0);
  await stopping.session.ignoreAbort();
  await stopping.session.query('a statement after it', 'SELECT pg_sleep(0.3)');
}

describe('a statement is cancelled when the job stops', () => {
  test('on a plain connection', () => expectCancelled(database.url));

  test('by a role that may cancel only its own statements', () =>
    expectCancelled(new Secret(as(database.url, 'cancels_its_own'))));

  test('under TLS', async () => {
    const proxy = await startTlsProxy(database.url);
    onTestFinished(() => {
      proxy.stop();
    });
    await expectCancelled(proxy.url);
  });

  test.skipIf(!hasPooler())('behind a pooler in session mode', async () => {
    const pooler = await startPooler(database.url, 'session');
    onTestFinished(() => pooler.stop());
    await expectCancelled(pooler.url);
  });
});

test('a process of the same number at another server keeps running', async () => {
  const stopping = await openStopping(database.url);
  const { asked } = await sleeping(stopping);
  const { processId, started } = stopping.session.greeting;
  expect(await owner.run(statement('session/cancel_statement'), [processId, String(Number(started) - 1)])).toEqual([]);
  expect(await sleepers()).toBe(1);
  expect(await owner.run(statement('session/cancel_statement'), [processId, started])).toHaveLength(1);
  await expect(asked).rejects.toThrow('57014');
});

test('another connection finds out whether the server still serves a session', async () => {
  const { session } = await openStopping(database.url);
  const { processId, started } = session.greeting;
  const served = (since: string): Promise<object[]> => owner.run(statement('session/find_served'), [processId, since]);
  expect(await served(started)).toHaveLength(1);
  await session.close();
  await expect.poll(() => served(started)).toEqual([]);
  // Another server cannot know.
  expect(await served(String(Number(started) - 1))).toHaveLength(1);
});

test('an unresponsive server is left, also under TLS', async () => {
  const proxy = await startTlsProxy(database.url);
  onTestFinished(() => {
    proxy.stop();
  });
  const stopping = await openStopping(proxy.url, 500);
  const { asked } = await sleeping(stopping);
  proxy.hang();
  const startedAt = performance.now();
  stopping.stop();
  await expect(asked).rejects.toBeInstanceOf(StoppedFault);
  await stopping.session.close();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a watched session is lost when its server stops answering', async () => {
  const proxy = await startTlsProxy(database.url);
  onTestFinished(() => {
    proxy.stop();
  });
  const { session } = await openStopping(proxy.url);
  onTestFinished(session.watch(20, 200));
  proxy.hang();
  await expect.poll(() => session.isLost, { timeout: 10_000 }).toBe(true);
  await expect(session.query('a statement', 'SELECT 1')).rejects.toThrow('no answer within 200 ms');
});
