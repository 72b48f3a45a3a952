/**
 * As fast as the disk: measures what a night costs, beside the least that the same work can cost on this machine in the same
 * run, prints a table and writes it into docs/performance.md.
 *
 *   npm run bench [-- --size 1] [--only quiet,plan,delivery,paced,csv,fhir,mariadb]
 *   npm run bench -- --size 10 --only large    (60 GB of disk)
 *
 * A size of 1 is a million patients and three million visits. The floor of each line is measured right beside it; the best of a
 * few rounds counts, for whatever else the machine does makes both slower.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureDelivery } from './delivery.ts';
import { measureExtracts } from './sources/extracts.ts';
import { measureFhir } from './sources/fhir.ts';
import { measureMariadb } from './sources/mariadb.ts';
import { measureLarge, measureNights } from './nights.ts';
import { measurePaced } from './paced.ts';
import { measurePlan } from './plan.ts';
import { describe, writePage } from './page.ts';
import { below, type Line } from './line.ts';
import { largestPeak } from './measured-job.ts';
import { openSite, small } from './site.ts';
import { startBareStandIn } from './stand-in.ts';

const { values } = parseArgs({ options: { size: { type: 'string', default: '0.1' }, only: { type: 'string' } } });
const size = Number(values.size);
const copies = Math.round((size * 1_000_000) / small.patients);
const parts = values.only?.split(',') ?? ['quiet', 'plan', 'delivery', 'paced', 'csv', 'fhir', 'mariadb'];

const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-bench-'));
// Where root runs the bench, Postgres runs as another user and needs a folder of its own.
const postgres = await mkdtemp(join(tmpdir(), 'redox-reconcile-bench-'));
const standIn = await startBareStandIn(0, '/dev/null');
const site = await openSite(postgres, folder, standIn.url).catch((error: unknown) => {
  standIn.close();
  throw error;
});
const lines: Line[] = [];
const keep = (line: Line): void => {
  lines.push(line);
  process.stdout.write(`${describe(line)}\n`);
};
try {
  if (parts.includes('delivery')) await measureDelivery(site, folder, keep);
  if (parts.includes('paced')) await measurePaced(site, keep);
  if (parts.includes('csv')) await measureExtracts(site, keep);
  if (parts.includes('fhir')) await measureFhir(site, Math.max(1, Math.round(70 * size)), keep);
  // While the EHR is as large as asked for; it only ever grows.
  const besides = async (quietMs: number | null): Promise<void> => {
    if (parts.includes('mariadb')) await measureMariadb(site, copies, keep);
    if (parts.includes('plan')) await measurePlan(site, copies, folder, keep, quietMs);
  };
  if (parts.includes('large')) await measureLarge(site, copies, keep);
  else if (parts.includes('quiet')) await measureNights(site, copies, keep, besides);
  else await besides(null);
  keep(below('peak memory of all these jobs', largestPeak.mb, 'MB', 120, 100, largestPeak.argv));
  if (values.only === undefined) await writePage(lines, size);
} finally {
  standIn.close();
  await site.close();
  for (const path of [folder, postgres]) await rm(path, { recursive: true, force: true });
}
