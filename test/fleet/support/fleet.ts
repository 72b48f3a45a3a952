/** A fleet to be tested: living EHRs, a ledger and a stand-in for Redox each, one fleet database, and the built command as its workers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK } from 'jose';
import { Session } from '../../../src/postgres/session.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import type { Secret } from '../../../src/secret.ts';
import { LivingEhr } from '../../chaos/support/ehr.ts';
import { builtCommand } from '../../built-command.ts';
import { freshDatabase, type TestDatabase } from '../../integration/support/database.ts';
import * as names from '../../integration/redox/stand-in-client.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });

export interface FleetSite {
  readonly name: string;
  readonly ehr: LivingEhr;
  readonly standIn: StandIn;
  readonly ledgerUrl: Secret;
  /** Of its settings, what must appear in no table. */
  readonly secrets: readonly string[];
}

interface FleetOptions {
  readonly sites: number;
  /** Of every site. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly patients?: number;
  /** Of the workers. */
  readonly workers?: Readonly<Record<string, string>>;
  /** Where the fleet's database and the ledgers are; on the shared server without it. */
  readonly newDatabase?: (of: 'fleet' | 'ledger') => Promise<TestDatabase>;
}

/** A worker in an environment of its own. */
interface WorkerPlace {
  readonly env?: Readonly<Record<string, string>>;
  /** Loaded before the program, also before that of its nights. */
  readonly preload?: string;
}

export interface Said {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Fleet {
  readonly folder: string;
  readonly sites: FleetSite[] = [];
  readonly url: Secret;
  readonly #databases: TestDatabase[];
  readonly #workers: Worker[] = [];
  #session: Session | null = null;

  private constructor(folder: string, database: TestDatabase) {
    this.folder = folder;
    this.url = database.url;
    this.#databases = [database];
  }

  static async open(options: FleetOptions): Promise<Fleet> {
    const {
      sites,
      settings = {},
      patients = 5,
      workers = {},
      newDatabase = (): Promise<TestDatabase> => freshDatabase(),
    } = options;
    const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
    const fleet = new Fleet(folder, await newDatabase('fleet'));
    await mkdir(join(folder, 'sites'));
    await mkdir(join(folder, 'secrets'), { mode: 0o700 });
    const url = await fleet.#secret('fleet-url', fleet.url.reveal());
    const own = { FLEET_URL_FILE: url, FLEET_HEARTBEAT: '10s', FLEET_REPORT_DIR: 'reports', ...workers };
    await writeFile(join(folder, 'fleet.env'), linesOf(own));
    for (let number = 1; number <= sites; number += 1) {
      await fleet.#addSite(`site-${number}`, settings, patients, await newDatabase('ledger'));
    }
    const { exitCode, stderr } = await fleet.command('migrate');
    if (exitCode !== 0) throw new Error(stderr);
    return fleet;
  }

  async #addSite(
    name: string,
    settings: Readonly<Record<string, string>>,
    patients: number,
    ledger: TestDatabase,
  ): Promise<void> {
    const ehrDatabase = await freshDatabase();
    this.#databases.push(ehrDatabase, ledger);
    const standIn = await names.startTestStandIn({
      keys: [{ kid: 'fleet', publicKey: await exportJWK(publicKey) }],
      rateLimit: null,
    });
    const ehr = await LivingEhr.open(ehrDatabase.url, join(this.folder, 'contracts', name));
    await ehr.grow(patients);
    const ledgerKey = randomBytes(32).toString('base64');
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const all = {
      FLEET_NIGHTLY: '15 2 * * *',
      // So that the last night is made up for at any time of day.
      FLEET_CATCH_UP: '26h',
      FLEET_GROUP: 'tests',
      EHR_URL_FILE: await this.#secret(`${name}-ehr`, ehrDatabase.url.reveal()),
      // From the folder of the fleet.
      EHR_CONTRACT: `contracts/${name}`,
      EHR_TIME_ZONE: 'America/Chicago',
      LEDGER_URL_FILE: await this.#secret(`${name}-ledger`, ledger.url.reveal()),
      LEDGER_KEY_FILE: await this.#secret(`${name}-ledger-key`, ledgerKey),
      REDOX_BASE_URL: standIn.url,
      REDOX_ENVIRONMENT: 'development',
      REDOX_CLIENT_ID: names.clientId,
      REDOX_KEY_ID: 'fleet',
      REDOX_PRIVATE_KEY_FILE: await this.#secret(`${name}-redox`, pem),
      REDOX_DESTINATION_ID: names.destinationId,
      ORGANIZATION_OID: names.organizationOid,
      PATIENT_OID: names.patientOid,
      DOCUMENT_OID: names.documentOid,
      CALL_TIMEOUT: '3s',
      // Of the address that all share.
      RATE_LIMIT: '300000/5m',
      ...settings,
    };
    await this.write(name, all);
    const password = new URL(ledger.url.reveal()).password;
    this.sites.push({
      name,
      ehr,
      standIn,
      ledgerUrl: ledger.url,
      secrets: [ledgerKey, pem.split('\n')[1] ?? pem, password],
    });
  }

