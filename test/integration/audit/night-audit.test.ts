import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { QueryAnswers } from '../../../src/sandbox/redox/queries/query-answers.ts';
import { calls, found, openActions } from '../support/clinic-night.ts';
import type { ListedRow } from '../../../src/run/policy.ts';
import { AuditSite, expectAllRight, wrongIn } from './audit-site.ts';

async function* listed(...rows: readonly ListedRow[]): AsyncGenerator<ListedRow> {
  for (const row of rows) yield await Promise.resolve(row);
}

describe('an audit of a true copy', () => {
  it('finds every patient and document, by three queries a patient', async () => {
    const audit = await AuditSite.open();
    const patients = await audit.patients();
    const run = await audit.night.audit();
    expectAllRight(run);
    const { documents } = audit.night.standIn.state();
    expect(run.summary.audit).toMatchObject({
      scope: 'all',
      whole: true,
      assessed: patients,
      documents: { found: documents.size },
      matched_by: { id: documents.size, id_end: 0, visit: 0 },
      queries: run.posts,
      repaired: null,
    });
    expect([found(run), openActions(run)]).toEqual([[], []]);
    // A patient without a ZIP is not searched for by it.
    expect(run.posts).toBeLessThanOrEqual(3 * patients);
    expect(run.posts).toBeGreaterThan(2 * patients);
    const page = await readFile(join(run.reportFolder, 'report.html'), 'utf8');
    expect(page).toContain(`${patients} patients and ${documents.size} of their documents looked at: none wrong`);
    const { rows } = await audit.night.ledger.query(
      'queries',
      'SELECT sum(queries)::integer AS queries FROM audit_query',
    );
    expect(rows).toEqual([{ queries: run.posts }]);
  });

  it.each<[string, QueryAnswers]>([
    ['names another event', { eventType: 'documented' }],
    ['lists nothing without an error', { noDocuments: 'empty_list' }],
    ['answers 404 for nothing', { noDocuments: 'not_found' }],
    ['puts another root before the ids', { documentIds: 'other_root' }],
    ['gives documents ids of its own', { documentIds: 'own' }],
    ['gives ids of its own and no visits', { documentIds: 'own', documentVisits: 'left_out' }],
    ['writes times without fractions', { times: 'without_milliseconds' }],
    ['lists every version', { versions: 'all' }],
    ['leaves insurances out', { insurance: 'left_out' }],
    ['has keys that nobody knows', { unknownKeys: true }],
  ])('finds all where Redox %s', async (_title, answers) => {
    const audit = await AuditSite.open();
    audit.answersAs(answers);
    expectAllRight(await audit.night.audit());
  });
});

