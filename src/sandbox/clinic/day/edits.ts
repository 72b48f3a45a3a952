import { UsageFault } from '../../../fault.ts';
import type { Session } from '../../../postgres/session.ts';
import { type Parameter, type Statement, statement } from '../../../postgres/sql-file.ts';
import type { Address } from '../address.ts';

/** When an edit counts as entered, as text for Postgres; default: now. */
export interface Entered {
  readonly at?: string;
}

/** Edits by the clinic's staff. Ids are texts, as in the contract. */
export class ClinicEdits {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Merges a registration into another, and moves its visits there. Both rows stay. */
  async mergePatients(retired: string, surviving: string, { at }: Entered = {}): Promise<void> {
    await this.#session.run(statement('sandbox/clinic/edits/merge_patients'), [retired, surviving, at ?? null]);
  }

  async undoMerge(retired: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/undo_merge'), retired, [at ?? null]);
  }

  /** The visits stay as orphans. */
  async deletePatient(patient: string): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/delete_patient'), patient, []);
  }

  /** `silent` keeps `changed_at`, so that only a comparison of rows finds the change. */
  async renamePatient(
    patient: string,
    familyName: string,
    options: Entered & { silent?: boolean } = {},
  ): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/rename_patient'), patient, [
      familyName,
      options.silent ?? false,
      options.at ?? null,
    ]);
  }

  async movePatient(patient: string, address: Address, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/move_patient'), patient, [...address, at ?? null]);
  }

  async changePhone(patient: string, phone: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/change_phone'), patient, [phone, at ?? null]);
  }

  async recordDeath(patient: string, diedAt: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/record_death'), patient, [diedAt, at ?? null]);
  }

  /** In any state; a finished visit was charted in error. */
  async cancelVisit(visit: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/cancel_visit'), visit, [at ?? null]);
  }

  /** To its real patient; it was charted for another. */
  async moveVisit(visit: string, patient: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/move_visit'), visit, [patient, at ?? null]);
  }

  /** The note's free text; only its `clinical_version` is sent. */
  async amendVisit(visit: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/amend_visit'), visit, [at ?? null]);
  }

  /** Corrects a measured value or adds one; `test` is a LOINC code of the table `test`. */
  async recordMeasurement(visit: string, test: string, value: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/record_measurement'), visit, [test, value, at ?? null]);
  }

  async discharge(visit: string, endedAt: string, disposition: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/discharge_visit'), visit, [endedAt, disposition, at ?? null]);
  }

  /** Makes a strict receiver refuse the visit. */
  async endBeforeStart(visit: string, { at }: Entered = {}): Promise<void> {
    await this.#change(statement('sandbox/clinic/edits/end_before_start'), visit, [at ?? null]);
  }

  /** Fails if the edit matched no row. */
  async #change(edit: Statement<{ id: string }>, id: string, values: readonly Parameter[]): Promise<void> {
    const changed = await this.#session.run(edit, [id, ...values]);
    if (changed.length === 0)
      throw new UsageFault(`The clinic has nothing with id ${id} to ${nameOf(edit)}; use an id of this clinic.`);
  }
}

/** For an error: `rename patient`. */
const nameOf = ({ name }: Statement): string => name.slice(name.lastIndexOf('/') + 1).replaceAll('_', ' ');
