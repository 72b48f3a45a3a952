/**
 * An EHR that is small enough to think about: three plain tables without a single constraint, so that everything that a real
 * one may come to hold fits in. The truth is here in memory, where steps change it and the comparison reads it; `store`
 * writes it out for the night to read.
 */
import { join } from 'node:path';
import { packageRoot } from '../../../src/package-root.ts';
import type { Session } from '../../../src/postgres/session.ts';

export const modelContract = join(packageRoot, 'test/integration/night-property/contract');

export interface PatientRecord {
  readonly patient_id: string;
  readonly mrn: string | null;
  readonly last_name: string;
  readonly zip: string;
  readonly updated_at: Date;
}

export interface VisitRecord {
  readonly visit_id: string;
  readonly patient_id: string;
  readonly status: string;
  readonly reason: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly updated_at: Date;
}

interface MergeRecord {
  readonly retired_id: string;
  readonly survivor_id: string;
  readonly merged_at: Date;
}

/** Byte-identical rows count once. */
function distinct<Row>(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

export class ModelEhr {
  patients: readonly PatientRecord[] = [];
  visits: readonly VisitRecord[] = [];
  merges: readonly MergeRecord[] = [];
  /** Who ever had an MRN while a run looked. */
  readonly #owners = new Map<string, Set<string>>();

  patientRows(id: string): readonly PatientRecord[] {
    return distinct(this.patients.filter(({ patient_id }) => patient_id === id));
  }

  visitRows(id: string): readonly VisitRecord[] {
    return distinct(this.visits.filter(({ visit_id }) => visit_id === id));
  }

  mergeRows(retiredId: string): readonly MergeRecord[] {
    return distinct(this.merges.filter(({ retired_id }) => retired_id === retiredId));
  }

  /** All patients who had this MRN when a run looked. */
  ownersOf(mrn: string): ReadonlySet<string> {
    return this.#owners.get(mrn) ?? new Set();
  }

  /** All MRNs that this patient had when a run looked. */
  mrnsOf(id: string): readonly string[] {
    return [...this.#owners].filter(([, owners]) => owners.has(id)).map(([mrn]) => mrn);
  }

  /** Writes it out for a run to read. */
  async store(session: Session): Promise<void> {
    for (const row of this.patients) {
      const owners = this.#owners.get(mrnOf(row)) ?? new Set();
      this.#owners.set(mrnOf(row), owners.add(row.patient_id));
    }
    await session.run({ name: 'model_ehr', text: replaceAll }, [
      JSON.stringify(this.patients),
      JSON.stringify(this.visits),
      JSON.stringify(this.merges),
    ]);
  }
}

export const mrnOf = ({ patient_id, mrn }: PatientRecord): string => mrn ?? patient_id;

/** Ids compare byte by byte, as in the ledger: whoever wrote this EHR had heard of normal forms. */
export const modelTables = `
  CREATE SCHEMA model;
  CREATE TABLE model.patient (patient_id text, mrn text, last_name text, zip text, updated_at timestamptz);
  CREATE TABLE model.visit (
    visit_id text, patient_id text, status text, reason text,
    started_at timestamptz, ended_at timestamptz, updated_at timestamptz
  );
  CREATE TABLE model.merge (retired_id text, survivor_id text, merged_at timestamptz);
`;

const replaceAll = `
  WITH
    no_patients AS (DELETE FROM model.patient),
    no_visits AS (DELETE FROM model.visit),
    no_merges AS (DELETE FROM model.merge),
    patients AS (INSERT INTO model.patient SELECT * FROM jsonb_populate_recordset(NULL::model.patient, $1)),
    visits AS (INSERT INTO model.visit SELECT * FROM jsonb_populate_recordset(NULL::model.visit, $2))
  INSERT INTO model.merge SELECT * FROM jsonb_populate_recordset(NULL::model.merge, $3)
`;