describe('an audit of a copy with faults', () => {
  it('says what is missing, differs or is unexpected, and no value', async () => {
    const audit = await AuditSite.open();
    const [gone, renamed, less, more, twin] = await audit.site.somePatients();
    await audit.forgetPatient(gone);
    await audit.alterPatient(renamed, 'Demographics.LastName', 'Anderswohl');
    await audit.alterPatient(renamed, 'Demographics.PhoneNumber', null);
    const [visit] = await audit.site.visitsOf(less);
    audit.forgetDocument(visit);
    const [moved] = await audit.site.visitsOf(more);
    audit.alterDocument(moved, 'Header.Document.DateTime', '2020-01-01T00:00:00.000Z');
    audit.addDocument(moved, '99999');
    await audit.addTwin(twin, 'TWIN-1');
    const run = await audit.night.audit();
    const lost = await audit.site.visitsOf(gone);
    expect(wrongIn(run)).toEqual(
      [
        ...lost.map((id) => `missing encounter ${id}`),
        `differs patient ${renamed} contact name`,
        `differs encounter ${moved} version`,
        `missing encounter ${visit}`,
        `missing patient ${gone}`,
        `unexpected patient ${more}`,
        `unexpected patient ${twin}`,
      ].sort(),
    );
    expect(run.exitCode).toBe(2);
    expect(openActions(run)).toEqual(
      expect.arrayContaining([
        `missing_at_redox patient ${gone}`,
        `differs_at_redox patient ${renamed}`,
        `missing_at_redox encounter ${visit}`,
        `unexpected_at_redox patient ${more} document`,
        `unexpected_at_redox patient ${twin} patient`,
      ]),
    );
    expect(run.summary.audit?.wrong).toBe(5);
    // None of the lost documents counts as one that Redox has, and open-actions.csv names the groups as audit.csv does.
    expect(run.csv('audit').find(({ entity_id }) => entity_id === gone)).toMatchObject({ documents: '0' });
    expect(run.csv('open-actions').filter(({ kind }) => kind === 'differs_at_redox')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ entity_id: renamed, detail: 'contact name' }),
        expect.objectContaining({ entity_id: moved, detail: 'version' }),
      ]),
    );
    const texts = await Promise.all(
      ['audit.csv', 'report.html', 'summary.json'].map((file) => readFile(join(run.reportFolder, file), 'utf8')),
    );
    for (const text of [...texts, audit.night.logged()]) expect(text).not.toContain('Anderswohl');
  });

  it('says that others cannot find a patient', async () => {
    const audit = await AuditSite.open();
    const [patient] = await audit.site.somePatients();
    const name = (await audit.site.stored(patient))?.demographics['LastName'];
    if (typeof name !== 'string') throw new Error(`the stand-in has no last name of ${patient}`);
    // A blank differs under exact matching, and in no way that a person sees.
    await audit.alterPatient(patient, 'Demographics.LastName', `${name} `);
    const run = await audit.night.audit();
    expect(wrongIn(run)).toEqual([`not_findable patient ${patient}`]);
    expect(openActions(run)).toEqual([`differs_at_redox patient ${patient} not_findable`]);
  });

  it('leaves out of its figure what got no answer', async () => {
    const audit = await AuditSite.open();
    const [patient, other] = await audit.site.somePatients();
    audit.night.standIn.misbehave([
      { kind: 'status', status: 500, when: { eventType: 'Query', patientId: await audit.site.mrnOf(patient) } },
      { kind: 'meta_errors', when: { eventType: 'DocumentQuery', patientId: await audit.site.mrnOf(other) } },
    ]);
    const run = await audit.night.audit();
    const { unanswered, assessed } = run.summary.audit ?? {};
    expect([unanswered, assessed, run.exitCode]).toEqual([2, (await audit.patients()) - 2, 0]);
    expect(wrongIn(run)).toContain(`unanswered patient ${patient}`);
    expect(found(run)).toEqual([]);
    const page = await readFile(join(run.reportFolder, 'report.html'), 'utf8');
    expect(page).toContain('2 patients got no answer and are left out');
  });

  it('does not look at rows that changed since they were sent', async () => {
    const audit = await AuditSite.open();
    const [renamed, late] = await audit.site.somePatients();
    await audit.site.clinic.renamePatient(renamed, 'Changed');
    await audit.forgetPatient(renamed);
    expect(wrongIn(await audit.night.audit())).toEqual([`not_yet_synced patient ${renamed}`]);
    await audit.forgetPatient(late);
    const run = await audit.night.audit({ settings: { CONFIRM_WITHIN: '6h' } });
    expect(run.summary.audit).toMatchObject({ assessed: 0, patients: { not_yet_synced: await audit.patients() } });
    expect(found(run)).toEqual([]);
  });

  it('reads documents themselves with --content', async () => {
    const audit = await AuditSite.open();
    const [patient] = await audit.site.somePatients();
    const [old] = await audit.site.visitsOf(patient);
    audit.alterDocument(old, 'Header.Document.VersionNumber', '1');
    const before = await audit.night.audit();
    expectAllRight(before);
    const run = await audit.night.audit({ hasContent: true });
    expect(wrongIn(run)).toEqual([`differs encounter ${old} version`]);
    expect(run.summary.audit?.queries).toBe(
      (before.summary.audit?.queries ?? 0) + audit.night.standIn.state().documents.size,
    );
    audit.answersAs({ cdaIds: 'whole' });
    expect(wrongIn(await audit.night.audit({ hasContent: true }))).toEqual([`differs encounter ${old} version`]);
  });
});

