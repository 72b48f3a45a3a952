/** A site to be hurt: an EHR that lives, a ledger on a server of its own, the stand-in for Redox with its journal, and the command. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { expect } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import type { StandIn } from '../../../src/sandbox/redox/stand-in.ts';
import { freshDatabase } from '../../integration/support/database.ts';
import * as names from '../../integration/redox/stand-in-client.ts';
import { LivingEhr } from './ehr.ts';
import { type Ended, Job } from './job.ts';
import { ambiguousVersions, doubled, type Taken, takenFrom } from './journal.ts';
import { LedgerServer } from './ledger-server.ts';
import { count } from './tally.ts';

/** What a crash may leave uncertain: calls in flight, and one batch of commits (ARCHITECTURE.md, "Why it is safe"). */
const concurrency = 8;
const mostUncertain = concurrency + 32;

/** In how many nights without trouble everything must be clean. */
const fewNights = 3;

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });

const privateKeyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const userId = 'chaos-user';

/** A user-level key for Redox's logs. */
export const platformSettings: Environment = {
  REDOX_PLATFORM_CLIENT_ID: userId,
  REDOX_PLATFORM_KEY_ID: 'chaos',
  REDOX_PLATFORM_PRIVATE_KEY: privateKeyPem,
  REDOX_ORGANIZATION_ID: '77',
  REDOX_ENVIRONMENT_ID: 'environment',
  PLATFORM_RATE_LIMIT: '0',
};

const legacyKey = { apiKey: 'chaos', secret: 'chaos' };

/** With it every process has one access token for as long as it lives. */
export const legacySettings: Environment = {
  REDOX_CLIENT_ID: '',
  REDOX_KEY_ID: '',
  REDOX_PRIVATE_KEY: '',
  REDOX_API_KEY: legacyKey.apiKey,
  REDOX_API_SECRET: legacyKey.secret,
};

export class ChaosSite {
  readonly ehr: LivingEhr;
  readonly ledger: LedgerServer;
  readonly standIn: StandIn;
  readonly environment: Environment;
  /** Everything that the stand-in took. */
  readonly journal: readonly Taken[];
  readonly #jobs: Job[] = [];

  private constructor(parts: Pick<ChaosSite, 'ehr' | 'ledger' | 'standIn' | 'environment' | 'journal'>) {
    this.ehr = parts.ehr;
    this.ledger = parts.ledger;
    this.standIn = parts.standIn;
    this.environment = parts.environment;
    this.journal = parts.journal;
  }

  /** Opens it and gives its close. */
  static async open(settings: Environment = {}): Promise<{ site: ChaosSite; close: () => Promise<void> }> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
    const database = await freshDatabase();
    const journal: Taken[] = [];
    const keys = [{ kid: 'chaos', publicKey: await exportJWK(publicKey) }];
    const standIn = await names.startTestStandIn({
      keys,
      platform: { organizationId: '77', environmentId: 'environment', clientId: userId, keys },
      legacy: legacyKey,
      rateLimit: null,
      onTaken: (message) => journal.push(takenFrom(message)),
    });
    const ledger = await LedgerServer.start();
    const ehr = await LivingEhr.open(database.url, join(folder, 'contract'));
    const environment: Environment = {
      EHR_URL: database.url.reveal(),
      EHR_CONTRACT: ehr.contract,
      EHR_TIME_ZONE: 'America/Chicago',
      LEDGER_URL: ledger.url.reveal(),
      LEDGER_KEY: randomBytes(32).toString('base64'),
      REDOX_BASE_URL: standIn.url,
      REDOX_ENVIRONMENT: 'development',
      REDOX_CLIENT_ID: names.clientId,
      REDOX_KEY_ID: 'chaos',
      REDOX_PRIVATE_KEY: privateKeyPem,
      REDOX_DESTINATION_ID: names.destinationId,
      ORGANIZATION_OID: names.organizationOid,
      PATIENT_OID: names.patientOid,
      DOCUMENT_OID: names.documentOid,
      CONCURRENCY: String(concurrency),
      RATE_LIMIT: '0',
      REPORT_DIR: join(folder, 'reports'),
      ...settings,
    };
    const site = new ChaosSite({ ehr, ledger, standIn, environment, journal });
    const close = async (): Promise<void> => {
      for (const job of site.#jobs) if (job.process.exitCode === null) job.kill('SIGKILL');
      await standIn.close();
      await ledger.close();
      await ehr.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    };
    return { site, close };
  }

