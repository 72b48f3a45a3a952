import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { exportJWK } from 'jose';
import { expect } from 'vitest';
import { readDeliveredLines } from '../../../jobs/ledger/delivered-lines.ts';
import { acknowledge } from '../../../src/runs/acknowledge.ts';
import { apply } from '../../../src/runs/apply.ts';
import { audit, type AuditPolicy } from '../../../src/runs/audit.ts';
import { baseline } from '../../../src/runs/baseline.ts';
import { confirm } from '../../../src/runs/confirm.ts';
import { isSubject } from '../../../src/contract/contract.ts';
import { loadConfig, type Config, type Environment } from '../../../src/config/config.ts';
import type { ExitCode } from '../../../src/fault.ts';
import type { JsonObject } from '../../../src/json.ts';
import type { RetryPolicy } from '../../../src/decide/redox/failure.ts';
import type { Secret } from '../../../src/secret.ts';
import { migrateLedger } from '../../../src/ledger/ledger.ts';
import { ledgerSchema } from '../../../src/ledger/run/migrate.ts';
import { openLog } from '../../../src/log/log.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { Session } from '../../../src/postgres/session.ts';
import { prune, type Pruning as PruneRequest, type PruneResult } from '../../../src/runs/prune.ts';
import { reconcile } from '../../../src/night/reconcile.ts';
import { settle } from '../../../src/runs/settle.ts';
import type { SettlementWord } from '../../../src/decide/settlement.ts';
import type { Summary } from '../../../src/report/summary.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import type { Finished } from '../../../src/run/finish.ts';
import { type Policy, policyOf, type ListedRow, type Scope } from '../../../src/run/policy.ts';
import type { JobServices } from '../../../src/run/services.ts';
import { builtCommand } from '../../built-command.ts';
import { freshDatabase, templateDatabase, type TestDatabase } from './database.ts';
import {
  clientId,
  destinationId,
  documentOid,
  organizationOid,
  patientOid,
  startTestStandIn,
} from '../redox/stand-in-client.ts';

/** A site of a test's own: an EHR to read, a ledger, a stand-in for Redox, and every job that sends. */
export interface Night {
  readonly standIn: StandIn;
  /** Looks into the ledger. */
  readonly ledger: Session;
  readonly ledgerUrl: Secret;
  /** What a process of its own needs. */
  readonly environment: Environment;
  nightly(choices?: NightlyChoices): Promise<NightResult>;
  /** As `nightly`, with `changes` as its mode. */
  intraday(choices?: NightlyChoices): Promise<NightResult>;
  rerun(scope: Scope, choices?: NightChoices): Promise<NightResult>;
  resend(choices?: NightChoices): Promise<NightResult>;
  baseline(
    asOf?: Date | null,
    choices?: Pick<NightChoices, 'allowLargeChange' | 'settings' | 'newTarget'>,
  ): Promise<NightResult>;
  /** Asks what became of accepted messages, as a run of its own. */
  confirm(choices?: Pick<NightChoices, 'settings' | 'signal' | 'now'>): Promise<NightResult>;
  /** Reads the copy back: all patients, unless a scope is chosen. */
  audit(choices?: AuditChoices): Promise<NightResult>;
  /** A person's word on rows, each as `entity id`; what the job printed is in `said`. */
  settle(word: SettlementWord, ...rows: readonly string[]): Promise<NightResult & { readonly said: readonly string[] }>;
  /** Forgets runs that ended more than `keepDays` ago. */
  prune(choices?: Partial<Pick<PruneRequest, 'keepDays' | 'removesReports'>> & Partial<JobServices>): Promise<Pruning>;
  /** Takes in a CSV of what another sender delivered. */
  acknowledge(csv: string): Promise<NightResult>;
  /** Delivers the stored plan of a run. */
  apply(planId: string, choices?: Pick<NightChoices, 'settings' | 'signal'>): Promise<NightResult>;
  /** The command line, in a process of its own. */
  start(...argv: readonly string[]): JobProcess;
  /** Time passes in the ledger: of what a dead run has under way, this many milliseconds are left. */
  pass(leftMs?: number): Promise<void>;
  /** Everything that was logged so far. */
  logged(): string;
  /** Holds a folder for each run, refused and failed ones too. */
  readonly reportDir: string;
  close(): Promise<void>;
}