  /** The file of a site. */
  async write(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
    await writeFile(join(this.folder, 'sites', `${name}.env`), linesOf(settings));
  }

  async #secret(name: string, value: string): Promise<string> {
    await writeFile(join(this.folder, 'secrets', name), value, { mode: 0o600 });
    return `secrets/${name}`;
  }

  /** `fleet <argv>` to its end. */
  async command(...argv: readonly string[]): Promise<Said> {
    const [action = '', ...rest] = argv;
    const child = this.#start(action, rest);
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { exitCode, stdout, stderr };
  }

  worker(...argv: readonly string[]): Worker {
    return this.workerIn({}, ...argv);
  }

  workerIn(place: WorkerPlace, ...argv: readonly string[]): Worker {
    const worker = new Worker(this.#start('work', argv, place));
    this.#workers.push(worker);
    return worker;
  }

  #start(
    action: string,
    argv: readonly string[],
    { env = {}, preload }: WorkerPlace = {},
  ): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
    const before = preload === undefined ? [] : ['--import', preload];
    return spawn(process.execPath, [...before, builtCommand, 'fleet', action, '--folder', this.folder, ...argv], {
      detached: true,
      env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** A question to the fleet's database. */
  async ask<Row extends object>(sql: string): Promise<Row[]> {
    if (this.#session?.isLost === true) this.#session = null;
    this.#session ??= await Session.open(this.url, { neighbour: 'the fleet database' });
    return (await this.#session.query('a question', sql)).rows as Row[];
  }

  async until(sql: string, patienceMs = 60_000): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (Object.values((await this.ask<Record<string, unknown>>(sql))[0] ?? {})[0] !== true) {
      if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${sql}`);
      await sleep(100);
    }
  }

  /** Every text of every table of the two schemas. */
  async everyText(): Promise<string> {
    const tables = await this.ask<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('pgboss', 'redox_fleet')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      for (const { line } of await this.ask<{ line: string }>(`SELECT t::text AS line FROM ${name} t`))
        texts.push(line);
    }
    return texts.join('\n');
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.kill();
    for (const { ehr, standIn } of this.sites) await Promise.all([ehr.close(), standIn.close()]);
    await this.#session?.close();
    for (const database of this.#databases) await database.drop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const linesOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

export class Worker {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  /** What it said, with the lines of its sites. */
  said = '';

  constructor(child: ChildProcess) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.said += chunk.toString();
      });
    }
    this.ended = (once(child, 'close') as Promise<[number | null]>).then(([exitCode]) => exitCode);
    const { pid } = child;
    const kill = (): void => {
      if (pid !== undefined) this.kill();
    };
    // It does not outlive a suite that is interrupted.
    process.once('exit', kill);
    child.once('close', () => process.off('exit', kill));
  }

  /** With its nights, as when a machine dies. */
  kill(): void {
    try {
      if (this.process.pid !== undefined) process.kill(-this.process.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }

  /** The worker alone; its nights live on. */
  killAlone(): void {
    this.process.kill('SIGKILL');
  }

  stop(): void {
    this.process.kill('SIGTERM');
  }
}