  /** A start that is not meant to end well. The guard is not what is looked at. */
  start(job: string, settings: Environment = {}, wrap: readonly string[] = []): Job {
    const flags = job === 'nightly' ? ['--allow-large-change'] : [];
    const started = new Job([...job.split(' '), ...flags], { ...this.environment, ...settings }, wrap);
    this.#jobs.push(started);
    return started;
  }

  /**
   * Starts nights, without a hand, until one is clean; a few must do. Then Redox has what the EHR has, the next sends once more what was
   * in flight, and the one after that nothing.
   */
  async expectConvergence(): Promise<Ended> {
    this.standIn.misbehave([]);
    const first = await this.start('nightly').ended;
    this.countSettled(first);
    let last = first;
    for (let night = 1; last.exitCode !== 0 && night < fewNights; night += 1) last = await this.start('nightly').ended;
    expect(last, last.said).toMatchObject({ exitCode: 0 });
    if (await this.#sendsAgain()) {
      const before = this.standIn.requests().posts;
      const again = await this.start('nightly').ended;
      expect(again, again.said).toMatchObject({ exitCode: 0 });
      const sent = await this.ledger.ask(sentAgainInLastRun);
      expect(this.standIn.requests().posts - before, 'what was in flight goes once more').toBe(sent.length);
    }
    const posts = this.standIn.requests().posts;
    const quiet = await this.start('nightly').ended;
    expect(quiet, quiet.said).toMatchObject({ exitCode: 0 });
    expect(this.standIn.requests().posts, 'the night after sends nothing').toBe(posts);
    await this.expectRedoxIsTrue();
    return first;
  }

  /** Time passes in the ledger: nothing of a dead run can be under way any more. */
  async pass(): Promise<void> {
    await this.ledger.ask("UPDATE call SET last_try_at = last_try_at - interval '1 hour' WHERE state = 'sending'");
  }

  async #sendsAgain(): Promise<boolean> {
    const rows = await this.ledger.ask(
      'SELECT FROM patient WHERE resent_after IS NOT NULL UNION ALL SELECT FROM encounter WHERE resent_after IS NOT NULL',
    );
    return rows.length > 0;
  }

  async expectRedoxIsTrue(): Promise<void> {
    const differences = await this.ehr.differences(this.standIn.state());
    count('rows lost or wrong at Redox', differences.length);
    expect(differences).toEqual([]);
    const { withoutNeed } = await doubled(this.journal, this.ledger);
    expect(withoutNeed, 'told again although the outcome was known').toEqual([]);
    expect(ambiguousVersions(this.journal)).toEqual([]);
  }

  async countFigures(): Promise<void> {
    const { calls, withoutNeed } = await doubled(this.journal, this.ledger);
    count('calls taken by the stand-in', this.journal.length);
    count('calls doubled', calls);
    count('calls doubled without need', withoutNeed.length);
  }

  /** A start says how many calls it found under way: never more than can have been. */
  countSettled({ log }: Pick<Ended, 'log'>): void {
    const calls = log.find(({ event }) => event === 'interrupted_run_recovered')?.calls ?? 0;
    count('calls left uncertain', calls);
    count('most left uncertain by one crash', calls);
    expect(calls).toBeLessThanOrEqual(mostUncertain);
  }
}

const sentAgainInLastRun = `
  SELECT FROM call WHERE reason = 'sent_again' AND state = 'accepted' AND run_number = (SELECT max(run_number) FROM run)`;