export interface NightOptions {
  readonly ehr:
    | { readonly kind: 'csv' | 'fhir'; readonly folder: string; readonly contract: string }
    | { readonly kind: 'postgres' | 'mysql'; readonly url: Secret; readonly contract: string };
  /** Settings that differ from the harness's. */
  readonly settings?: Environment;
  /** Not given: a ledger of its own, in which nothing stands, and a Redox that holds nothing. */
  readonly before?: Before;
  /** Told of each message that Redox takes. */
  readonly onTaken?: (message: JsonObject) => void;
}

/** What earlier nights have left. */
export interface Before {
  readonly ledger: Pick<TestDatabase, 'url' | 'drop'>;
  readonly ledgerKey: string;
  /** What Redox took, in order. */
  readonly taken: readonly JsonObject[];
}

/** What a run may be asked for; what is left out is what the jobs take. */
export interface NightChoices extends Partial<
  Pick<
    Policy,
    | 'planOnly'
    | 'forced'
    | 'includesHeld'
    | 'allowLargeChange'
    | 'newTarget'
    | 'afterRestore'
    | 'until'
    | 'maxCalls'
    | 'dueAt'
    | 'once'
    | 'waitMs'
    | 'pageSize'
    | 'callsPerPart'
    | 'retry'
  > &
    Pick<JobServices, 'signal' | 'now' | 'ledgerUrl'>
> {
  /** Settings for this run alone. */
  readonly settings?: Environment;
}

export type AuditChoices = Partial<Omit<AuditPolicy, 'config' | 'retry'>> &
  Pick<NightChoices, 'settings' | 'signal' | 'now'>;

interface NightlyChoices extends NightChoices {
  readonly mode?: 'sweep' | 'changes';
}

export interface NightResult {
  readonly exitCode: ExitCode;
  readonly runId: string;
  readonly reportFolder: string;
  readonly summary: Summary;
  /** What Redox took during this run, by event type; events of which it took none are not there. */
  readonly taken: Readonly<Record<string, number>>;
  /** POSTs made during this run. */
  readonly posts: number;
  csv(name: ReportName): readonly ReportRow[];
}

export interface Pruning {
  readonly run: NightResult;
  /** What it says that it removed. */
  readonly result: PruneResult | null;
}

type ReportName = 'calls' | 'discrepancies' | 'open-actions' | 'data-quality' | 'acknowledged' | 'audit';
export type ReportRow = Readonly<Record<string, string>>;

