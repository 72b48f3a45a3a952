import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { calls, found, openActions, unsyncedClinic } from '../support/clinic-night.ts';
import {
  fieldSite,
  type FieldSite,
  type Files,
  manyEncounters,
  manyPatients,
  patientLines,
  patientsHeader,
  syncedSite,
} from '../support/field-site.ts';
import type { ListedRow } from '../../../src/run/policy.ts';
import type { NightResult } from '../support/night.ts';
import { documentOid } from '../redox/stand-in-client.ts';

/** The summary of a patient: when it is sent, held, moved and left alone. */

const encounters = (versions: Readonly<Record<string, string>> = {}, others: readonly string[] = []): string =>
  [
    'encounter_id,patient_id,class,status,started_at,ended_at,clinical_version',
    ...['E1,P001', 'E2,P002', 'E3,P003', 'E4,P004', ...others].map((visit) => {
      const [id = ''] = visit.split(',');
      return `${visit},outpatient,finished,2026-03-02 09:00:00,2026-03-02 09:30:00,${versions[id] ?? '1'}`;
    }),
    '',
  ].join('\n');

const medications = (...lines: readonly string[]): string => ['patient_id,name,status', ...lines, ''].join('\n');

const usual = ['P001,Aspirin,active', 'P002,Warfarin,active', 'P003,Metformin,active', 'P005,Insulin,active'] as const;

const merges = (...lines: readonly string[]): string =>
  ['retired_patient_id,surviving_patient_id', ...lines, ''].join('\n');

const contract = {
  'patients.sql': `SELECT ${patientsHeader.trim()}, summary_version FROM patients`,
  'encounters.sql':
    'SELECT encounter_id, patient_id, class, status, started_at, ended_at, clinical_version FROM encounters',
  'merges.sql': 'SELECT retired_patient_id, surviving_patient_id FROM merges',
  'summary/medications.sql': 'SELECT patient_id, name, status FROM medications WHERE patient_id = ANY ($1::text[])',
} as const;

/** Those with a visit have a version. */
const patients = (versions: Readonly<Record<string, string>> = {}): string =>
  [
    `${patientsHeader.trim()},summary_version`,
    ...patientLines
      .map((line) => line.trim())
      .map((line) => `${line},${versions[line.slice(0, 4)] ?? usualVersion(line)}`),
    '',
  ].join('\n');

const usualVersion = (line: string): string => (/^P00[1-4]/.test(line) ? '1' : '');

const filesOf = (files: Files = {}): Files => ({
  'patients.csv': patients(),
  'encounters.csv': encounters(),
  'merges.csv': merges(),
  'medications.csv': medications(...usual),
  ...files,
});

async function* listedRows(...ids: readonly string[]): AsyncGenerator<ListedRow> {
  for (const id of ids) yield await Promise.resolve({ entity: 'summary', id });
}

const openSite = (): Promise<FieldSite> => fieldSite({ contract });

/** The clinic after its first load, which is played once for all tests. */
const loadedSite = (): Promise<FieldSite> => syncedSite({ contract }, filesOf());

/** What Redox holds as the summary of a patient: whose it is, and the medications in it. */
function summaryOf(site: FieldSite, patient: string): { readonly of: string; readonly names: unknown[] } | null {
  const stored = site.standIn.state().documents.get(`${documentOid}^summary.${patient}`);
  if (stored === undefined) return null;
  const medications = (stored.message['Medications'] ?? []) as readonly JsonObject[];
  return { of: stored.patientId, names: medications.map((one) => (one['Product'] as JsonObject)['Name']) };
}

const summariesIn = (run: NightResult): string[] =>
  run
    .csv('calls')
    .filter(({ entity }) => entity === 'summary')
    .map(({ entity_id, kind, reason }) => [entity_id, kind, reason].filter((word) => word !== '').join(' '));

