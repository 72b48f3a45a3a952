/**
 * How long a quiet night of many sites takes, and what the engine costs:
 *
 *   node --import tsx test/bench/fleet.ts [sites] [workers] [slots] [page.html]     (Node 22.12, after npm run build)
 *
 * All sites read one clinic and have a copy of one ledger, which was told everything: no call is made. Workers share this machine. The page shows
 * the fleet after that night.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportJWK } from 'jose';
import { Session } from '../../src/postgres/session.ts';
import { openClinic } from '../../src/sandbox/clinic/clinic.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { startStandIn } from '../../src/sandbox/redox/stand-in.ts';
import type { Secret } from '../../src/secret.ts';
import { builtCommand } from '../built-command.ts';
import * as names from '../integration/redox/stand-in-client.ts';

const [sites = 100, workers = 2, slots = 2] = process.argv.slice(2, 5).map(Number);
const page = process.argv[5];
const patients = 300;
const openedAt = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'fleet-bench-'));
// Where root runs it, Postgres runs as another user and needs a folder of its own.
const postgres = await mkdtemp(join(tmpdir(), 'fleet-bench-'));
const server = await startEmbeddedPostgres({ folder: postgres, durable: false, database: 'fleet' });
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const { clientId, destinationId, organizationOid, patientOid, documentOid } = names;
const standIn = await startStandIn({
  ...{ clientId, destinationId, organizationOid, patientOid, documentOid, rateLimit: null },
  keys: [{ kid: 'bench', publicKey: await exportJWK(publicKey) }],
});
const admin = await Session.open(server.adminUrl, { neighbour: 'the server' });
const ledgerKey = randomBytes(32).toString('base64');
const settings = (ledger: Secret): Record<string, string> => ({
  ...{ FLEET_NIGHTLY: '15 2 * * *', FLEET_GROUP: 'bench', EHR_URL: server.urlOf('clinic').reveal() },
  ...{ EHR_TIME_ZONE: 'America/Chicago', LEDGER_URL: ledger.reveal(), LEDGER_KEY: ledgerKey },
  ...{
    REDOX_BASE_URL: standIn.url,
    REDOX_ENVIRONMENT: 'development',
    REDOX_CLIENT_ID: clientId,
    REDOX_KEY_ID: 'bench',
  },
  ...{ REDOX_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })), REDOX_DESTINATION_ID: destinationId },
  ...{ ORGANIZATION_OID: organizationOid, PATIENT_OID: patientOid, DOCUMENT_OID: documentOid, RATE_LIMIT: '0' },
});
const fleetSettings = { FLEET_URL: server.url.reveal(), FLEET_GROUP_SLOTS: '64', FLEET_REPORT_DIR: 'reports' };

const lines = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
const start = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [builtCommand, ...argv], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', argv[1] === 'work' ? 'ignore' : 'inherit'],
  });
const ended = async (argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<void> => {
  const [exitCode] = (await once(start(argv, env), 'close')) as [number | null];
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${String(exitCode)}`);
};

/** User and system time, from /proc: of a process, or of its children that have ended. */
function cpuSecondsOf(pid: number, of: 'itself' | 'its children'): number {
  const after = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const from = of === 'itself' ? 11 : 13;
  return (Number(after[from]) + Number(after[from + 1])) / 100;
}

try {
  await admin.query('a database', 'CREATE DATABASE clinic');
  const clinic = await openClinic(server.urlOf('clinic'));
  await clinic.build({ patients, visits: 3 * patients, seed: 1, today: '2026-03-02' });
  await clinic.close();
  await admin.query('a database', 'CREATE DATABASE ledger_1');
  const first = settings(server.urlOf('ledger_1'));
  await ended(['nightly', '--allow-large-change'], { ...first, REPORT_DIR: join(folder, 'first') });
  await ended(['nightly'], { ...first, REPORT_DIR: join(folder, 'first') });
  await mkdir(join(folder, 'sites'));
  await writeFile(join(folder, 'fleet.env'), lines(fleetSettings));
  for (let site = 1; site <= sites; site += 1) {
    const name = `ledger_${site}`;
    if (site > 1) await admin.query('a copy', `CREATE DATABASE ${name} TEMPLATE ledger_1 STRATEGY FILE_COPY`);
    await writeFile(join(folder, 'sites', `site-${site}.env`), lines(settings(server.urlOf(name))));
  }
  await ended(['fleet', 'migrate', '--folder', folder]);
  const startedAt = performance.now();
  const running = Array.from({ length: workers }, () =>
    start(['fleet', 'work', '--folder', folder, '--slots', String(slots)]),
  );
  await ended(['fleet', 'run', 'nightly', '--all', '--folder', folder]);
  const fleet = await Session.open(server.url, { neighbour: 'the fleet database' });
  const { rows } = await fleet.query(
    'the nights',
    `SELECT count(*)::int AS nights, count(*) FILTER (WHERE exit_code = 0)::int AS done,
       extract(epoch FROM max(ended_at) - min(started_at))::float AS seconds FROM redox_fleet.night`,
  );
  const { rows: sessions } = await fleet.query(
    'its sessions',
    "SELECT pid FROM pg_stat_activity WHERE datname = 'fleet' AND pid <> pg_backend_pid()",
  );
  const cpu = (pids: readonly number[], of: 'itself' | 'its children'): string =>
    pids.reduce((sum, pid) => sum + cpuSecondsOf(pid, of), 0).toFixed(1);
  const workerPids = running.map(({ pid = 0 }) => pid);
  process.stdout.write(
    `${JSON.stringify({
      ...{ sites, workers, slots, cores: availableParallelism(), ...rows[0] },
      setupS: ((startedAt - openedAt) / 1_000).toFixed(1),
      workersCpuS: cpu(workerPids, 'itself'),
      fleetSessionsCpuS: cpu(
        sessions.map(({ pid }) => Number(pid)),
        'itself',
      ),
      nightsCpuS: cpu(workerPids, 'its children'),
    })}\n`,
  );
  if (page !== undefined) await ended(['fleet', 'page', resolve(page), '--folder', folder]);
  await fleet.close();
  for (const worker of running) worker.kill('SIGTERM');
  await Promise.all(running.map((worker) => once(worker, 'close')));
} finally {
  await admin.close();
  await standIn.close();
  await server.stop();
  for (const path of [folder, postgres]) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