describe('an audit that may assess nothing', () => {
  it.each<[string, QueryAnswers]>([
    ['searches', { unsubscribed: ['PatientSearch'] }],
    ['searches, in a 200', { unsubscribed: ['PatientSearch'], refusals: 'meta_errors' }],
    ['lists of documents', { unsubscribed: ['Clinical Summary'] }],
  ])('is refused where Redox allows no %s', async (_title, answers) => {
    const audit = await AuditSite.open();
    audit.answersAs(answers);
    await expect(audit.night.audit()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(/no subscription\).*Ask Redox to add (PatientSearch|Clinical Summary)/) as string,
    });
    const { rows } = await audit.night.ledger.query(
      'lines',
      'SELECT FROM audit_line UNION ALL SELECT FROM audit_finding',
    );
    expect(rows).toEqual([]);
  });

  it('is refused if no listed document is one that was sent', async () => {
    const audit = await AuditSite.open();
    audit.answersAs({ documentIds: 'own', documentVisits: 'left_out' });
    await audit.night.ledger.query('lost times', 'UPDATE encounter SET document_time = NULL');
    await expect(audit.night.audit()).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringContaining('Nothing was assessed') as string,
    });
    const { rows } = await audit.night.ledger.query(
      'lines',
      'SELECT FROM audit_line UNION ALL SELECT FROM audit_finding',
    );
    expect(rows).toEqual([]);
  });
});

describe('who is looked at', () => {
  it('is drawn by the seed alone', async () => {
    const audit = await AuditSite.open();
    const drawn = async (seed: string): Promise<readonly string[]> => {
      const run = await audit.night.audit({ scope: { kind: 'sample', size: 20, seed } });
      expect(run.summary.audit).toMatchObject({ assessed: 20, seed, wrong_at_most: 0.1392 });
      return run.csv('audit').map(({ entity_id = '' }) => entity_id);
    };
    const first = await drawn('a');
    expect([await drawn('a'), new Set(first).size]).toEqual([first, 20]);
    expect(await drawn('b')).not.toEqual(first);
  });

  it('is listed by a person, as patients or by their documents', async () => {
    const audit = await AuditSite.open();
    const [patient, other] = await audit.site.somePatients();
    const [visit] = await audit.site.visitsOf(other);
    const rows = () => listed({ entity: 'patient', id: patient }, { entity: 'encounter', id: visit });
    const run = await audit.night.audit({ scope: { kind: 'only', rows } });
    expect(
      run
        .csv('audit')
        .map(({ entity_id }) => entity_id)
        .sort(),
    ).toEqual([patient, other].sort());
    expect(run.summary.audit).toMatchObject({ wrong_at_most: null, wrong: 0 });
  });

  it('is everybody once, over nights that each stop early', async () => {
    const audit = await AuditSite.open();
    audit.night.standIn.misbehave([{ kind: 'delay', ms: 20 }]);
    for (const nights of [1, 2]) {
      const stop = new AbortController();
      const asked = audit.night.standIn.requests().posts;
      const auditing = audit.night.audit({ signal: stop.signal, pageSize: 7 });
      await vi.waitFor(() => {
        expect(audit.night.standIn.requests().posts).toBeGreaterThan(asked + 60);
      }, 60_000);
      stop.abort('SIGTERM');
      const run = await auditing;
      expect([nights, run.exitCode, run.summary.audit?.whole]).toEqual([nights, 3, false]);
    }
    audit.night.standIn.misbehave([]);
    expect(Math.max(...(await audit.looks()))).toBe(1);
    const last = await audit.night.audit({ pageSize: 7 });
    expect([last.exitCode, last.summary.audit?.whole]).toEqual([0, true]);
    expect(new Set(await audit.looks())).toEqual(new Set([1]));
    const next = await audit.night.audit();
    expect(next.summary.audit?.assessed).toBe(await audit.patients());
  });

  it('is nobody any more after --until', async () => {
    const audit = await AuditSite.open();
    const run = await audit.night.audit({ until: new Date(Date.now() + 1) });
    expect([run.exitCode, run.summary.audit?.whole, run.posts]).toEqual([3, false, 0]);
  });
});

