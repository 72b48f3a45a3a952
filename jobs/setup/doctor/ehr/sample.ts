import { DatabaseFault } from '../../../../src/fault.ts';
import { canonicalColumns, encounterColumns, patientColumns } from '../../../../src/contract/contract.ts';
import type { EncounterRow, PatientRow } from '../../../../src/contract/contract.ts';
import type { Calendar } from '../../../../src/values/time/event-time.ts';
import { checkMatchKeys } from '../../../../src/message/fingerprint/findability.ts';
import type { Finding } from '../../../../src/values/reading.ts';
import type { MessageContext } from '../../../../src/message/context.ts';
import { buildNewPatient } from '../../../../src/message/patient.ts';
import { buildSections } from '../../../../src/message/document/sections.ts';
import { buildVisitPush } from '../../../../src/message/document/visit.ts';
import type { EhrSession, RawRow } from '../../../../src/ehr/engine.ts';
import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import type {
  CheckedContract,
  CheckedQuery,
  CheckedSection,
  FetchedEntity,
} from '../../../../src/ehr/contract/contract-query.ts';
import { fetchRows } from '../../../../src/ehr/read/fetch.ts';
import { stagedStatus } from '../../../../src/contract/row/visit-state.ts';
import { type Check, fault, look, ok, skipped, warning } from '../check.ts';
import { forecastCodes, forecastFindability, forecastIds, forecastReading, forecastVisits } from '../forecast.ts';
import { describeColumns } from './sample-columns.ts';

/** Rows examined of each query, and visits examined for their content. */
const rowsAsked = 100;

/** One row of each query, and how the program understands it: its columns, never its values. */
export async function checkSamples(
  session: EhrSession,
  { contract }: ContractExamination,
  calendar: Calendar,
): Promise<Check[]> {
  if (contract === null) return [skipped('sample', 'because the contract does not fit.')];
  const { all, sections } = contract;
  const checks: Check[] = [];
  const sample = async (query: CheckedQuery, read: Reader): Promise<RawRow[]> => {
    const rows = await rowsOf(session, query, null);
    checks.push(Array.isArray(rows) ? checkOf(query, rows[0], read) : rows);
    return Array.isArray(rows) ? rows : [];
  };
  const context = { ...anyTarget, ...calendar };
  const patients = await sample(all.patient, (row) => findingsOfPatient(row, context));
  const encounters = await sample(all.encounter, (row) => findingsOfEncounter(row, context));
  if (all.merge !== null) await sample(all.merge, () => []);
  for (const [entity, rows] of [
    ['patient', patients],
    ['encounter', encounters],
  ] as const) {
    checks.push(...(await look('by key', () => checkFetch(session, contract, entity, rows[0]))));
  }
  const ids = encounters.flatMap((row) => row['encounter_id'] ?? []);
  for (const section of sections) checks.push(...(await checkSection(session, section, ids, context)));
  return [...checks, ...forecast(contract, { patients, encounters }, context)];
}

/** What the rows that were looked at have in common. */
function forecast(
  { all }: CheckedContract,
  { patients, encounters }: { readonly patients: readonly RawRow[]; readonly encounters: readonly RawRow[] },
  context: MessageContext,
): Check[] {
  const built = patients.map((row) => buildNewPatient(patientRow(row), context));
  return [
    ...forecastFindability(
      built.map((one, index) => checkMatchKeys(one, patientRow(patients[index] ?? {}), context.today)),
    ),
    ...forecastVisits(
      encounters.map((row) => stagedStatus(row['status'] ?? '', row['ended_at'] ?? '', context.fillerDates)),
    ),
    ...forecastReading(
      all.patient.file,
      built.map(({ findings }) => findings),
    ),
    ...forecastReading(
      all.encounter.file,
      encounters.map((row) => findingsOfEncounter(row, context)),
    ),
    ...forecastCodes(all.encounter, encounters),
    ...forecastIds(all.patient, patients),
    ...forecastIds(all.encounter, encounters),
  ];
}

/** What is odd about a row, as the night would list it in data-quality.csv. */
type Reader = (row: RawRow) => readonly Finding[];

/** Findings are the same for every recipient. */
const anyTarget: Omit<MessageContext, keyof Calendar> = {
  test: true,
  sourceId: null,
  destinationId: '-',
  patientOid: '-',
  documentOid: '-',
  organizationOid: '-',
  documentType: 'code',
  zipFormat: 'five',
  sendSsn: 'patients',
  network: { name: 'carequality' },
  sender: null,
};

const findingsOfPatient = (row: RawRow, context: MessageContext): readonly Finding[] =>
  buildNewPatient(patientRow(row), context).findings;

const findingsOfEncounter = (row: RawRow, context: MessageContext): readonly Finding[] =>
  buildVisitPush(encounterRow(row), patientRow({}), { mrn: '-', version: { number: 1, madeAt: new Date(0) } }, context)
    .findings;

