/** What people and Prometheus are shown of audits. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { jobs } from '../../../jobs/all.ts';
import { runCommandLine } from '../../../jobs/frame/command-line.ts';
import type { Environment } from '../../../src/config/config.ts';
import type { Summary } from '../../../src/report/summary.ts';
import { describeStatus, readStatus } from '../../../src/report/text/status.ts';
import type { Night, NightResult } from '../support/night.ts';
import { AuditSite } from './audit-site.ts';

/** What people read of a section: no tags, no line breaks. */
async function sectionOf({ reportFolder }: Pick<NightResult, 'reportFolder'>): Promise<string> {
  const page = await readFile(join(reportFolder, 'report.html'), 'utf8');
  const [section = ''] = /<section id="audited"[^]*?<\/section>/.exec(page) ?? [];
  return section.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

/** An audit by the command, which writes the metrics too. */
async function auditBy(
  night: Night,
  settings: Environment,
  ...flags: readonly string[]
): Promise<Pick<NightResult, 'runId' | 'reportFolder' | 'summary'> & { readonly printed: string }> {
  let printed = '';
  const [stdout, stderr] = [
    new PassThrough().on('data', (text) => (printed += String(text))),
    Object.assign(new PassThrough().resume(), { isTTY: false }),
  ];
  const environment = { ...night.environment, ...settings };
  const { signal } = new AbortController();
  expect(await runCommandLine(['audit', ...flags], { jobs, environment, stdout, stderr, signal })).toBe(0);
  const { rows } = await night.ledger.query('the run', 'SELECT run_id FROM run ORDER BY run_number DESC LIMIT 1');
  const [{ run_id: runId = '' } = {}] = rows as { run_id?: string }[];
  const reportFolder = join(night.reportDir, runId);
  const summary = JSON.parse(await readFile(join(reportFolder, 'summary.json'), 'utf8')) as Summary;
  return { runId, reportFolder, summary, printed };
}

it('page, status and metrics of audits say what is wrong and what is proved, without values', async () => {
  const audit = await AuditSite.open();
  const { night, site } = audit;
  const [gone, renamed] = await site.somePatients();
  await audit.forgetPatient(gone);
  await audit.alterPatient(renamed, 'Demographics.LastName', 'Anderswohl');
  const patients = await audit.patients();
  const lost = (await site.visitsOf(gone)).length;
  const whole = await night.audit();
  const documents = night.standIn.state().documents.size;
  const first = await sectionOf(whole);
  expect(first).toContain(`${patients} patients and ${documents} of their documents looked at: 2 patients wrong.`);
  expect(first).toContain(
    `Proved: ${patients - 2} of ${patients} patients and ${documents - lost} of their ${documents} documents are at Redox`,
  );
  expect(first).toContain('No other patient was left to look at.');
  expect(first).not.toContain('Wrong patients in percent');
  expect(whole.summary.audit?.round).toMatchObject({ assessed: patients, wrong: 2 });

  const metricsFile = join(night.reportDir, 'redox.prom');
  const sample = await auditBy(night, { METRICS_FILE: metricsFile }, '--sample', String(patients), '--seed', 'a');
  const bound = String(Math.ceil((sample.summary.audit?.wrong_at_most ?? 0) * 100));
  const page = await sectionOf(sample);
  expect(page).toContain(`with 95 % confidence at most ${bound} % of all patients that Redox was sent are wrong.`);
  expect(page).toContain('Not proved: which other patients are wrong (audit --all looks at each); the text of the doc');
  expect(page).toMatch(new RegExp(`missing 1 ${lost} `));
  expect(page).toContain('Wrong patients in percent, by audit');
  expect(page).toMatch(new RegExp(`Audits, the newest first .* sample ${patients} 2 ${bound} % .* all ${patients} 2 `));
  expect(page).toContain('--seed a draws it again');

  const metrics = await readFile(metricsFile, 'utf8');
  const value = (series: string): number | undefined => {
    const [, found] = metrics.split(`\nredox_reconcile_last_audit_${series} `);
    return found === undefined ? undefined : Number.parseFloat(found);
  };
  expect(value('results{entity="patient",result="missing"}')).toBe(1);
  expect(value('results{entity="patient",result="differs"}')).toBe(1);
  expect(value('results{entity="patient",result="found"}')).toBe(patients - 2);
  expect(value('results{entity="document",result="missing"}')).toBe(lost);
  expect(value('wrong_share')).toBe(2 / patients);
  expect(value('wrong_share_at_most')).toBe(sample.summary.audit?.wrong_at_most);

  const status = describeStatus(await readStatus(night.ledger), new Date()).join('\n');
  expect(status).toContain(`Read back         2 of ${patients} random patients wrong (`);
  expect(status).toContain('(its open-actions.csv)');
  expect(status).toContain('Needs a person    what was read back wrong, see below');
  expect(page).not.toContain('Rows of the EHR that were compared');
  expect(status).toContain(`So, 95 % sure     at most ${bound} % of all patients at Redox are wrong`);
  expect(status).toMatch(/^Audit --all {7}all patients looked at on \d{4}-\d\d-\d\d$/m);
  expect(status).toContain(`Not proved        see report.html of ${sample.runId}`);

  const empty = join(night.reportDir, 'empty.csv');
  await writeFile(empty, 'entity,entity_id\n');
  const nobody = await auditBy(night, {}, '--only', empty);
  expect(nobody.printed).toContain(`${empty} lists no patient, visit, summary or merge, so nobody is looked at.`);

  const names = await site.sql<{ name: string }>(
    'SELECT family_name AS name FROM clinic.person WHERE length(family_name) > 4',
  );
  for (const text of [first, page, metrics, status]) {
    for (const { name } of [...names, { name: 'Anderswohl' }]) expect(text).not.toContain(name);
  }
});