test('a first load sends one to each patient with a visit and with rows', async () => {
  const site = await openSite();
  const first = await site.run(filesOf());
  expect(summariesIn(first)).toEqual(['P001 accepted', 'P002 accepted', 'P003 accepted', 'P004 unneeded']);
  expect(summaryOf(site, 'P001')).toEqual({ of: 'M0001', names: ['Aspirin'] });
  // No rows, and no visit.
  expect([summaryOf(site, 'P004'), summaryOf(site, 'P005')]).toEqual([null, null]);
  expect(first.summary.summaries).toMatchObject({ read: 6, due: 4, new: 4, not_due: 2 });
  const header = site.standIn.state().documents.get(`${documentOid}^summary.P001`)?.message['Header'] as JsonObject;
  expect(header['Document']).toMatchObject({
    SetID: `${documentOid}^summary.P001`,
    TypeCode: { Code: '34133-9' },
    Title: 'Patient Summary',
  });
  // The visits of a lane come first.
  const own = first.csv('calls').filter(({ patient_id }) => patient_id === 'P001');
  expect(own.map(({ entity }) => entity)).toEqual(['patient', 'encounter', 'summary']);

  const quiet = await site.run(filesOf());
  expect([quiet.posts, calls(quiet), quiet.summary.summaries]).toEqual([0, [], expect.objectContaining({ read: 0 })]);
  // A setting that builds other messages makes them candidates, too.
  const named = await site.run(filesOf(), { settings: { DOCUMENT_TYPE: 'name' } });
  expect(summariesIn(named)).toEqual(summariesIn(first));
  expect(site.logged()).toMatch(/of 4 unchanged summaries about 3 are sent again/);
});

test('a first load planned in parts sends the same ones, each after its visits', async () => {
  const site = await openSite();
  const choices = { settings: { PLAN_AHEAD: '7' }, callsPerPart: 1 };
  const first = await site.run(filesOf(), choices);
  expect(first.summary.patients.waiting).toBeGreaterThan(0);
  expect(summariesIn(first).length).toBeGreaterThan(1);
  const second = await site.run(filesOf(), choices);
  expect(second.summary.patients.waiting).toBe(0);
  const all = [...summariesIn(first), ...summariesIn(second)].sort();
  expect(all).toEqual(['P001 accepted', 'P002 accepted', 'P003 accepted', 'P004 unneeded']);
  const due = [first, second].map(({ summary }) => summary.summaries?.due ?? 0);
  expect(due).toEqual([summariesIn(first).length, summariesIn(second).length]);
  const positions = first.csv('calls').map(({ entity }) => entity);
  expect(positions.slice(0, 3)).toEqual(['patient', 'encounter', 'summary']);
  expect((await site.run(filesOf())).posts).toBe(0);
});

test('that of a waiting new patient waits too, though a night before owed it', async () => {
  const site = await openSite();
  const last = (text: string): string =>
    text
      .split('\n')
      .filter((line) => !/P00[1-4]/.test(line))
      .join('\n');
  const all = filesOf({
    'patients.csv': patients({ P005: '1', P006: '1' }),
    'medications.csv': medications(...usual, 'P006,Zinc,active'),
  });
  const few = {
    ...all,
    'patients.csv': last(patients({ P005: '1', P006: '1' })),
    'encounters.csv': last(encounters()),
  };
  await site.run(few, { maxCalls: 1 });
  const choices = { settings: { PLAN_AHEAD: '2' }, callsPerPart: 1 };
  expect(summariesIn(await site.run(all, choices))).toEqual(['P001 accepted', 'P002 accepted', 'P005 accepted']);
  expect(summariesIn(await site.run(all, choices))).toEqual(['P003 accepted', 'P004 unneeded']);
  expect(summariesIn(await site.run(all))).toContain('P006 accepted');
  expect((await site.run(all)).posts).toBe(0);
});

test('a refused one is sent once a night that plans in parts', async () => {
  const site = await openSite();
  const documents = ['P002', 'P003'].map((patient) => `${documentOid}^summary.${patient}`);
  site.standIn.misbehave(
    documents.map((documentId) => ({ kind: 'status', status: 400, when: { documentId, nth: 1, times: 9 } })),
  );
  await site.run(filesOf());
  const visits = filesOf({ 'encounters.csv': encounters({}, ['E11,P001', 'E12,P002', 'E13,P003', 'E14,P004']) });
  const night = await site.run(visits, { settings: { PLAN_AHEAD: '3' }, callsPerPart: 1 });
  const refused = summariesIn(night).filter((line) => line.includes('rejected'));
  expect(refused.sort()).toEqual(['P002 rejected http_400', 'P003 rejected http_400']);
});

