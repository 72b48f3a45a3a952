/**
 * Why a row that is due is not sent by this run.
 *
 *   ignored    a person chose `settle --as ignore`, and the row has not changed since
 *   rejected   Redox refused the row in its present form on three dates, so it would refuse it tonight too
 *   unknown    Redox may have taken its last call, and UNKNOWN_OUTCOME is hold
 *   patient    it depends on a patient who is on hold and missing at Redox
 *
 * A change of the row ends the first two; a person can end each (`resend --held`, `settle`, `rerun`).
 */
import type { PatientWait } from './difference.ts';
import type { CallState } from './call.ts';

/** Which hold reasons a run respects. A request for named rows, or with `--force`, overrides them. */
export interface HoldPolicy {
  /** Rows with an unknown outcome are not sent again (`UNKNOWN_OUTCOME=hold`). */
  readonly holdsUnknown: boolean;
  /** Rows that Redox refused on three dates are not sent again. */
  readonly holdsRejected: boolean;
  /** Ignored rows stay ignored. */
  readonly leavesIgnored: boolean;
}

export type HoldReason = 'ignored' | 'rejected' | 'unknown' | 'patient';

/** After refusals on this many dates, a row is held. */
export const mostRejectedDates = 3;

interface DueRow {
  readonly open_state: CallState | null;
  readonly rejected_dates: number;
  readonly is_ignored: boolean;
  /** The hold of the patient that the row depends on; null if there is none. */
  readonly patient_waits: PatientWait | null;
}

/** Null: the row may be sent. */
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