const patientRow = (row: RawRow): PatientRow => ({
  ...filled(patientColumns, row),
  patient_id: row['patient_id'] ?? '-',
});

const encounterRow = (row: RawRow): EncounterRow => ({
  ...filled(encounterColumns, row),
  encounter_id: row['encounter_id'] ?? '-',
  patient_id: row['patient_id'] ?? '-',
});

const filled = <C extends string>(columns: readonly C[], row: RawRow): Record<C, string | null> =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null])) as Record<C, string | null>;

/** The rows, or why there are none to look at. */
async function rowsOf(
  session: EhrSession,
  query: CheckedQuery | CheckedSection,
  ids: readonly string[] | null,
): Promise<RawRow[] | Check> {
  const { file } = query;
  try {
    return await session.sample(query, rowsAsked, ids);
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    if (error.isTimeout) return skipped('sample', `of ${file}, because it gave no row within 20 s.`);
    const remedy = 'Run the file by hand as the role of EHR_URL, which shows what failed on which row, and mend it.';
    return fault('sample', `${file} failed on one of its first rows (${codeOf(error)}).`, remedy);
  }
}

const codeOf = ({ code }: DatabaseFault): string => (code.startsWith('ER_') ? code : `SQLSTATE ${code}`);

function checkOf(query: CheckedQuery | CheckedSection, row: RawRow | undefined, read: Reader): Check {
  const { file, columns, known, required } = query;
  if (row === undefined) {
    // Merges and sections may well have none.
    const isOdd = file === 'patients.sql' || file === 'encounters.sql';
    if (!isOdd) return ok('sample', `${file} gives no row.`);
    return warning('sample', `${file} gives no row.`, 'Fill the query in, or look at what it leaves out.');
  }
  const findings = read(row);
  const details = describeColumns(known, columns, row, findings);
  const missing = required.filter((column) => (row[column] ?? null) === null);
  if (missing.length > 0) {
    const says = `A row of ${file} has no ${missing.join(', ')}, which every row must have; it would be reported as invalid.`;
    return warning('sample', says, 'Let the query leave such rows out, or give them what they lack.', details);
  }
  const given = known.filter((column) => columns.has(column));
  const filledIn = given.filter((column) => (row[column] ?? null) !== null).length;
  const says = `One row of ${file}: ${filledIn} of ${given.length} columns are filled`;
  if (findings.length === 0) return ok('sample', `${says} and understood.`, details);
  const odd = [...new Set(findings.map(({ column, problem }) => `${column} (${problem})`))].join(', ');
  return warning('sample', `${says}; not understood: ${odd}.`, remedy, details);
}

const remedy =
  'sql/ehr/README.md lists the values of these columns; if most rows are like this one, map them in the query.';

/** What is sent is fetched again by its key, and must be the same bytes. */
async function checkFetch(
  session: EhrSession,
  contract: Parameters<typeof fetchRows>[1],
  entity: FetchedEntity,
  row: RawRow | undefined,
): Promise<Check[]> {
  const { file } = contract.byKey[entity];
  const id = row?.[`${entity}_id`] ?? null;
  if (row === undefined || id === null) return [skipped('by key', `for ${file}, because there is no row to look for.`)];
  const found = (await fetchRows(session, contract, entity, [id])).get(id) ?? [];
  const [first] = found;
  if (first !== undefined && found.length === 1) {
    const names = canonicalColumns[entity];
    const differing = names.filter((column, index) => first.values[index] !== (row[column] ?? null));
    if (differing.length === 0)
      return [ok('by key', `${file} finds the ${entity} of the sample, the same to the byte.`)];
    const says = `${file} gives another ${differing.join(', ')} than the query for all.`;
    return [
      warning(
        'by key',
        says,
        'If the row was not just edited, let both queries compute these columns in the same way: such rows look changed every night.',
      ),
    ];
  }
  const says =
    found.length === 0
      ? `${file} does not find by its key the ${entity} that the query for all gives.`
      : `${file} gives ${found.length} rows for one key; it would be reported as duplicate_key.`;
  return [fault('by key', says, 'See that both queries give the same rows, and the key as the same text.')];
}

async function checkSection(
  session: EhrSession,
  section: CheckedSection,
  ids: readonly string[],
  context: MessageContext,
): Promise<Check[]> {
  if (ids.length === 0) return [skipped('sample', `of ${section.file}, because there is no visit to ask for.`)];
  const rows = await rowsOf(session, section, ids);
  if (!Array.isArray(rows)) return [rows];
  const blank = Object.fromEntries(section.known.map((column) => [column, null]));
  const read = (row: RawRow): readonly Finding[] =>
    buildSections({ [section.section]: [{ ...blank, ...row }] }, context).findings;
  return [
    checkOf(section, rows[0], read),
    ...forecastReading(section.file, rows.map(read)),
    ...forecastCodes(section, rows),
  ];
}