describe('an audit beside other runs', () => {
  it('never keeps a night waiting, and goes on after it', async () => {
    const audit = await AuditSite.open();
    const [patient] = await audit.site.somePatients();
    audit.night.standIn.misbehave([{ kind: 'delay', ms: 30, when: { eventType: 'Query' } }]);
    const auditing = audit.night.audit({ pageSize: 5 });
    await vi.waitFor(async () => {
      expect(Math.max(...(await audit.looks()))).toBe(1);
    }, 30_000);
    await audit.site.clinic.renamePatient(patient, 'Changed');
    const night = await audit.night.nightly();
    expect([night.exitCode, calls(night)]).toEqual([0, [`PatientUpdate ${patient} accepted`]]);
    const run = await auditing;
    expect([run.exitCode, run.summary.audit?.whole, run.summary.audit?.wrong]).toEqual([0, true, 0]);
    expect(new Set(await audit.looks())).toEqual(new Set([1]));
    const { rows } = await audit.night.ledger.query('runs', "SELECT status FROM run WHERE job IN ('audit', 'nightly')");
    expect(rows).toContainEqual({ status: 'done' });
    expect(rows).not.toContainEqual({ status: 'interrupted' });
  });

  it('is refused while another audit goes on', async () => {
    const audit = await AuditSite.open();
    audit.night.standIn.misbehave([{ kind: 'delay', ms: 600 }]);
    const auditing = audit.night.audit();
    await vi.waitFor(() => {
      expect(audit.night.standIn.requests().posts).toBeGreaterThan(0);
    }, 30_000);
    await expect(audit.night.audit()).rejects.toThrow('Another audit is going on');
    audit.night.standIn.misbehave([]);
    expect((await auditing).exitCode).toBe(0);
  });

  it('that was killed is found by the next start, and the next audit goes on', async () => {
    const audit = await AuditSite.open();
    audit.night.standIn.misbehave([{ kind: 'delay', ms: 50 }]);
    const { process: child, ended } = audit.night.start('audit', '--all');
    await vi.waitFor(() => {
      expect(audit.night.standIn.requests().postedByEvent['Query'] ?? 0).toBeGreaterThan(5);
    }, 60_000);
    child.kill('SIGKILL');
    await ended;
    audit.night.standIn.misbehave([]);
    await audit.night.nightly();
    const { rows } = await audit.night.ledger.query('runs', "SELECT status FROM run WHERE job = 'audit'");
    expect(rows).toEqual([{ status: 'interrupted' }]);
    expectAllRight(await audit.night.audit());
    expect(new Set(await audit.looks())).toEqual(new Set([1]));
  });
});