test('a patient has one by a visit where patients.sql has no summary_version', async () => {
  const patientsSql = `SELECT ${patientsHeader.trim()} FROM patients`;
  const site = await fieldSite({ contract: { ...contract, 'patients.sql': patientsSql } });
  const first = await site.run(filesOf());
  expect(summariesIn(first)).toEqual(['P001 accepted', 'P002 accepted', 'P003 accepted', 'P004 unneeded']);
  expect((await site.run(filesOf())).posts).toBe(0);
});

test('summary_version says who has one: with or without a visit', async () => {
  const site = await openSite();
  const files = filesOf({ 'patients.csv': patients({ P001: '', P005: '1' }) });
  expect(summariesIn(await site.run(files))).toEqual([
    'P002 accepted',
    'P003 accepted',
    'P004 unneeded',
    'P005 accepted',
  ]);
  expect(summaryOf(site, 'P005')).toEqual({ of: 'M0005', names: ['Insulin'] });
  expect((await site.run(files)).posts).toBe(0);
  const changed = { ...files, 'medications.csv': medications(...usual.slice(0, 3), 'P005,Metformin,active') };
  const told = await site.run({ ...changed, 'patients.csv': patients({ P001: '', P005: '2' }) });
  expect(calls(told)).toEqual(['PatientUpdate P005 unneeded', 'VisitPush P005 accepted']);
  // What Redox has follows to its end.
  const none = await site.run({
    ...changed,
    'medications.csv': medications(...usual.slice(0, 3)),
    'patients.csv': patients(),
  });
  expect(summariesIn(none)).toEqual(['P001 accepted', 'P005 accepted']);
  expect(summaryOf(site, 'P005')?.names).toEqual([]);
});

test('a clinical change sends just the summary of its patient again', async () => {
  const site = await loadedSite();
  const changed = medications('P001,Aspirin,active', 'P001,Ibuprofen,active', ...usual.slice(1));
  // Nothing says that a row has changed.
  expect((await site.run(filesOf({ 'medications.csv': changed }))).posts).toBe(0);
  const visit = { 'medications.csv': changed, 'encounters.csv': encounters({ E1: '2' }) };
  const run = await site.run(filesOf(visit));
  expect(calls(run)).toEqual(['VisitPush E1 unneeded', 'VisitPush P001 accepted']);
  expect(summaryOf(site, 'P001')?.names).toEqual(['Aspirin', 'Ibuprofen']);
  // A column of the patient's row says the same; without a change of the content nothing is sent.
  const told = await site.run(filesOf({ ...visit, 'patients.csv': patients({ P001: '2' }) }));
  expect(calls(told)).toEqual(['PatientUpdate P001 unneeded', 'VisitPush P001 unneeded']);
  // The first rows of a patient, and the last ones gone: what Redox has follows.
  const moved = medications('P004,Statin,active', ...usual.slice(1));
  const versions = patients({ P001: '3', P004: '2' });
  await site.run(filesOf({ ...visit, 'medications.csv': moved, 'patients.csv': versions }));
  expect([summaryOf(site, 'P001')?.names, summaryOf(site, 'P004')?.names]).toEqual([[], ['Statin']]);
});

test('a pushed visit that goes, reopens or returns has its summary looked at once', async () => {
  const site = await loadedSite();
  const visits = (change: (lines: string) => string): Files => ({ 'encounters.csv': change(encounters()) });
  const turns: readonly (readonly [string, (lines: string) => string])[] = [
    ['gone', (lines) => lines.replace(/E1,P001.*\n/, '')],
    ['back', (lines) => lines],
    ['reopened', (lines) => lines.replace(/(E1,P001,outpatient),finished/, '$1,open')],
    ['cancelled', (lines) => lines.replace(/(E1,P001,outpatient),finished/, '$1,cancelled')],
    ['back again', (lines) => lines],
  ];
  for (const [turn, change] of turns) {
    const files = filesOf({
      ...visits(change),
      'medications.csv': medications(`P001,${turn},active`, ...usual.slice(1)),
    });
    if (turn === 'gone' || turn === 'reopened') {
      const plan = await site.run(files, { planOnly: true });
      expect(summariesIn(plan), `${turn}, as a plan`).toEqual(['P001 not_started plan_only']);
    }
    expect(calls(await site.run(files)), turn).toEqual(['VisitPush P001 accepted']);
    expect(summaryOf(site, 'P001')?.names).toEqual([turn]);
    if (turn !== 'back') expect(calls(await site.run(files)), `${turn}, a night later`).toEqual([]);
  }
});

