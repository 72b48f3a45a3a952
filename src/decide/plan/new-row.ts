/**
 * A row that Redox never had, without a refusal, a person's decision or a begun call. A decision sees nothing else in it, so one decision
 * stands for all of them.
 */
import type { EncounterDifference, PatientDifference } from '../difference.ts';

const withoutHistory = {
  entity_id: '',
  updated_at: null,
  fingerprint: '',
  asked: true,
  lane: '',
  rank: 0,
  presence: null,
  section_rows: null,
  section_digests: null,
  was_certain: false,
  row_differs: true,
  is_sent_again: false,
  open_since: null,
  open_state: null,
  open_log_status: null,
  rejected_dates: 0,
  is_ignored: false,
} as const;

export const newPatient: PatientDifference = {
  ...withoutHistory,
  mrn: '',
  mrn_differs: true,
  has_former_mrns: false,
  doubtful_mrns: [],
};

/** A finished visit of a patient who can be sent. */
export const newEncounter: EncounterDifference = {
  ...withoutHistory,
  patient_id: '',
  status: 'finished',
  owner_id: '',
  owner_fault: null,
  patient_waits: null,
  owner_differs: true,
};
