import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerStore } from '../../../../src/config/config.ts';
import type { Secret } from '../../../../src/secret.ts';
import { dropLanding, type Landing, landingsThere } from '../../../../src/ehr/csv/csv-landing.ts';
import { openEhrSession } from '../../../../src/ehr/ehr-session.ts';
import { counted } from '../../../../src/plain-text.ts';
import { Session } from '../../../../src/postgres/session.ts';
import { dataIn } from '../../../../src/sandbox/embedded-postgres-folder.ts';
import { withLedgerUrl } from '../../../ledger/ledger-url.ts';
import { type Check, look, ok, skipped, warning } from '../check.ts';
import { type ContractQuestion, checkContractAndRows, checkZone, patience } from './ehr.ts';
import { ledgerTables } from '../../../../src/ledger/rights.ts';

export type Land = (session: Session, schema: string) => Promise<Landing>;

interface LandedQuestion extends Omit<ContractQuestion, 'extract'> {
  readonly store: LedgerStore;
  readonly land: Land;
  /** Checks of the landed tables that only such files need. */
  readonly more?: (session: Session, schema: string) => Promise<Check[]>;
}

/**
 * Checks the contract over files. They are landed beside the ledger as in a run, but in a schema of the doctor's own, which is
 * dropped at the end. Then they are checked like any EHR.
 */
export function checkLanded(question: LandedQuestion): Promise<readonly Check[]> {
  return look('contract', () => withDatabase(question.store, (url) => landAndCheck(url, question)));
}

async function landAndCheck(url: Secret, question: LandedQuestion): Promise<readonly Check[]> {
  const schema = `redox_reconcile_landing_doctor_${process.pid}`;
  const session = await Session.open(url, { neighbour: 'the ledger', tables: ledgerTables });
  try {
    // What a doctor that died as this process has left.
    await dropLanding(session, schema);
    const landing = await question.land(session, schema);
    const checks = await checkTables(url, landing, question);
    const more = await look('identifiers', async () => question.more?.(session, schema) ?? []);
    // A run that starts drops every landing that it finds.
    if (!(await landingsThere(session)).includes(schema)) return [skipped('contract', wasDropped)];
    return [checkLines(landing.findingCount), ...checks, ...more];
  } finally {
    await dropLanding(session, schema);
    await session.close();
  }
}

const wasDropped =
  'because a run began in the meantime and dropped what the doctor had landed; ask again, or see the log of that run.';

const checkLines = (leftOut: number): Check =>
  leftOut === 0
    ? ok('lines', 'Every line of the files could be read.')
    : warning(
        'lines',
        `${counted(leftOut, 'line')} of the files could not be read.`,
        '`nightly --plan-only` lists them in data-quality.csv, each with its file, line and reason.',
      );

async function checkTables(
  url: Secret,
  { schema, extract }: Landing,
  question: LandedQuestion,
): Promise<readonly Check[]> {
  const session = await openEhrSession({ url, searchPath: schema, timeZone: question.timeZone }, patience);
  try {
    return [
      ...(await look('time zone', () => checkZone(session, question.timeZone))),
      ...(await look('contract', () => checkContractAndRows(session, { ...question, extract }))),
    ];
  } finally {
    await session.close();
  }
}

/** The ledger's database; where its folder holds none yet, one that is made for this and thrown away: the doctor makes no ledger. */
async function withDatabase<T>(store: LedgerStore, work: (url: Secret) => Promise<T>): Promise<T> {
  if (store.kind === 'postgres' || existsSync(dataIn(store.folder))) return withLedgerUrl(store, work);
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-doctor-'));
  try {
    return await withLedgerUrl({ kind: 'embedded', folder }, work);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
