import type { FillerDates } from '../../../../src/values/time/event-time.ts';
import type { Secret } from '../../../../src/secret.ts';
import type { LandedExtract } from '../../../../src/ehr/landing/landed-extract.ts';
import { examineContract, type ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import { doubts, unseenChanges } from '../../../../src/ehr/ehr.ts';
import { ehrConnections } from '../../../../src/ehr/ehr-source.ts';
import type { EhrSession } from '../../../../src/ehr/engine.ts';
import { PostgresEhrSession } from '../../../../src/ehr/postgres/postgres-ehr.ts';
import { openPostgresSession } from '../../../../src/ehr/postgres/postgres-session.ts';
import { warnOfSessionZone } from '../../../../src/ehr/read/session-zone.ts';
import { warnOfWholeTables } from '../../../../src/ehr/contract/whole-table.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { calendarOf } from '../../../../src/run/target.ts';
import { type Check, fault, look, ok, skipped, warning } from '../check.ts';
import { checkClock } from '../clock.ts';
import { checkConnections } from '../ledger/connections.ts';
import { checkEncoding } from './encoding.ts';
import { checkEhrRights } from './ehr-rights.ts';
import { checkNewest } from './newest.ts';
import { checkSameKeys } from './same-keys.ts';
import { checkSamples } from './sample.ts';
import { checkSessionSettings, checkStatementTimeout } from '../ledger/session-settings.ts';

export interface ContractQuestion {
  readonly contractFolder: string;
  readonly timeZone: string;
  readonly fillerDates: FillerDates;
  readonly now: Date;
  /** The files that the tables come from: they are ours, and no rights of the EHR apply. Null for a database. */
  readonly extract: LandedExtract | null;
}

export interface EhrQuestion extends Omit<ContractQuestion, 'extract'> {
  readonly url: Secret;
  /** EHR_SCAN_TIMEOUT is given. */
  readonly hasScanTimeout: boolean;
}

/** No question of the doctor's is worth keeping the EHR busy for longer. */
export const patience = { ms: 20_000, yields: true } as const;

/** The EHR, through the same read-only session and the same checks as a night. */
export function checkEhr(question: EhrQuestion): Promise<readonly Check[]> {
  return look('server', async () => {
    const session = await openPostgresSession({ ...question, searchPath: null }, patience);
    const ehr = new PostgresEhrSession(session);
    try {
      return [
        ...(await look('server', () => checkServer(session))),
        ...checkStatementTimeout(session, question.hasScanTimeout),
        ...(await look('session', () => checkSessionSettings(session))),
        ...(await look('connections', async () => [await checkConnections(session, ehrConnections)])),
        checkEncoding(session.greeting.encoding),
        ...(await look('clock', async () => [await checkClock(session, "The EHR's Postgres")])),
        ...(await look('time zone', () => checkZone(ehr, question.timeZone))),
        ...(await look('contract', () =>
          checkContractAndRows(ehr, { ...question, extract: null }, (examination) =>
            checkEhrRights(session, examination),
          ),
        )),
      ];
    } finally {
      await session.close();
    }
  });
}

/** As text: the session parses nothing. */
interface Server {
  readonly version: string;
  readonly role: string;
  readonly is_standby: string;
  readonly replayed_seconds_ago: string | null;
  readonly read_only: string;
  readonly conflict_patience: string | null;
  readonly standby_feedback: string;
  readonly is_superuser: string;
  readonly can_create_schemas: string;
}

async function checkServer(session: Session): Promise<Check[]> {
  const server = await session.one<Server>(statement('doctor/describe_ehr_server'));
  const { version, role, read_only } = server;
  const connected =
    read_only === 'on'
      ? ok('server', `Postgres ${version}, as ${role}, in read-only transactions.`)
      : fault(
          'server',
          `Postgres ${version} does not keep the session read-only.`,
          'See that no pooler before it drops the settings of a session (PgBouncer: pool_mode = session).',
        );
  return [connected, ...(server.is_standby === 't' ? [checkStandby(server)] : []), checkRole(server)];
}

/** A standby may cancel a snapshot; its settings decide when. */
function checkStandby({ replayed_seconds_ago, conflict_patience, standby_feedback }: Server): Check {
  const behind =
    replayed_seconds_ago === null ? 'has replayed nothing since its start' : `is ${replayed_seconds_ago} s behind`;
  const says = `It is a standby, which ${behind}.`;
  if (standby_feedback === 'on' || conflict_patience?.startsWith('-1') === true) return ok('standby', says);
  return warning(
    'standby',
    `${says} It may break off a long scan in order to replay (hot_standby_feedback off, max_standby_streaming_delay ${conflict_patience ?? 'unknown'}).`,
    'Set hot_standby_feedback = on there; a scan that is broken off is made once more.',
  );
}

function checkRole({ role, is_superuser, can_create_schemas }: Server): Check {
  if (is_superuser === 't') {
    return warning(
      'role',
      `${role} is a superuser.`,
      'Make a role for this job alone that may SELECT: docs/your-ehr.md.',
    );
  }
  if (can_create_schemas === 't') {
    return warning('role', `${role} may CREATE in the EHR's database.`, `REVOKE CREATE ON DATABASE … FROM "${role}";`);
  }
  return ok('role', `${role} is no superuser and may not create schemas.`);
}

export async function checkZone(session: EhrSession, timeZone: string): Promise<Check[]> {
  await session.requireTimeZone(timeZone);
  return [ok('time zone', `${timeZone} is known there.`)];
}

/** The contract, and the rows that it gives. `checkRights`: what our role may do to its tables. */
export async function checkContractAndRows(
  session: EhrSession,
  question: ContractQuestion,
  checkRights: (examination: ContractExamination) => Promise<Check[]> = () => Promise.resolve([]),
): Promise<Check[]> {
  const { extract } = question;
  const examination = await examineContract(session, question.contractFolder, extract);
  return [
    ...describeContract(examination),
    ...(await look('rights', () => checkRights(examination))),
    ...(await look('reach', () => checkReach(session, examination))),
    ...(extract !== null ? [] : await look('rows', () => checkHiddenRows(session, examination))),
    ...checkTypes(examination),
    ...(await look('session zone', () => checkSessionZone(session, examination, question.timeZone))),
    ...(await look('updated_at', () => checkNewest(session, examination, question.now))),
    ...(await look('same keys', () => checkSameKeys(session, examination))),
    ...(await look('sample', () => checkSamples(session, examination, calendarOf(question, question.now)))),
  ];
}

/** A line for each query; and one for what is wrong with the files. */
function describeContract({ faults, queries }: ContractExamination): Check[] {
  return [
    ...faults.map((said) => fault('contract', `${said}.`, null)),
    ...queries.map(({ query, columns, faults: own }) =>
      own.length === 0
        ? ok(query.file, `The server takes it; ${columns?.size ?? 0} of ${query.known.length} columns.`)
        : fault(query.file, `${own.join('; ')}.`, null),
    ),
  ];
}

/** What works, but slowly or not as far as one might think. */
async function checkReach(session: EhrSession, { contract }: ContractExamination): Promise<Check[]> {
  if (contract === null) return [skipped('reach', 'because the contract does not fit.')];
  const warnings = [...unseenChanges(contract), ...(await warnOfWholeTables(session, contract))];
  if (warnings.length === 0)
    return [ok('reach', 'Rows are found by their keys without reading large tables from end to end.')];
  return warnings.map(({ message }) => warning('reach', message, null));
}

/** Rows that policies of the EHR keep from the role. */
async function checkHiddenRows(session: EhrSession, { contract }: ContractExamination): Promise<Check[]> {
  if (contract === null) return [skipped('rows', 'because the contract does not fit.')];
  const warnings = await session.warnOfHiddenRows(contract, { reads: true });
  if (warnings.length === 0) return [ok('rows', 'No row level security hides rows from the role.')];
  return warnings.map(({ message }) => warning('rows', message, null));
}

/** Columns whose type prints otherwise than people write. */
function checkTypes({ contract }: ContractExamination): Check[] {
  if (contract === null) return [skipped('types', 'because the contract does not fit.')];
  const warnings = doubts(contract);
  if (warnings.length === 0) return [ok('types', 'The types of all columns print as people write them.')];
  return warnings.map(({ message }) => warning('types', message, null));
}

/** Times that a query makes by the zone of the session. */
async function checkSessionZone(
  session: EhrSession,
  { contract }: ContractExamination,
  timeZone: string,
): Promise<Check[]> {
  if (contract === null) return [skipped('session zone', 'because the contract does not fit.')];
  const warnings = await warnOfSessionZone(session, contract, timeZone);
  if (warnings.length === 0) return [ok('session zone', 'No column of the rows that were looked at depends on it.')];
  return warnings.map(({ message }) => warning('session zone', message, null));
}
