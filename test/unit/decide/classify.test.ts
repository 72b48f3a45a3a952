import { describe, expect, test } from 'vitest';
import {
  classifyEncounter,
  classifyMerge,
  classifyPatient,
  classifyUndoneMerge,
} from '../../../src/decide/classify.ts';
import type { DecisionContext } from '../../../src/decide/decision.ts';
import type {
  Decision,
  EncounterDifference,
  MergeDifference,
  PatientDifference,
} from '../../../src/decide/difference.ts';

const watermark = new Date('2026-03-01T00:00:00Z');
const sweep: DecisionContext = {
  watermark,
  holdsUnknown: false,
  holdsRejected: true,
  leavesIgnored: true,
  damage: { patient: false, merge: false, encounter: false, sections: [], summary: [], details: [] },
  isContentUnread: () => false,
  isPatientWithheld: () => false,
};
const holding: DecisionContext = { ...sweep, holdsUnknown: true };
/** A person asked for rows by force. */
const forcing: DecisionContext = { ...sweep, holdsRejected: false, leavesIgnored: false };

const row = {
  entity_id: 'P1',
  asked: true,
  lane: 'P1',
  rank: 0,
  open_since: null,
  open_state: null,
  open_log_status: null,
  rejected_dates: 0,
  is_ignored: false,
};

const patient = (over: Partial<PatientDifference> = {}): PatientDifference => ({
  ...row,
  mrn: 'M1',
  updated_at: new Date('2026-03-01T00:00:00Z'),
  fingerprint: 'f',
  presence: 'present',
  was_certain: true,
  section_rows: null,
  section_digests: null,
  mrn_differs: false,
  has_former_mrns: false,
  doubtful_mrns: [],
  row_differs: true,
  is_sent_again: false,
  ...over,
});

const merge = (over: Partial<MergeDifference> = {}): MergeDifference => ({
  ...row,
  survivor_id: 'P2',
  fault: null,
  presence: 'present',
  sent_survivor_id: null,
  retired_is_live: true,
  retired_fingerprint: 'f',
  doubtful_mrns: [],
  mrn_is_anothers: false,
  patient_waits: null,
  ...over,
});

const visit = (over: Partial<EncounterDifference> = {}): EncounterDifference => ({
  ...row,
  entity_id: 'V1',
  patient_id: 'P1',
  status: 'finished',
  updated_at: new Date('2026-03-02T00:00:00Z'),
  fingerprint: 'f',
  owner_id: 'P2',
  owner_fault: null,
  patient_waits: null,
  presence: null,
  section_rows: null,
  section_digests: null,
  was_certain: false,
  row_differs: true,
  is_sent_again: false,
  owner_differs: false,
  ...over,
});

const events = ({ calls }: Decision): string[] => calls.map(({ eventType, entity }) => `${eventType} ${entity}`);
const kind = ({ discrepancy }: Decision): string | undefined => discrepancy?.kind;

describe('a patient', () => {
  test.each([[null], ['uncertain'], ['merged'], ['merge_uncertain']] as const)(
    'whose presence at Redox is %s is sent as new',
    (presence) => {
      const decision = classifyPatient(patient({ presence, was_certain: false }), sweep);
      expect(events(decision)).toEqual(['NewPatient patient']);
      expect(kind(decision)).toBe('new');
    },
  );

  test('at Redox is updated', () => {
    expect(events(classifyPatient(patient(), sweep))).toEqual(['PatientUpdate patient']);
  });

  test('with a changed MRN is sent under it, then merged into it', () => {
    const decision = classifyPatient(patient({ mrn_differs: true }), sweep);
    expect(events(decision)).toEqual(['NewPatient patient', 'PatientMerge patient']);
  });

  test('whose old MRN may lack its own record gets it back before the merge', () => {
    const decision = classifyPatient(
      patient({ presence: 'merged', was_certain: false, mrn_differs: true, doubtful_mrns: ['M1'] }),
      sweep,
    );
    expect(decision.calls.map(({ eventType, mrn }) => [eventType, mrn])).toEqual([
      ['NewPatient', 'M1'],
      ['NewPatient', null],
      ['PatientMerge', null],
    ]);
  });

  test('with only a former MRN to retire is not sent again', () => {
    const decision = classifyPatient(patient({ has_former_mrns: true, row_differs: false }), sweep);
    expect(events(decision)).toEqual(['PatientMerge patient']);
  });

  test('read only for another row is not updated', () => {
    expect(classifyPatient(patient({ asked: false }), sweep)).toMatchObject({ rowClass: 'not_due', calls: [] });
  });

  test('read only for another row is sent if absent at Redox', () => {
    expect(events(classifyPatient(patient({ asked: false, presence: null }), sweep))).toEqual(['NewPatient patient']);
  });
});

