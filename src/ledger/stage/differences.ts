/** Reads the differences between stage and ledger page by page, on the second session; the first writes the plan at the same time. */
import type {
  EncounterDifference,
  MergeDifference,
  PatientDifference,
  RowFault,
  UndoneMerge,
} from '../../decide/difference.ts';
import { mostRejectedDates } from '../../decide/hold-reason.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { SweptEntity } from './sweep.ts';

export interface Comparison {
  readonly builderVersion: number;
  /** Every requested row counts as different (`rerun --force`). */
  readonly forced: boolean;
}

/** `newArePlanned`: the rows that Redox never had and that have no history are planned already. */
type RowComparison = Comparison & { readonly newArePlanned: boolean };

export interface CleanCount {
  readonly unchanged: number;
  readonly not_due: number;
}

/** `known`: how many rows of the ledger the staged ones are. */
type CleanRows = CleanCount & { readonly known: number };

export interface CleanCounts {
  readonly patient: CleanRows;
  readonly encounter: CleanRows;
  readonly merge: CleanCount;
}

const parametersOf = ({ builderVersion, forced }: Comparison): [number, boolean] => [builderVersion, forced];

export const patientDifferences = (reader: Session, comparison: RowComparison): AsyncGenerator<PatientDifference[]> =>
  reader.pages<PatientDifference>(statement('ledger/differences/find_changed_patients'), [
    ...parametersOf(comparison),
    comparison.newArePlanned,
  ]);

export const encounterDifferences = (
  reader: Session,
  comparison: RowComparison,
): AsyncGenerator<EncounterDifference[]> =>
  reader.pages<EncounterDifference>(statement('ledger/differences/find_changed_encounters'), [
    ...parametersOf(comparison),
    mostRejectedDates,
    comparison.newArePlanned,
  ]);

export const mergeDifferences = (reader: Session, comparison: Comparison): AsyncGenerator<MergeDifference[]> =>
  reader.pages<MergeDifference>(statement('ledger/differences/find_changed_merges'), [
    comparison.builderVersion,
    mostRejectedDates,
  ]);

export const undoneMerges = (reader: Session): AsyncGenerator<UndoneMerge[]> =>
  reader.pages<UndoneMerge>(statement('ledger/differences/find_undone_merges'));

export const rowFaults = (reader: Session): AsyncGenerator<RowFault[]> =>
  reader.pages<RowFault>(statement('ledger/differences/read_row_faults'));

export interface GoneRow {
  readonly entity: 'patient' | 'encounter';
  readonly entity_id: string;
  readonly patient_id: string;
}

/** Rows that are present at Redox and missing from a full sweep. */
export const goneRows = (reader: Session): AsyncGenerator<GoneRow[]> =>
  reader.pages<GoneRow>(statement('ledger/differences/find_gone_rows'));

/** Counts the rows that need nothing. The chunks are compared. */
export async function countClean(reader: Session): Promise<CleanCounts> {
  const rows = await reader.run<CleanRows & { readonly entity: SweptEntity }>(
    statement('ledger/differences/count_clean_rows'),
  );
  const of = (entity: SweptEntity): CleanRows =>
    rows.find((row) => row.entity === entity) ?? { unchanged: 0, not_due: 0, known: 0 };
  return {
    patient: of('patient'),
    encounter: of('encounter'),
    merge: await reader.one(statement('ledger/differences/count_clean_merges')),
  };
}

/** True if each patient and visit of the ledger is among the staged rows, so that none is gone. Compares only counts. */
export async function seesAll(reader: Session, { patient, encounter }: CleanCounts): Promise<boolean> {
  const ledger = await reader.one<Readonly<Record<'patient' | 'encounter', number>>>(
    statement('ledger/differences/count_synced_rows'),
  );
  return patient.known === ledger.patient && encounter.known === ledger.encounter;
}