test("a merge pushes the retired patient's once more, with the survivor's content", async () => {
  const site = await loadedSite();
  const merged = {
    'merges.csv': merges('P001,P002'),
    'medications.csv': medications('P002,Aspirin,active', 'P002,Warfarin,active'),
  };
  // While the merge is refused, the retired patient's list stays where it is.
  site.standIn.misbehave([{ kind: 'status', status: 400, when: { eventType: 'PatientMerge' } }]);
  expect(summariesIn(await site.run(filesOf(merged)))).toEqual(['P001 blocked merge_failed', 'P002 accepted']);
  site.standIn.misbehave([]);
  expect(summariesIn(await site.run(filesOf(merged)))).toEqual(['P001 accepted', 'P002 unneeded']);
  for (const patient of ['P001', 'P002']) {
    expect(summaryOf(site, patient)).toEqual({ of: 'M0002', names: ['Aspirin', 'Warfarin'] });
  }
  expect((await site.run(filesOf(merged))).posts).toBe(0);
  // Once: a later change is the survivor's alone. An undone merge brings the patient's own list back.
  const later = { ...merged, 'patients.csv': patients({ P002: '2' }), 'medications.csv': medications(...usual) };
  expect(summariesIn(await site.run(filesOf(later)))).toEqual(['P002 accepted']);
  const undone = await site.run(filesOf({ ...later, 'merges.csv': merges() }), { allowLargeChange: true });
  expect(summariesIn(undone)).toContain('P001 accepted');
  expect(summaryOf(site, 'P001')).toEqual({ of: 'M0001', names: ['Aspirin'] });
});

test('a crash between a visit and the summary of its patient converges', async () => {
  const site = await loadedSite();
  const changed = {
    'medications.csv': medications('P001,Ibuprofen,active', ...usual.slice(1)),
    'encounters.csv': encounters({ E1: '2' }),
  };
  for (const [name, text] of Object.entries(changed)) await writeFile(join(site.folder, name), text);
  site.standIn.misbehave([{ kind: 'hang', taken: false, when: { documentId: `${documentOid}^summary.P001` } }]);
  const posts = site.standIn.requests().posts;
  const job = site.start('nightly');
  while (site.standIn.requests().posts === posts) await sleep(10);
  job.process.kill('SIGKILL');
  await job.ended;
  site.standIn.misbehave([]);
  await site.pass();
  expect(summaryOf(site, 'P001')?.names).toEqual(['Aspirin']);
  expect(summariesIn(await site.run(filesOf(changed)))).toEqual(['P001 accepted']);
  expect(summaryOf(site, 'P001')?.names).toEqual(['Ibuprofen']);
  // The dead process may have been paused only.
  expect(summariesIn(await site.resend())).toEqual(['P001 accepted sent_again']);
  expect((await site.run(filesOf(changed))).posts).toBe(0);
});

test('a refused one is held after three dates, until a row of its patient changes', async () => {
  const site = await loadedSite();
  const changed = {
    'medications.csv': medications('P001,Ibuprofen,active', ...usual.slice(1)),
    'patients.csv': patients({ P001: '2' }),
  };
  const on = (day: number): { readonly now: () => Date } => ({ now: () => new Date(Date.UTC(2026, 2, 9 + day, 18)) });
  site.standIn.misbehave([{ kind: 'status', status: 400, when: { documentId: `${documentOid}^summary.P001` } }]);
  for (const day of [1, 2, 3]) {
    expect(summariesIn(await site.run(filesOf(changed), on(day)))).toEqual(['P001 rejected http_400']);
  }
  const fourth = await site.run(filesOf(changed), on(4));
  expect([fourth.posts, openActions(fourth)]).toEqual([0, ['held summary P001 rejected']]);
  expect(fourth.summary.summaries).toMatchObject({ held: 1, due: 0 });
  site.standIn.misbehave([]);
  // A change of a visit may have mended it.
  const mended = { ...changed, 'encounters.csv': encounters({ E1: '2' }) };
  expect(summariesIn(await site.run(filesOf(mended), on(5)))).toEqual(['P001 accepted']);
  const quiet = await site.run(filesOf(mended), on(6));
  expect([quiet.posts, openActions(quiet)]).toEqual([0, []]);
});