describe('a change', () => {
  const before = new Date(watermark.getTime() - 1);

  test('is silent when updated_at is before the watermark', () => {
    expect(kind(classifyPatient(patient({ updated_at: before }), sweep))).toBe('silent_change');
  });

  test('is open when updated_at is at the watermark', () => {
    expect(kind(classifyPatient(patient({ updated_at: watermark }), sweep))).toBe('changed');
  });

  test.each([
    ['the row was owed already', { open_since: before }],
    ['Redox may have had it', { was_certain: false }],
    ['the contract says no time', { updated_at: null }],
    ['only the MRN is another', { row_differs: false, mrn_differs: true }],
  ])('is open when %s', (_, over) => {
    expect(kind(classifyPatient(patient({ updated_at: before, ...over }), sweep))).toBe('changed');
  });

  test('is never silent without a watermark', () => {
    const first = { ...sweep, watermark: null };
    expect(kind(classifyPatient(patient({ updated_at: before }), first))).toBe('changed');
  });
});

describe('a merge', () => {
  test('of a patient at Redox is one PatientMerge', () => {
    expect(events(classifyMerge(merge(), sweep))).toEqual(['PatientMerge merge']);
  });

  test('of a patient perhaps absent at Redox sends the patient first', () => {
    const decision = classifyMerge(merge({ presence: 'uncertain', doubtful_mrns: ['M1'] }), sweep);
    expect(events(decision)).toEqual(['NewPatient patient', 'PatientMerge merge']);
  });

  test('of a patient without a row, perhaps absent, is one PatientMerge', () => {
    const decision = classifyMerge(
      merge({ presence: 'uncertain', doubtful_mrns: ['M1'], retired_is_live: false }),
      sweep,
    );
    expect(events(decision)).toEqual(['PatientMerge merge']);
  });

  test('that may have been taken is sent again', () => {
    const decision = classifyMerge(merge({ presence: 'merge_uncertain', sent_survivor_id: 'P2' }), sweep);
    expect(events(decision)).toEqual(['PatientMerge merge']);
  });

  test('re-pointed to another survivor sends the retired patient, then merges', () => {
    const repointed = merge({ presence: 'merged', sent_survivor_id: 'P3', doubtful_mrns: ['M1'] });
    const decision = classifyMerge(repointed, sweep);
    expect(events(decision)).toEqual(['NewPatient patient', 'PatientMerge merge']);
    expect(kind(decision)).toBe('merge_repointed');
  });

  test('re-pointed after the retired row went is reported only', () => {
    const decision = classifyMerge(
      merge({ presence: 'merged', sent_survivor_id: 'P3', retired_is_live: false }),
      sweep,
    );
    expect(decision).toMatchObject({ rowClass: 'not_due', calls: [], discrepancy: { detail: 'retired_row_gone' } });
  });

  test("that would retire another patient's identifier is reported only", () => {
    const decision = classifyMerge(merge({ presence: 'merged', sent_survivor_id: 'P3', mrn_is_anothers: true }), sweep);
    expect(decision).toMatchObject({ rowClass: 'not_due', calls: [], discrepancy: { detail: 'shared_mrn' } });
  });

  test('on a circle is invalid', () => {
    const decision = classifyMerge(merge({ survivor_id: null, fault: 'merge_cycle' }), sweep);
    expect(decision).toMatchObject({ rowClass: 'invalid', calls: [], discrepancy: { kind: 'merge_cycle' } });
  });

  test('without a survivor is an orphan', () => {
    const decision = classifyMerge(merge({ survivor_id: null, fault: 'merge_without_survivor' }), sweep);
    expect(decision).toMatchObject({ rowClass: 'orphan', calls: [], discrepancy: { kind: 'merge_without_survivor' } });
  });

  test("that was undone says whether the patient's row is left", () => {
    const undone = { entity_id: 'P1', merged_into: 'P2' };
    expect(classifyUndoneMerge({ ...undone, is_live: true }).detail).toBeNull();
    expect(classifyUndoneMerge({ ...undone, is_live: false }).detail).toBe('retired_row_gone');
  });
});

