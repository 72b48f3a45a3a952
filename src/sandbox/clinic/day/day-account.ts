import type { Day } from './calendar.ts';

/** How many edits of each kind a day brings. Where there is nothing left to edit, fewer are made. */
export interface DayEdits {
  readonly newPatients: number;
  /** Visits without an appointment, begun and finished that day. */
  readonly walkIns: number;
  /** New appointments in the month to come. */
  readonly bookings: number;
  readonly moves: number;
  readonly nameChanges: number;
  readonly phoneChanges: number;
  readonly deaths: number;
  /** Names changed without `changed_at`. */
  readonly silentEdits: number;
  /** Two registrations of one person, merged. */
  readonly merges: number;
  /** Appointments of that day that are called off. */
  readonly cancellations: number;
  /** Visits that took place by the chart, and turn out to be charted in error. */
  readonly voidedVisits: number;
  readonly discharges: number;
  /** Notes of earlier visits amended. */
  readonly amendments: number;
  /** Blood pressures of earlier visits put right, or added. */
  readonly corrections: number;
  /** Finished visits that end before they begin, by a slip. */
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

/** What was edited at the registration desk, by ids as the contract gives them. No patient stands under two edits. */
export interface PatientAccount {
  readonly newPatients: readonly string[];
  readonly movedPatients: readonly string[];
  readonly renamedPatients: readonly string[];
  readonly phoneChanges: readonly string[];
  readonly deceasedPatients: readonly string[];
  /** Renamed too, but `changed_at` does not say so. */
  readonly silentlyRenamedPatients: readonly string[];
  readonly deletedPatients: readonly string[];
  readonly merges: readonly { readonly retired: string; readonly surviving: string }[];
}

/** What became of visits. A merge moves further ones; they are not listed. */
export interface VisitAccount {
  readonly walkIns: readonly string[];
  readonly bookedVisits: readonly string[];
  /** Appointments that were there the evening before and took place. */
  readonly finishedVisits: readonly string[];
  readonly admittedVisits: readonly string[];
  readonly dischargedVisits: readonly string[];
  readonly cancelledVisits: readonly string[];
  readonly voidedVisits: readonly string[];
  readonly amendedVisits: readonly string[];
  /** With a blood pressure that was not there before. */
  readonly correctedVisits: readonly string[];
  /** Stand under walk-ins or finished visits too. */
  readonly impossibleVisits: readonly string[];
}

export type DayAccount = { readonly day: Day } & PatientAccount & VisitAccount;