test('a patient whose first visit is refused has none until Redox takes the visit', async () => {
  const patientsSql = `SELECT ${patientsHeader.trim()} FROM patients`;
  const site = await fieldSite({ contract: { ...contract, 'patients.sql': patientsSql } });
  const on = (day: number): { readonly now: () => Date } => ({ now: () => new Date(Date.UTC(2026, 2, 9 + day, 18)) });
  await site.run(filesOf(), on(0));
  const visited = (version: string): Files => filesOf({ 'encounters.csv': encounters({ E5: version }, ['E5,P005']) });
  const answers = { documentId: `${documentOid}^E5`, nth: 1, times: 100 };
  site.standIn.misbehave([{ kind: 'status', status: 504, when: answers }]);
  expect(calls(await site.run(visited('1'), on(1)))).toEqual([
    'VisitPush E5 unknown http_504',
    'VisitPush P005 superseded no_visit',
  ]);
  site.standIn.misbehave([{ kind: 'status', status: 400, when: answers }]);
  for (const day of [2, 3, 4]) {
    const run = await site.run(visited('2'), on(day));
    expect(calls(run), `day ${day}`).toEqual(['VisitPush E5 rejected http_400', 'VisitPush P005 superseded no_visit']);
    expect([run.posts, openActions(run)]).toEqual([1, ['rejected encounter E5 http_400']]);
  }
  const held = await site.run(visited('2'), on(5));
  expect([calls(held), openActions(held)]).toEqual([[], ['held encounter E5 rejected']]);
  expect((await site.resend({ includesHeld: true, ...on(5) })).taken).toEqual({});
  site.standIn.misbehave([]);
  const mended = await site.run(visited('3'), on(6));
  expect([calls(mended), openActions(mended)]).toEqual([['VisitPush E5 accepted', 'VisitPush P005 accepted'], []]);
  expect(summaryOf(site, 'P005')).toEqual({ of: 'M0005', names: ['Insulin'] });
  expect(calls(await site.run(visited('3'), on(7)))).toEqual([]);
});

test('a visit with the document id of a summary is invalid', async () => {
  const site = await loadedSite();
  const visits = encounters({}, ['summary.P001,P002', 'summary.of the year,P002']);
  const run = await site.run(filesOf({ 'encounters.csv': visits }));
  expect(found(run)).toEqual(['invalid encounter summary.P001 id_of_summary', 'new encounter summary.of the year']);
  expect(openActions(run)).toEqual(['invalid encounter summary.P001 id_of_summary']);
  expect(summaryOf(site, 'P001')).toEqual({ of: 'M0001', names: ['Aspirin'] });
});

test('listed, settled and restored ones are sent, and a plan is applied', async () => {
  const site = await loadedSite();
  const listed = (forced: boolean): Promise<NightResult> =>
    site.rerun({ kind: 'only', rows: () => listedRows('P003') }, { forced });
  expect(calls(await listed(false))).toEqual([]);
  expect(calls(await listed(true))).toEqual(['VisitPush P003 accepted']);
  // Unknown, and a person says that Redox has it.
  const changed = {
    'medications.csv': medications('P001,Ibuprofen,active', ...usual.slice(1)),
    'patients.csv': patients({ P001: '2' }),
  };
  site.standIn.misbehave([{ kind: 'reset_after', when: { documentId: `${documentOid}^summary.P001` } }]);
  expect(summariesIn(await site.run(filesOf(changed)))).toEqual(['P001 unknown connection_reset']);
  site.standIn.misbehave([]);
  expect((await site.settle('accepted', 'summary P001')).said).toEqual(['1 row settled as accepted.']);
  expect((await site.run(filesOf(changed))).posts).toBe(0);
  const plan = await site.run(filesOf({ ...changed, 'patients.csv': patients({ P001: '3' }) }), { planOnly: true });
  expect(summariesIn(plan)).toEqual(['P001 not_started plan_only']);
  expect(summariesIn(await site.apply(plan.runId))).toEqual(['P001 accepted']);
  // Everything may be lost at Redox: every summary goes out again with its patient.
  const restored = await site.run(filesOf(changed), { afterRestore: true, allowLargeChange: true });
  expect(summariesIn(restored)).toContain('P002 accepted');
});

