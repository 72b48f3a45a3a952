/** Where stage and ledger differ, page by page; read on the second session, while the plan is written on the first. */
import type {
  EncounterDifference,
  MergeDifference,
  PatientDifference,
  RowFault,
  UndoneMerge,
} from '../core/difference.ts';
import type { Entity } from '../core/contract.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';

export interface Comparison {
  readonly builderVersion: number;
  /** Every row that was asked for differs (`rerun --force`). */
  readonly forced: boolean;
}

export interface QuietCount {
  readonly unchanged: number;
  readonly not_due: number;
}

const parametersOf = ({ builderVersion, forced }: Comparison): [number, boolean] => [builderVersion, forced];

export const patientDifferences = (reader: Session, comparison: Comparison): AsyncGenerator<PatientDifference[]> =>
  reader.pages<PatientDifference>(statement('ledger/diff/patients'), parametersOf(comparison));

export const encounterDifferences = (reader: Session, comparison: Comparison): AsyncGenerator<EncounterDifference[]> =>
  reader.pages<EncounterDifference>(statement('ledger/diff/encounters'), parametersOf(comparison));

export const mergeDifferences = (reader: Session, comparison: Comparison): AsyncGenerator<MergeDifference[]> =>
  reader.pages<MergeDifference>(statement('ledger/diff/merges'), [comparison.builderVersion]);

export const undoneMerges = (reader: Session): AsyncGenerator<UndoneMerge[]> =>
  reader.pages<UndoneMerge>(statement('ledger/diff/undone-merges'));

export const rowFaults = (reader: Session): AsyncGenerator<RowFault[]> =>
  reader.pages<RowFault>(statement('ledger/diff/faults'));

export interface GoneRow {
  readonly entity: 'patient' | 'encounter';
  readonly entity_id: string;
  readonly patient_id: string;
}

/** What Redox holds and a full sweep did not see. */
export const goneRows = (reader: Session): AsyncGenerator<GoneRow[]> =>
  reader.pages<GoneRow>(statement('ledger/diff/gone'));

/** Counts the rows that need nothing. */
export function countQuiet(reader: Session, entity: Entity, comparison: Comparison): Promise<QuietCount> {
  switch (entity) {
    case 'patient':
      return reader.one<QuietCount>(statement('ledger/diff/count-quiet-patients'), parametersOf(comparison));
    case 'merge':
      return reader.one<QuietCount>(statement('ledger/diff/count-quiet-merges'));
    case 'encounter':
      return reader.one<QuietCount>(statement('ledger/diff/count-quiet-encounters'), parametersOf(comparison));
  }
}
