import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedgerToRead } from '../../../src/ledger/ledger.ts';
import { findRun } from '../../../src/report/text/status.ts';
import { report as writeReports } from '../../../src/report/reports.ts';
import { type ClinicNight, syncedClinic } from '../support/clinic-night.ts';
import { documentOid } from '../redox/stand-in-client.ts';
import { callRow, craftLedger, runRow } from '../support/report/report-ledger.ts';

/** The page of a run, as nights leave it. */

const pageIn = (folder: string): Promise<string> => readFile(join(folder, 'report.html'), 'utf8');

/** What people read: no tags, no line breaks. */
const wordsOf = (page: string): string =>
  page
    .replace(/<(style|script)>[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

/** Writes a run's reports again, in another place. */
async function writtenAgain({ night }: ClinicNight, runId: string): Promise<string> {
  const session = await openLedgerToRead(night.ledgerUrl);
  onTestFinished(() => session.close());
  const run = await findRun(session, runId);
  if (run === null) throw new Error(`no run ${runId}`);
  const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
  return pageIn((await writeReports([session], run, reportDir)).folder);
}

const refuse = (site: ClinicNight, visit: string): void => {
  site.night.standIn.misbehave([{ kind: 'status', status: 400, when: { documentId: `${documentOid}^${visit}` } }]);
};

describe('the page of a night', () => {
  it('shows the summary, and lists what is left', async () => {
    const site = await syncedClinic();
    const id = '9001';
    await site.register(id, 'PL-harm');
    await site.visit(id, id);
    refuse(site, id);
    const run = await site.night.nightly();
    expect(run.summary.calls).toMatchObject({ NewPatient: { accepted: 1 }, VisitPush: { rejected: 1 } });

    const page = await pageIn(run.reportFolder);
    expect(wordsOf(page)).toContain('Redox accepted 1 new patient; 1 line needs a person, and it is new.');
    expect(wordsOf(page)).toContain('Exit code 2: done, and there are new lines that need a person.');
    expect(wordsOf(page)).toContain('encounter 9001');
    expect((await stat(join(run.reportFolder, 'report.html'))).mode & 0o777).toBe(0o600);
  });

  it('is the same when written again, even after later nights', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.changePhone(patient, '608-555-0142');
    const run = await site.night.nightly();
    const before = await pageIn(run.reportFolder);
    await site.night.nightly();
    expect((await writtenAgain(site, run.runId)) === before).toBe(true);
  });

  it('says that a night was quiet, and shows the nights before', async () => {
    const site = await syncedClinic();
    const page = await pageIn((await site.night.nightly()).reportFolder);
    expect(wordsOf(page)).toMatch(/A quiet night: \d+ patients and \d+ visits compared, nothing to send\./);
    expect(wordsOf(page)).toContain('The last 2 nights');
    expect(wordsOf(page)).toMatch(/[\d,]+ calls accepted over 2 nights\. No night left calls open; all went through/);
  });

  it('counts what a sweep found changed without a newer updated_at', async () => {
    const site = await syncedClinic();
    const [loud, silent] = await site.somePatients();
    await site.clinic.changePhone(loud, '608-555-0142');
    await site.sql(
      "UPDATE clinic.person SET family_name = 'Silently', changed_at = '2020-01-01' WHERE person_id = $1",
      [silent],
    );
    const run = await site.night.nightly();
    expect(run.summary.watermark.missed).toBe(1);
    const page = await pageIn(run.reportFolder);
    expect(wordsOf(page)).toContain('Of 2 rows that sweeps found changed, 1 (50 %) had no newer updated_at');
    expect(wordsOf(page)).toContain('Patients name 1');
  });

  it('shows a refused night with its reason', async () => {
    const site = await syncedClinic();
    await site.sql('DELETE FROM clinic.merge_moved_visit');
    await site.sql('DELETE FROM clinic.visit');
    await expect(site.night.nightly()).rejects.toMatchObject({ exitCode: 75 });
    const { rows } = await site.night.ledger.query(
      'the last run',
      'SELECT run_id, failure FROM run ORDER BY run_number DESC LIMIT 1',
    );
    const page = await pageIn(join(site.night.reportDir, String(rows[0]?.['run_id'])));
    expect(wordsOf(page)).toContain('This night was refused, and nothing was sent.');
    expect(wordsOf(page)).toContain(String(rows[0]?.['failure']).slice(0, 40));
  });
});

describe('the page of a night with more lines than it shows', () => {
  it('shows some of every sort with their number, ids as text', async () => {
    const ledger = await craftLedger();
    onTestFinished(() => ledger.close());
    await ledger.insert('run', runRow('r-1', '2026-01-31T08:15:00Z'));
    await ledger.insert(
      'call',
      callRow(1, 'failed', { event_type: 'VisitPush', entity_id: '<img src=x onerror="alert(1)">', reason: 'timeout' }),
    );
    await ledger.session.query(
      'many lines',
      `INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
       SELECT 1, 'encounter', 'E-' || n, 'P-1', 'orphan', 'missing_patient' FROM generate_series(1, 2500) AS n`,
    );
    const session = await openLedgerToRead(ledger.database.url);
    onTestFinished(() => session.close());
    const reportDir = await mkdtemp(join(tmpdir(), 'reports-'));
    const page = await pageIn(
      (await writeReports([session], { number: 1, id: 'r-1', job: 'nightly' }, reportDir)).folder,
    );
    expect(page.match(/<tr\s+data-needs=/g)).toHaveLength(1000);
    expect(wordsOf(page)).toContain('The first 1,000 of 2,501 lines');
    expect(wordsOf(page)).toContain('2,500 orphan missing_patient');
    expect(wordsOf(page)).toContain('encounter &lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(page.includes('<img')).toBe(false);
  });
});