test('one that may lack an unreadable line is left alone until the file is whole', async () => {
  const site = await loadedSite();
  const told = { 'patients.csv': patients({ P001: '2', P002: '2' }) };
  const broken = medications('P001', ...usual.slice(1));
  const run = await site.run(filesOf({ ...told, 'medications.csv': broken }), { allowLargeChange: true });
  expect(summariesIn(run)).toEqual(['P002 unneeded']);
  expect(found(run)).toContain('unread summary P001 section_unread');
  expect(summaryOf(site, 'P001')?.names).toEqual(['Aspirin']);
  // Its patient's row is the same as in the night before, and still it is looked at.
  const whole = medications('P001,Ibuprofen,active', ...usual.slice(1));
  expect(summariesIn(await site.run(filesOf({ ...told, 'medications.csv': whole })))).toEqual(['P001 accepted']);
});

describe('their first load asks for the flag', () => {
  const many = {
    'patients.csv': manyPatients(120),
    'encounters.csv': manyEncounters(120),
    'medications.csv': medications(
      ...Array.from({ length: 120 }, (_, row) => `P${`${row + 1}`.padStart(3, '0')},Aspirin,active`),
    ),
  };
  const openMany = (): Promise<FieldSite> =>
    fieldSite({ contract: { 'summary/medications.sql': contract['summary/medications.sql'] } });
  const expectRefused = async (site: FieldSite): Promise<void> => {
    const { exitCode, message } = await site.refusal(many);
    expect(exitCode).toBe(75);
    expect(message).toContain('120 summaries of patients are new (100% of the 120 patients');
    expect(message).toContain('none was sent before, because summary/ is new in the contract, or because `baseline`');
    const loaded = await site.run(many, { allowLargeChange: true });
    expect(loaded.summary.summaries).toMatchObject({ due: 120, new: 120 });
    expect(loaded.posts).toBe(120);
  };

  test('and once, though Redox refuses the visits that they wait for', async () => {
    const site = await openMany();
    const refused = Array.from({ length: 40 }, (_, row) => `${documentOid}^E${`${row + 1}`.padStart(3, '0')}`);
    site.standIn.misbehave(
      refused.map((documentId) => ({ kind: 'status', status: 400, when: { documentId, nth: 1, times: 100 } })),
    );
    const on = (day: number): { readonly now: () => Date } => ({ now: () => new Date(Date.UTC(2026, 2, 9 + day, 18)) });
    const first = await site.run(many, { allowLargeChange: true, ...on(1) });
    expect(first.summary.calls.VisitPush).toMatchObject({ accepted: 160, rejected: 40, superseded: 40 });
    for (const day of [2, 3]) {
      const { VisitPush } = (await site.run(many, on(day))).summary.calls;
      expect(VisitPush, `day ${day}`).toMatchObject({ rejected: 40, superseded: 40 });
    }
    expect((await site.run(many, on(4))).posts).toBe(0);
    site.standIn.misbehave([]);
    const mended = { ...many, 'encounters.csv': many['encounters.csv'].replaceAll('cough', 'Cough') };
    const night = await site.run(mended, { ...on(5), allowLargeChange: true });
    expect(night.summary.summaries).toMatchObject({ new: 40 });
    expect(night.summary.calls.VisitPush).toMatchObject({ accepted: 160, superseded: 0, rejected: 0 });
  });

  /** Until a night ago its contract had no summary/. */
  const openTold = async (): Promise<FieldSite> => {
    const site = await openMany();
    await rename(join(site.folder, '../contract/summary'), join(site.folder, '../summary'));
    await site.run(many, { allowLargeChange: true });
    expect((await site.run(many)).summary.summaries).toBeUndefined();
    await rename(join(site.folder, '../summary'), join(site.folder, '../contract/summary'));
    return site;
  };

  test('at a site that is told', async () => {
    const site = await openTold();
    await expectRefused(site);
    expect((await site.run(many)).posts).toBe(0);
  });

  test('after a baseline, which leaves them to be sent', async () => {
    const site = await openMany();
    for (const [name, text] of Object.entries(many)) await writeFile(join(site.folder, name), text);
    expect((await site.baseline()).posts).toBe(0);
    await expectRefused(site);
  });

  test('in several nights where they are more than PLAN_AHEAD', async () => {
    const site = await openTold();
    const settings = { PLAN_AHEAD: '50' };
    const { message } = await site.refusal(many, { settings });
    expect(message).toContain('120 summaries of patients are new (100% of the 120 patients');
    // 15 new patients come with a visit each, and with summaries that have no rows.
    const more = { ...many, 'patients.csv': manyPatients(135), 'encounters.csv': manyEncounters(135) };
    const nights = [
      { choices: { allowLargeChange: true }, posts: 30 + 20, due: 15 + 20, waiting: 100 },
      // What was not started counts, so the plan grows by no more than was sent.
      { choices: { maxCalls: 10 }, posts: 10, due: 50, waiting: 50 },
      { choices: {}, posts: 50, due: 50, waiting: 40 },
      { choices: {}, posts: 40, due: 40, waiting: 0 },
      { choices: {}, posts: 0, due: 0, waiting: 0 },
    ];
    for (const { choices, posts, due, waiting } of nights) {
      const night = await site.run(more, { settings, ...choices });
      expect(night.posts).toBe(posts);
      expect(night.summary.summaries).toMatchObject({ due, waiting });
      expect(night.summary.waiting.VisitPush).toBe(waiting);
    }
  });
});