describe('a repair', () => {
  it('has the next night send what is missing or differs', async () => {
    const audit = await AuditSite.open();
    const [gone, renamed, less] = await audit.site.somePatients();
    await audit.forgetPatient(gone);
    await audit.alterPatient(renamed, 'Demographics.LastName', 'Other');
    const [visit] = await audit.site.visitsOf(less);
    audit.forgetDocument(visit);
    const visits = [visit, ...(await audit.site.visitsOf(gone))];
    const run = await audit.night.audit({ repairs: true });
    expect([run.exitCode, run.summary.audit?.repaired]).toEqual([0, 2 + visits.length]);
    expect(openActions(run)).toEqual(
      [
        `differs_at_redox patient ${renamed} owed`,
        `missing_at_redox patient ${gone} owed`,
        ...visits.map((id) => `missing_at_redox encounter ${id} owed`),
      ].sort(),
    );
    expect(calls(await audit.night.nightly()).sort()).toEqual(
      [
        `NewPatient ${gone} accepted`,
        `PatientUpdate ${renamed} accepted`,
        ...visits.map((id) => `VisitPush ${id} accepted`),
      ].sort(),
    );
    await audit.site.expectRedoxIsTrue();
    expectAllRight(await audit.night.audit({ repairs: true }));
    expect(calls(await audit.night.nightly())).toEqual([]);
  });

  it('is done by runs that read only changes too', async () => {
    const audit = await AuditSite.open();
    const [patient] = await audit.site.somePatients();
    await audit.alterPatient(patient, 'Demographics.LastName', 'Other');
    await audit.night.audit({ repairs: true });
    expect(calls(await audit.night.intraday())).toEqual([`PatientUpdate ${patient} accepted`]);
  });

  it('owes a row once, and leaves it to a person if it looks the same again', async () => {
    const audit = await AuditSite.open();
    const [patient] = await audit.site.somePatients();
    await audit.alterPatient(patient, 'Demographics.LastName', 'Other');
    await audit.night.audit({ repairs: true });
    expect(calls(await audit.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
    await audit.alterPatient(patient, 'Demographics.LastName', 'Other');
    const again = await audit.night.audit({ repairs: true });
    expect([openActions(again), again.exitCode]).toEqual([[`differs_at_redox patient ${patient} again`], 2]);
    expect(calls(await audit.night.nightly())).toEqual([]);
    // Another group is another fault.
    await audit.alterPatient(patient, 'Demographics.DOB', '1900-01-02');
    expect(openActions(await audit.night.audit({ repairs: true }))).toEqual([
      `differs_at_redox patient ${patient} owed`,
    ]);
    expect(calls(await audit.night.nightly())).toEqual([`PatientUpdate ${patient} accepted`]);
  });

  it('takes up what an earlier audit found', async () => {
    const audit = await AuditSite.open();
    const [renamed, other] = await audit.site.somePatients();
    await audit.alterPatient(renamed, 'Demographics.LastName', 'Other');
    expect((await audit.night.audit()).exitCode).toBe(2);
    const rows = () => listed({ entity: 'patient', id: other });
    const run = await audit.night.audit({ scope: { kind: 'only', rows }, repairs: true });
    expect(found(run)).toEqual([`differs_at_redox patient ${renamed} owed`]);
    expect(calls(await audit.night.nightly())).toEqual([`PatientUpdate ${renamed} accepted`]);
  });

  it('of more than LARGE_CHANGE needs a person', async () => {
    const audit = await AuditSite.open();
    const visits = [...audit.night.standIn.state().documents.keys()];
    const lost = visits.slice(0, Math.ceil(visits.length / 3));
    for (const documentId of lost) audit.night.standIn.tamper({ kind: 'forget_document', documentId });
    await expect(audit.night.audit({ repairs: true })).rejects.toMatchObject({
      exitCode: 75,
      message: expect.stringMatching(/documents looked at .*LARGE_CHANGE allows.*nothing is owed/) as string,
    });
    expect(calls(await audit.night.nightly())).toEqual([]);
    const run = await audit.night.audit({ repairs: true, allowLargeChange: true });
    expect(run.summary.audit?.repaired).toBe(lost.length);
    expect(calls(await audit.night.nightly())).toHaveLength(lost.length);
    await audit.site.expectRedoxIsTrue();
  });
});

describe('what Redox loses after its log succeeded', () => {
  it('is found by an audit of all, and sent by the next night', async () => {
    const losses = fc.record({ nth: fc.integer({ min: 1, max: 4 }), every: fc.integer({ min: 1, max: 4 }) });
    const property = fc.asyncProperty(losses, fc.subarray([0, 1, 2, 3, 4]), async (when, changed) => {
      const audit = await AuditSite.open();
      const patients = await audit.site.somePatients();
      for (const index of changed) {
        const patient = patients[index] ?? patients[0];
        await audit.site.clinic.renamePatient(patient, `Changed${index}`);
        await audit.site.visit(`900${index}`, patient);
        await audit.site.register(`90${index}`, `M90${index}`);
        await audit.site.visit(`910${index}`, `90${index}`);
      }
      audit.night.standIn.misbehave([{ kind: 'inside', fate: 'lost', when }]);
      await audit.night.nightly({ allowLargeChange: true });
      audit.night.standIn.misbehave([]);
      await audit.night.audit({ repairs: true, allowLargeChange: true });
      await audit.night.nightly({ allowLargeChange: true });
      await audit.site.expectRedoxIsTrue();
    });
    await fc.assert(property, { numRuns: 3, seed: 1 });
  });
});