export interface JobProcess {
  readonly process: ChildProcess;
  /** Resolves when it has ended: its exit code, or the signal that killed it, and what it wrote to stderr. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
}

/** Tests have no time for a second chance after a second. */
const fastRetry: RetryPolicy = { attempts: 3, baseMs: 1, capMs: 5 };

const keyId = 'night';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const privateKeyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** Opens it all afresh. Every run asserts that its rows and calls add up; one that fails rejects with its Fault. */
export async function openNight(options: NightOptions): Promise<Night> {
  const { before, onTaken } = options;
  const keys = [{ kid: keyId, publicKey: await exportJWK(publicKey) }];
  const standIn = await startTestStandIn({
    keys,
    rateLimit: null,
    platform: { organizationId: '77', environmentId: 'environment', clientId: userId, keys },
    ...(before === undefined ? {} : { takenBefore: before.taken }),
    ...(onTaken === undefined ? {} : { onTaken }),
  });
  const database = before?.ledger ?? (await freshDatabase({ template: await templateDatabase('ledger', migrated) }));
  const folder = await mkdtemp(join(tmpdir(), 'night-'));
  const reportDir = join(folder, 'reports');
  const environment = {
    ...environmentOf(options, database.url, standIn.url, reportDir),
    ...(before === undefined ? {} : { LEDGER_KEY: before.ledgerKey }),
    ...options.settings,
  };
  const openSession = (): Promise<Session> =>
    Session.open(database.url, {
      neighbour: 'the ledger',
      settings: { search_path: `${ledgerSchema}, pg_catalog` },
    });
  const ledger = await openSession();
  // Redox was at another address then: the stand-in takes any port that is free.
  if (before !== undefined) await ledger.query('the move of Redox', moveOfRedox, [standIn.url]);
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const { log, close: closeLog } = openLog({ level: 'debug', stream, isHuman: false });
  const { url } = database;
  const never = new AbortController().signal;
  const clock = (): Date => new Date();

  const servicesOf = ({ ledgerUrl = url, signal = never, now = clock }: Partial<JobServices> = {}): JobServices => ({
    ledgerUrl,
    log,
    signal,
    now,
  });
  // Small, so that the few rows of a test are several chunks, and most of them those of the night before.
  const base = { options: {}, linesPerChunk: 2, retry: fastRetry };

  const configOf = (settings: Environment = {}): Config => loadConfig({ ...environment, ...settings });
  const observed = (work: () => Promise<Finished>): Promise<NightResult> => observe(standIn, work);
  const night = (
    { settings, ...choices }: NightChoices,
    job: Pick<Policy, 'job' | 'scope' | 'movesWatermark'>,
  ): Promise<NightResult> =>
    observed(() =>
      reconcile(policyOf({ ...base, ...choices, ...job, config: configOf(settings) }), servicesOf(choices)),
    );
  const nightOf =
    (job: string, usualMode: 'sweep' | 'changes') =>
    ({ mode = usualMode, ...choices }: NightlyChoices = {}): Promise<NightResult> =>
      night(choices, {
        job,
        scope: mode === 'sweep' ? { kind: 'sweep' } : 'changes',
        movesWatermark: true,
      });

  return {
    standIn,
    ledger,
    ledgerUrl: url,
    environment,
    reportDir,
    nightly: nightOf('nightly', 'sweep'),
    intraday: nightOf('intraday', 'changes'),
    rerun: (scope, choices = {}) => night(choices, { job: 'rerun', scope, movesWatermark: false }),
    resend: (choices = {}) => night(choices, { job: 'resend', scope: { kind: 'open' }, movesWatermark: false }),
    baseline: (asOf = null, { settings, ...choices } = {}) =>
      observed(() =>
        baseline(
          policyOf({
            ...base,
            ...choices,
            job: 'baseline',
            config: configOf(settings),
            scope: { kind: 'sweep' },
            asOf,
          }),
          servicesOf(),
        ),
      ),
    prune: async (choices = {}) => {
      let result: PruneResult | null = null;
      const onPruned = (done: PruneResult): void => {
        result = done;
      };
      const { keepDays = 400, removesReports = false } = choices;
      const pruning = { keepDays, removesReports, onPruned, config: configOf() };
      const run = await observed(() => prune(pruning, servicesOf(choices)));
      return { run, result };
    },
    acknowledge: (csv) =>
      observed(async () => {
        const file = join(folder, 'delivered.csv');
        await writeFile(file, csv);
        const config = configOf();
        const lines = () => readDeliveredLines(file, config.siteTimeZone, new Date());
        const policy = policyOf({ ...base, job: 'acknowledge', config });
        return acknowledge(policy, servicesOf(), { lines, onCounted: () => undefined });
      }),
    apply: (planId, { settings, ...choices } = {}) =>
      observed(() =>
        apply(policyOf({ ...base, ...choices, job: 'apply', config: configOf(settings) }), servicesOf(choices), planId),
      ),
    confirm: ({ settings, ...choices } = {}) =>
      observed(() => {
        const { platform, ...config } = configOf(settings);
        if (platform === null) throw new Error('this site has no key for the logs');
        return confirm({ config: { ...config, platform }, retry: fastRetry, since: null }, servicesOf(choices));
      }),
    audit: ({ settings, signal, now, ...choices } = {}) =>
      observed(() =>
        audit(
          {
            scope: { kind: 'all' },
            hasContent: false,
            networkUser: null,
            repairs: false,
            allowLargeChange: false,
            until: null,
            ...choices,
            // Rows are expected at once, so no test waits for CONFIRM_WITHIN.
            config: configOf({ CONFIRM_WITHIN: '0s', ...settings }),
            retry: fastRetry,
          },
          servicesOf({ ...(signal === undefined ? {} : { signal }), ...(now === undefined ? {} : { now }) }),
        ),
      ),
    settle: async (word, ...rows) => {
      const said: string[] = [];
      const print = (line: string): void => void said.push(line);
      const listed = (): AsyncIterable<ListedRow> => listedRows(rows);
      const settlement = { rows: listed, word, print };
      return { ...(await observed(() => settle(configOf(), servicesOf(), settlement))), said };
    },
    start: (...argv) => startJob(argv, environment),
    pass: async (leftMs = 0) => {
      // Of its own: a test may have ended every session there was.
      const session = await openSession();
      await session.query('the passing of time', passingTime, [leftMs]);
      await session.close();
    },
    logged: () => lines.join(''),
    close: async () => {
      await closeLog();
      await ledger.close();
      await standIn.close();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

const userId = 'user-level-client';

/** For sites that confirm. A log is late at once, so no test waits for CONFIRM_WITHIN. */
export const platformSettings: Environment = {
  REDOX_PLATFORM_CLIENT_ID: userId,
  REDOX_PLATFORM_KEY_ID: keyId,
  REDOX_PLATFORM_PRIVATE_KEY: privateKeyPem,
  REDOX_ORGANIZATION_ID: '77',
  REDOX_ENVIRONMENT_ID: 'environment',
  CONFIRM_WITHIN: '0s',
  PLATFORM_RATE_LIMIT: '0',
};

/** A POST begins within two seconds, and takes CALL_TIMEOUT. */
const passingTime = `
  UPDATE call c
  SET last_try_at = clock_timestamp() + ($1::integer - 2000 - r.call_timeout_ms) * interval '1 millisecond'
  FROM run r
  WHERE c.state = 'sending' AND r.run_number = c.run_number`;

const moveOfRedox = `UPDATE target SET identity = jsonb_set(identity, '{baseUrl}', to_jsonb($1::text))`;

/** `encounter 70` as a line of a file gives it. */
async function* listedRows(rows: readonly string[]): AsyncGenerator<ListedRow> {
  for (const row of rows) {
    const [entity = '', id = ''] = row.split(' ');
    if (!isSubject(entity)) throw new Error(`${entity} is no entity`);
    yield await Promise.resolve({ entity, id });
  }
}

const migrated = async (url: Secret): Promise<void> => {
  await migrateLedger(url);
};

function environmentOf(
  { ehr }: NightOptions,
  ledgerUrl: Secret,
  redoxUrl: string,
  reportDir: string,
): Record<string, string> {
  return {
    EHR_URL: 'url' in ehr ? ehr.url.reveal() : `${ehr.kind}:${ehr.folder}`,
    EHR_CONTRACT: ehr.contract,
    EHR_TIME_ZONE: 'America/Chicago',
    // Each test writes its extracts just before.
    EXTRACT_SETTLE: '0s',
    LEDGER_URL: ledgerUrl.reveal(),
    LEDGER_KEY: randomBytes(32).toString('base64'),
    REDOX_BASE_URL: redoxUrl,
    REDOX_ENVIRONMENT: 'development',
    REDOX_CLIENT_ID: clientId,
    REDOX_KEY_ID: keyId,
    REDOX_PRIVATE_KEY: privateKeyPem,
    REDOX_DESTINATION_ID: destinationId,
    ORGANIZATION_OID: organizationOid,
    PATIENT_OID: patientOid,
    DOCUMENT_OID: documentOid,
    RATE_LIMIT: '0',
    CALL_TIMEOUT: '10s',
    REPORT_DIR: reportDir,
  };
}

async function observe(standIn: StandIn, work: () => Promise<Finished>): Promise<NightResult> {
  const before = { ...standIn.requests().takenByEvent };
  const postsBefore = standIn.requests().posts;
  const { exitCode, runId, reportFolder } = await work();
  const text = (file: string): string => readFileSync(join(reportFolder, file), 'utf8');
  const summary = JSON.parse(text('summary.json')) as Summary;
  expectAccounted(summary);
  expect(summary).toMatchObject({ run_id: runId, exit_code: exitCode });
  return {
    exitCode,
    runId,
    reportFolder,
    summary,
    taken: difference(standIn.requests().takenByEvent, before),
    posts: standIn.requests().posts - postsBefore,
    csv: (name) => parse(text(`${name}.csv`), { columns: true }),
  };
}

/** Rows and calls add up, by the README's own sums. */
function expectAccounted({ patients, encounters, merges, summaries, calls }: Summary): void {
  for (const { read, unchanged, due, waiting, not_due, invalid, orphan, held, unread, new: isNew, changed } of [
    patients,
    encounters,
    merges,
    ...(summaries === undefined ? [] : [summaries]),
  ]) {
    expect(unchanged + due + waiting + not_due + invalid + orphan + held + unread).toBe(read);
    expect(isNew + changed).toBe(due);
  }
  for (const count of Object.values(calls)) {
    const { accepted, unneeded, superseded, rejected, failed, unknown, blocked, not_started } = count;
    expect(accepted + unneeded + superseded + rejected + failed + unknown + blocked + not_started).toBe(count.planned);
  }
}

function difference(
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  const grown = Object.entries(now).map(([event, count]) => [event, count - (before[event] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}

function startJob(argv: readonly string[], environment: Environment): JobProcess {
  const child = spawn(process.execPath, [builtCommand, ...argv], {
    cwd: packageRoot,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ exitCode: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, stderr });
    });
  });
  return { process: child, ended };
}