describe('a visit', () => {
  test('that is finished is pushed under its owner', () => {
    const decision = classifyEncounter(visit(), sweep);
    expect(decision.calls).toMatchObject([{ eventType: 'VisitPush', patientId: 'P2', rowPatientId: 'P1' }]);
  });

  test.each([['planned'], ['open']] as const)('that is %s waits', (status) => {
    expect(classifyEncounter(visit({ status }), sweep)).toMatchObject({ rowClass: 'not_due', discrepancy: null });
  });

  test('cancelled after its push is reported', () => {
    expect(kind(classifyEncounter(visit({ status: 'cancelled', presence: 'present' }), sweep))).toBe(
      'cancelled_after_push',
    );
  });

  test.each(['planned', 'open'] as const)('that is %s again after its push is reported as reopened', (status) => {
    for (const presence of ['present', 'uncertain'] as const) {
      expect(classifyEncounter(visit({ status, presence }), sweep)).toMatchObject({
        rowClass: 'not_due',
        calls: [],
        discrepancy: { kind: 'changed', detail: 'reopened', patientId: 'P2' },
      });
    }
    expect(classifyEncounter(visit({ status }), sweep).discrepancy).toBeNull();
  });

  test('cancelled before any push is ignored', () => {
    expect(classifyEncounter(visit({ status: 'cancelled' }), sweep).discrepancy).toBeNull();
  });

  test('whose patient cannot be sent is an orphan', () => {
    const decision = classifyEncounter(visit({ owner_fault: 'missing_patient' }), sweep);
    expect(decision).toMatchObject({ rowClass: 'orphan', calls: [], discrepancy: { detail: 'missing_patient' } });
  });

  test('waits while its new patient lacks unreadable lines', () => {
    const withheld = {
      ...sweep,
      isContentUnread: (id: string) => id === 'P2',
      isPatientWithheld: (id: string) => id === 'P2',
    };
    const found = [
      classifyPatient(patient({ entity_id: 'P2', presence: null }), withheld),
      classifyMerge(merge(), withheld),
      classifyEncounter(visit(), withheld),
    ];
    expect(found.flatMap(events)).toEqual([]);
    expect(found.map(({ rowClass, discrepancy }) => [rowClass, discrepancy?.kind, discrepancy?.detail])).toEqual([
      ['unread', 'unread', 'section_unread'],
      ['unread', 'unread', 'survivor_unread'],
      ['unread', 'unread', 'patient_unread'],
    ]);
    expect(events(classifyEncounter(visit(), { ...withheld, isPatientWithheld: () => false }))).toHaveLength(1);
  });

  test('that belongs to another person now is pushed with that reason', () => {
    const decision = classifyEncounter(visit({ presence: 'present', row_differs: false, owner_differs: true }), sweep);
    expect(events(decision)).toEqual(['VisitPush encounter']);
    expect(decision.discrepancy?.detail).toBe('owner');
  });
});

describe('a row forced by a person', () => {
  test('is sent again without a discrepancy, and counts as unchanged', () => {
    const again = [
      classifyPatient(patient({ row_differs: false, is_sent_again: true }), sweep),
      classifyEncounter(visit({ presence: 'present', row_differs: false, is_sent_again: true }), sweep),
    ];
    expect(again.flatMap(events)).toEqual(['PatientUpdate patient', 'VisitPush encounter']);
    for (const { rowClass, discrepancy, calls } of again) {
      expect({ rowClass, discrepancy, reason: calls[0]?.reason }).toEqual({
        rowClass: 'unchanged',
        discrepancy: null,
        reason: 'sent_again',
      });
    }
    expect(kind(classifyPatient(patient({ is_sent_again: true }), sweep))).toBe('changed');
  });

  test('is forced when the ledger records it as sent', () => {
    expect(kind(classifyPatient(patient({ row_differs: false }), forcing))).toBe('forced');
    const pushed = visit({ presence: 'present', was_certain: true, row_differs: false });
    expect(classifyEncounter(pushed, forcing).discrepancy).toMatchObject({ kind: 'forced', detail: null });
  });

  test('has its usual class when anything about it differs', () => {
    expect(kind(classifyPatient(patient(), forcing))).toBe('changed');
    expect(kind(classifyPatient(patient({ row_differs: false, mrn_differs: true }), forcing))).toBe('changed');
    expect(kind(classifyPatient(patient({ row_differs: false, has_former_mrns: true }), forcing))).toBe('changed');
    expect(kind(classifyPatient(patient({ presence: null, was_certain: false }), forcing))).toBe('new');
    const moved = visit({ presence: 'present', row_differs: false, owner_differs: true });
    expect(classifyEncounter(moved, forcing).discrepancy).toMatchObject({ kind: 'changed', detail: 'owner' });
  });
});

describe('UNKNOWN_OUTCOME=hold', () => {
  test.each<[string, (context: DecisionContext) => Decision]>([
    ['a patient', (c) => classifyPatient(patient({ open_state: 'unknown' }), c)],
    ['a merge', (c) => classifyMerge(merge({ open_state: 'unknown' }), c)],
    ['the merge of a patient who may not be there', (c) => classifyMerge(merge({ presence: 'uncertain' }), c)],
    ['a visit', (c) => classifyEncounter(visit({ open_state: 'unknown' }), c)],
  ])('holds %s with an unknown outcome, also from resend', (_, decide) => {
    expect(decide(holding)).toMatchObject({ rowClass: 'held', calls: [], discrepancy: { kind: 'held' } });
    expect(decide(sweep).rowClass).toBe('due');
  });

  test('keeps nothing back that was rejected', () => {
    expect(classifyPatient(patient({ open_state: 'rejected' }), holding).rowClass).toBe('due');
  });

  test('lets a merge go that a person said to send', () => {
    const said = merge({ presence: 'uncertain', open_state: 'superseded' });
    expect(classifyMerge(said, holding).rowClass).toBe('due');
  });
});