test('first ones that wait are sent by runs of --mode changes alone', async () => {
  const contract = await mkdtemp(join(tmpdir(), 'contract-'));
  onTestFinished(() => rm(contract, { recursive: true }));
  await cp(join(packageRoot, 'sql/ehr/demo'), contract, { recursive: true });
  await rename(join(contract, 'summary'), join(contract, 'later'));
  const { night } = await unsyncedClinic({ EHR_CONTRACT: contract });
  await night.nightly();
  await rename(join(contract, 'later'), join(contract, 'summary'));
  const settings = { PLAN_AHEAD: '9' };
  let run = await night.nightly({ settings, allowLargeChange: true });
  expect(run.summary.waiting.VisitPush).toBeGreaterThan(9);
  let sent = summariesIn(run).length;
  for (let runs = 1; run.summary.waiting.VisitPush > 0; runs += 1) {
    run = await night.intraday({ settings });
    expect(run.summary.summaries?.due).toBeLessThanOrEqual(9);
    sent += summariesIn(run).length;
    expect(runs).toBeLessThan(20);
  }
  expect(sent).toBeGreaterThan(20);
  expect(calls(await night.nightly())).toEqual([]);
});

test('an intraday sends one whose visit was updated, also after a stop', async () => {
  const site = await unsyncedClinic({ EHR_CONTRACT: join(packageRoot, 'sql/ehr/demo') });
  const { night } = site;
  await night.nightly();
  const [patient] = await site.somePatients();
  await site.visit('70', patient);
  await site.sql("INSERT INTO clinic.vaccination VALUES (70, 1, '2026-02-27 09:10', 'LOT')");
  const stopped = await night.intraday({ maxCalls: 1 });
  expect([stopped.posts, summariesIn(stopped)]).toEqual([1, [`${patient} not_started`]]);
  expect(summariesIn(await night.intraday())).toEqual([`${patient} accepted`]);
  expect((await night.nightly()).posts).toBe(0);
});

test('a visit that moves in an intraday leaves no old summary behind', async () => {
  const site = await unsyncedClinic({ EHR_CONTRACT: join(packageRoot, 'sql/ehr/demo') });
  const { night } = site;
  const [former, latter] = await site.somePatients();
  await site.visit('70', former);
  await site.sql("INSERT INTO clinic.vaccination VALUES (70, 1, '2026-02-27 09:10', 'LOT')");
  await night.nightly();
  await site.clinic.moveVisit('70', latter);
  expect(summariesIn(await night.intraday())).toContain(`${latter} accepted`);
  expect(summariesIn(await night.nightly())).toContain(`${former} accepted`);
  expect((await night.nightly()).posts).toBe(0);
});
