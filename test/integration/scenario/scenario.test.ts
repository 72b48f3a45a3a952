import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wallClockIn } from '../../../src/values/time/wall-clock.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import { found } from '../support/clinic-night.ts';
import { type Night, type NightResult, openNight } from '../support/night.ts';
import { type Clinic, edit, patient, problem, smallClinic, visit } from './clinic.ts';
import { kinds, type Source } from './sources.ts';

const zone = 'America/Chicago';
/** What the clock on the wall shows now. */
const now = (): string => `${wallClockIn(zone, Date.now()).slice(0, 16)}:00`;

interface Step {
  readonly title: string;
  /** What happens in the EHR by then. */
  readonly change?: (clinic: Clinic) => void;
  /** The run; default: a night. */
  readonly run?: (night: Night) => Promise<NightResult>;
  /** What Redox takes, by event type. */
  readonly taken: Readonly<Record<string, number>>;
  /** What the run finds, as `kind entity id`. */
  readonly found?: readonly string[];
  /** Fewer rows than all are read. */
  readonly readsFew?: boolean;
}

/** The life of one clinic, in order. Every source goes through it, and Redox is sent the same: FHIR tells a silent change by what it exports, too. */
const steps: readonly Step[] = [
  {
    title: 'sends the whole clinic in the first night',
    run: (night) => night.nightly({ allowLargeChange: true }),
    taken: { NewPatient: 12, VisitPush: 13 },
  },
  { title: 'sends nothing in a quiet night', taken: {}, found: [] },
  {
    title: 'sends a day of edits',
    change: ({ patient: patients, visit: visits, problem: problems }) => {
      edit(patients, 3, { family: 'Changed', changed: now() });
      edit(visits, 104, { reason: 'Back pain', changed: now() });
      edit(visits, 202, { state: 'DONE', ended: '2026-02-28 12:00:00', changed: now() });
      problems.push(problem(3, 105, 'Type 2 diabetes'));
      edit(visits, 105, { changed: now() });
      patients.push(patient(13, { changed: now() }));
      visits.push(visit(113, 13, { changed: now() }));
    },
    taken: { NewPatient: 1, PatientUpdate: 1, VisitPush: 4 },
    found: [
      'changed encounter 104',
      'changed encounter 105',
      'changed patient 3',
      'new encounter 113',
      'new encounter 202',
      'new patient 13',
    ],
  },
  {
    title: 'sends a merge, which takes the visits along',
    change: ({ merge }) => {
      merge.push({ retired: '6', survivor: '5', merged: now() });
    },
    taken: { PatientMerge: 1 },
    found: ['merged merge 6'],
  },
  {
    title: 'sends a moved visit under its new patient',
    change: ({ visit: visits }) => {
      edit(visits, 107, { patient: '8', changed: now() });
    },
    taken: { VisitPush: 1 },
    found: ['changed encounter 107'],
  },
  {
    title: 'reports a visit that was cancelled after its push',
    change: ({ visit: visits }) => {
      edit(visits, 108, { state: 'VOID', changed: now() });
    },
    taken: {},
    found: ['cancelled_after_push encounter 108'],
  },
  {
    title: 'reports rows that are gone, and sends nothing for them',
    change: (clinic) => {
      clinic.visit = clinic.visit.filter(({ id }) => id !== '109');
      clinic.patient = clinic.patient.filter(({ id }) => id !== '9');
    },
    taken: {},
    found: ['cancelled_after_push encounter 108', 'gone encounter 109', 'gone patient 9'],
  },
  {
    title: 'leaves a silent change out of an intraday run',
    change: ({ patient: patients }) => {
      edit(patients, 10, { zip: '60601' });
      edit(patients, 11, { zip: '60601', changed: now() });
    },
    run: (night) => night.intraday(),
    taken: { PatientUpdate: 1 },
    found: ['cancelled_after_push encounter 108', 'changed patient 11'],
    readsFew: true,
  },
  {
    title: 'finds a silent change in the night',
    taken: { PatientUpdate: 1 },
    found: ['cancelled_after_push encounter 108', 'gone encounter 109', 'gone patient 9', 'silent_change patient 10'],
  },
  {
    title: 'sends nothing for a rerun of rows that are current',
    run: (night) => night.rerun({ kind: 'window', by: 'updated', ...lately() }),
    taken: {},
    readsFew: true,
  },
  {
    title: 'sends the visits of a window again by force',
    run: (night) =>
      night.rerun(
        {
          kind: 'window',
          by: 'activity',
          from: new Date('2026-02-28T06:00:00Z'),
          to: new Date('2026-03-01T06:00:00Z'),
        },
        { forced: true },
      ),
    taken: { PatientUpdate: 1, VisitPush: 1 },
    readsFew: true,
  },
  {
    title: 'finds by an audit what Redox has lost',
    run: (night) => {
      const { standIn } = night;
      standIn.tamper({ kind: 'forget_patient', patientId: 'M-3' });
      standIn.tamper({ kind: 'alter_patient', patientId: 'M-4', path: 'Demographics.LastName', value: 'Other' });
      standIn.tamper({ kind: 'forget_document', documentId: `${documentOid}^201` });
      return night.audit({ repairs: true });
    },
    taken: {},
    found: [
      'differs_at_redox patient 4 owed',
      'missing_at_redox encounter 103 owed',
      'missing_at_redox encounter 201 owed',
      'missing_at_redox patient 3 owed',
    ],
  },
  {
    title: 'sends what the audit found',
    taken: { NewPatient: 1, PatientUpdate: 1, VisitPush: 2 },
  },
  {
    title: 'finds nothing wrong by the next audit',
    run: (night) => night.audit({ hasContent: true }),
    taken: {},
    found: [],
  },
];

const lately = (): { readonly from: Date; readonly to: Date } => ({
  from: new Date(Date.now() - 3_600_000),
  to: new Date(Date.now() + 3_600_000),
});

describe.each(kinds)('a clinic in $name', ({ isHere, open }) => {
  const clinic = smallClinic();
  let source: Source;
  let night: Night;
  beforeAll(async () => {
    if (!isHere) return;
    source = await open();
    night = await openNight({ ehr: source.ehr });
  });
  afterAll(async () => {
    if (!isHere) return;
    await night.close();
    await source.drop();
  });

  it.skipIf(!isHere).each(steps)(
    '$title',
    async ({ change, run = (site) => site.nightly(), taken, found: expected, readsFew }) => {
      change?.(clinic);
      await source.hold(clinic);
      const result = await run(night);
      expect(result.taken).toEqual(taken);
      if (expected !== undefined) expect(found(result)).toEqual(expected);
      if (readsFew === true) expect(result.summary.encounters.read).toBeLessThan(8);
    },
  );
});
