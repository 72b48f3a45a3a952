import type { Day } from './calendar.ts';

/** The number of edits of each kind in a day; fewer if the rows run out. */
export interface DayEdits {
  readonly newPatients: number;
  /** Visits without an appointment, finished the same day. */
  readonly walkIns: number;
  /** New appointments in the next month. */
  readonly bookings: number;
  readonly moves: number;
  readonly nameChanges: number;
  readonly phoneChanges: number;
  readonly deaths: number;
  /** Names changed without `changed_at`. */
  readonly silentEdits: number;
  readonly merges: number;
  /** Cancelled appointments of that day. */
  readonly cancellations: number;
  /** Finished visits that were charted in error. */
  readonly voidedVisits: number;
  readonly discharges: number;
  readonly amendments: number;
  /** Blood pressures of earlier visits corrected or added. */
  readonly corrections: number;
  /** Finished visits that end before they begin, by mistake. */
  readonly impossibleVisits: number;
  /** Patients deleted; their visits stay as orphans. */
  readonly deletions: number;
}

export const ordinaryDay: DayEdits = {
  newPatients: 6,
  walkIns: 5,
  bookings: 8,
  moves: 4,
  nameChanges: 2,
  phoneChanges: 3,
  deaths: 1,
  silentEdits: 1,
  merges: 1,
  cancellations: 2,
  voidedVisits: 1,
  discharges: 2,
  amendments: 2,
  corrections: 2,
  impossibleVisits: 1,
  deletions: 0,
};

/** The edits at the registration desk, by the contract's ids. Each patient has at most one. */
export interface PatientAccount {
  readonly newPatients: readonly string[];
  readonly movedPatients: readonly string[];
  readonly renamedPatients: readonly string[];
  readonly phoneChanges: readonly string[];
  readonly deceasedPatients: readonly string[];
  /** Renamed with an unchanged `changed_at`. */
  readonly silentlyRenamedPatients: readonly string[];
  readonly deletedPatients: readonly string[];
  readonly merges: readonly { readonly retired: string; readonly surviving: string }[];
}

/** The changes of visits, except those moved by a merge. */
export interface VisitAccount {
  readonly walkIns: readonly string[];
  readonly bookedVisits: readonly string[];
  /** Existing appointments that took place. */
  readonly finishedVisits: readonly string[];
  readonly admittedVisits: readonly string[];
  readonly dischargedVisits: readonly string[];
  readonly cancelledVisits: readonly string[];
  readonly voidedVisits: readonly string[];
  readonly amendedVisits: readonly string[];
  readonly correctedVisits: readonly string[];
  /** Also listed under walk-ins or finished visits. */
  readonly impossibleVisits: readonly string[];
}

export type DayAccount = { readonly day: Day } & PatientAccount & VisitAccount;
