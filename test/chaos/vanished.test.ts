import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { packageRoot } from '../../src/package-root.ts';
import { Session } from '../../src/postgres/session.ts';
import { findBinaries } from '../../src/sandbox/embedded-postgres-binaries.ts';
import { dataIn } from '../../src/sandbox/embedded-postgres-folder.ts';
import { run, serverAccount } from '../../src/sandbox/embedded-postgres-process.ts';
import { freePort } from '../../src/sandbox/free-port.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { isShort } from './support/budget.ts';
import { count } from './support/tally.ts';

const name = `gone${process.pid % 100_000}`;
const [subnet, peer] = [`10.203.${process.pid % 250}`, `${name}p`];
const ip = (...words: readonly string[]): Buffer => execFileSync('ip', words, { stdio: 'pipe' });

/** A machine of its own, at the other end of a link. False where this user or this system cannot make one. */
function makeMachine(): boolean {
  try {
    ip('netns', 'add', name);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer, 'netns', name);
    ip('addr', 'add', `${subnet}.1/24`, 'dev', name);
    ip('link', 'set', name, 'up');
    ip('-n', name, 'addr', 'add', `${subnet}.2/24`, 'dev', peer);
    ip('-n', name, 'link', 'set', peer, 'up');
    return true;
  } catch {
    return false;
  }
}

/** Postgres where that machine can reach it. */
async function startServer(): Promise<Secret> {
  const folder = await mkdtemp(join(tmpdir(), 'vanished-'));
  await chmod(folder, 0o755);
  const embedded = join(folder, 'ledger');
  const server = await startEmbeddedPostgres({ folder: embedded, durable: false });
  await server.stop();
  const account = await serverAccount(dataIn(embedded));
  const { pgCtl } = await findBinaries(account);
  const control = (...words: readonly string[]): ReturnType<typeof run> =>
    run(pgCtl, [...words, '--pgdata=data', '--wait'], { account, folder: embedded });
  await appendFile(join(dataIn(embedded), 'pg_hba.conf'), `host all all ${subnet}.0/24 scram-sha-256\n`);
  const port = await freePort();
  const options = `-c port=${port} -c listen_addresses=${subnet}.1 -c unix_socket_directories=`;
  const { succeeded, output } = await control('start', '--log=data/postgres.log', '-o', options);
  expect(succeeded, output).toBe(true);
  onTestFinished(async () => {
    await control('stop', '--mode=immediate');
    await rm(folder, { recursive: true, force: true });
  });
  const url = new URL(server.url.reveal());
  url.host = `${subnet}.1:${port}`;
  return new Secret(`${url.href}?sslmode=disable`);
}

/** It takes its half minute, so `npm test` looks at the settings alone (session-settings.test.ts). */
test.skipIf(isShort)('the locks of a machine that vanished are free within 30 s', async ({ skip }) => {
  const isMade = makeMachine();
  onTestFinished(() => {
    for (const words of [
      ['netns', 'del', name],
      ['link', 'del', name],
    ]) {
      try {
        ip(...words);
      } catch {
        // The link goes with the machine.
      }
    }
  });
  if (!isMade) skip('network namespaces cannot be made here (root, and ip of iproute2)');
  const url = await startServer();
  const program = [
    process.execPath,
    '--import',
    'tsx',
    join(packageRoot, 'test/chaos/support/lock-holder.ts'),
    url.reveal(),
  ];
  const holder = spawn('ip', ['netns', 'exec', name, ...program], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  // One question has to be on its way when the link is cut, or just before.
  await sleep(6_000);

  const session = await Session.open(url, { neighbour: 'the test' });
  onTestFinished(() => session.close());
  const held = async (): Promise<string[]> => {
    const text =
      "SELECT application_name AS manner FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory') ORDER BY 1";
    return (await session.query('a look', text)).rows.map((row) => String(row['manner']));
  };
  expect(await held()).toEqual(['asked again and again', 'idle', 'in a long statement']);
  ip('-n', name, 'link', 'set', peer, 'down');
  const cutAt = performance.now();
  let before = await held();
  while (before.length > 0 && performance.now() - cutAt < 60_000) {
    await sleep(200);
    const now = await held();
    const seconds = Math.round((performance.now() - cutAt) / 1000);
    for (const mode of before.filter((one) => !now.includes(one))) {
      process.stdout.write(`  the lock of a vanished machine, ${mode}: free after ${seconds} s\n`);
      count('most seconds until the lock of a vanished machine was free', seconds);
    }
    before = now;
  }
  expect(performance.now() - cutAt).toBeLessThan(30_000);
});
