/**
 * What stands still: a row that is due, and that this run leaves as it is all the same.
 *
 *   ignored    a person said so (`settle --as ignore`), and the row is as it was then
 *   rejected   Redox refused the row as it is on three dates, so that it would refuse it tonight as well
 *   unknown    its last call may have been taken, and UNKNOWN_OUTCOME is hold
 *   patient    it cannot be told without a patient who stands still and whom Redox does not hold
 *
 * A change of the row ends the first two, a person ends each (`resend --held`, `settle`, `rerun`).
 */
import type { PatientWait } from './difference.ts';
import type { CallState } from './call.ts';

/** What a run leaves standing; a person who asks for rows by name, or by force, asks for these too. */
export interface HoldPolicy {
  /** What may have been taken is not sent again (`UNKNOWN_OUTCOME=hold`). */
  readonly holdsUnknown: boolean;
  /** What Redox refused often enough is not sent again. */
  readonly holdsRejected: boolean;
  /** What a person said to leave is left. */
  readonly leavesIgnored: boolean;
}

export type HoldReason = 'ignored' | 'rejected' | 'unknown' | 'patient';

/** On so many dates a row is sent as it is and refused; then it is held. */
export const mostRejectedDates = 3;

interface DueRow {
  readonly open_state: CallState | null;
  readonly rejected_dates: number;
  readonly is_ignored: boolean;
  /** Of whom it depends on; null too where it depends on nobody. */
  readonly patient_waits: PatientWait | null;
}

/** Why the row stands still; null where it goes. */
export function holdReasonOf(row: DueRow, holdPolicy: HoldPolicy): HoldReason | null {
  const { holdsUnknown, holdsRejected, leavesIgnored } = holdPolicy;
  if (row.is_ignored && leavesIgnored) return 'ignored';
  if (row.rejected_dates >= mostRejectedDates && holdsRejected) return 'rejected';
  if (row.open_state === 'unknown' && holdsUnknown) return 'unknown';
  switch (row.patient_waits) {
    case null:
      return null;
    case 'ignored':
      return leavesIgnored ? 'ignored' : null;
    case 'rejected':
      return holdsRejected ? 'patient' : null;
    case 'unknown':
      return holdsUnknown ? 'patient' : null;
  }
}