describe('a row that Redox refuses unchanged', () => {
  type Decide = (dates: number, context: DecisionContext) => Decision;
  const rows: readonly [string, Decide][] = [
    ['patient', (rejected_dates, c) => classifyPatient(patient({ rejected_dates }), c)],
    ['merge', (rejected_dates, c) => classifyMerge(merge({ rejected_dates }), c)],
    ['visit', (rejected_dates, c) => classifyEncounter(visit({ rejected_dates }), c)],
  ];

  test.each(rows)('(a %s) is sent on three dates, and then held', (_, decide) => {
    expect(decide(2, sweep).rowClass).toBe('due');
    expect(decide(3, sweep)).toMatchObject({
      rowClass: 'held',
      calls: [],
      discrepancy: { kind: 'held', detail: 'rejected', rejectedDates: 3 },
    });
    expect(decide(3, forcing).rowClass).toBe('due');
  });

  test('says of a merge whether the perhaps absent patient has a row', () => {
    const refused = { rejected_dates: 3, presence: 'uncertain' } as const;
    expect(classifyMerge(merge({ ...refused, retired_is_live: false }), sweep).discrepancy?.detail).toBe(
      'retired_row_gone',
    );
    expect(classifyMerge(merge(refused), sweep).discrepancy?.detail).toBe('rejected');
  });
});

describe('a row that a person ignored', () => {
  test.each<[string, (context: DecisionContext) => Decision]>([
    ['patient', (c) => classifyPatient(patient({ is_ignored: true }), c)],
    ['merge', (c) => classifyMerge(merge({ is_ignored: true }), c)],
    ['visit', (c) => classifyEncounter(visit({ is_ignored: true }), c)],
  ])('(a %s) is neither owed nor listed, except by force', (_, decide) => {
    expect(decide(sweep)).toMatchObject({ rowClass: 'not_due', discrepancy: null, calls: [] });
    expect(decide(forcing).rowClass).toBe('due');
  });

  test('(an orphan) stays one, unlisted', () => {
    const orphan = visit({ owner_fault: 'missing_patient', is_ignored: true });
    expect(classifyEncounter(orphan, sweep)).toMatchObject({ rowClass: 'orphan', discrepancy: null });
  });
});

describe('a row of a held patient', () => {
  test.each([
    ['rejected', sweep],
    ['unknown', holding],
  ] as const)('(%s) is held too, with the patient as reason', (patient_waits, context) => {
    for (const decision of [
      classifyEncounter(visit({ patient_waits }), context),
      classifyMerge(merge({ patient_waits }), context),
    ]) {
      expect(decision).toMatchObject({ rowClass: 'held', discrepancy: { detail: 'patient_held' } });
    }
  });

  test('goes where the patient goes', () => {
    expect(classifyEncounter(visit({ patient_waits: 'unknown' }), sweep).rowClass).toBe('due');
    expect(classifyEncounter(visit({ patient_waits: 'rejected' }), forcing).rowClass).toBe('due');
  });

  test('is ignored with an ignored patient', () => {
    expect(classifyEncounter(visit({ patient_waits: 'ignored' }), sweep)).toMatchObject({
      rowClass: 'not_due',
      discrepancy: null,
    });
  });
});

describe('a row whose message Redox lost', () => {
  test.each([
    ['failed', 'failed'],
    ['unseen', 'unseen'],
    ['succeeded', 'overtaken'],
  ] as const)('is undelivered: its log %s', (open_log_status, detail) => {
    const lost = { open_state: 'accepted', open_log_status } as const;
    const listed = { rowClass: 'due', discrepancy: { kind: 'undelivered', detail } };
    expect(classifyPatient(patient({ ...lost, presence: 'uncertain' }), sweep)).toMatchObject({
      ...listed,
      calls: [{ eventType: 'NewPatient' }],
    });
    expect(classifyMerge(merge(lost), sweep)).toMatchObject({ ...listed, calls: [{ eventType: 'PatientMerge' }] });
    expect(classifyEncounter(visit(lost), sweep)).toMatchObject({ ...listed, calls: [{ eventType: 'VisitPush' }] });
  });

  test('is held after three dates', () => {
    const lost = visit({ open_state: 'accepted', open_log_status: 'failed', rejected_dates: 3 });
    expect(classifyEncounter(lost, sweep)).toMatchObject({ rowClass: 'held', discrepancy: { detail: 'rejected' } });
  });
});
