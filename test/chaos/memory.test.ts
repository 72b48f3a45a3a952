/** Large pages, by the peak memory of the job in a process of its own. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isShort } from './support/budget.ts';
import type { Job } from './support/job.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

const megabyte = 1_000_000;
/** What a job may take beside the documents that are in flight at once. */
const besideDocumentsMb = 200;
/** As its first line starts the command, with what that sets. */
const byFirstLine = ['sh', '-c', 'shift; exec "$@"', 'sh'];
const concurrency = 8;

/** What a job may take however many rows there are. */
const beyondRowsMb = 120;

/** The most memory that a job takes until its end. */
async function peakOf(job: Job): Promise<number> {
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, peakMbOf(job.process.pid ?? 0))), 50);
  const { exitCode, said } = await job.ended;
  clearInterval(watch);
  expect([0, 2], said).toContain(exitCode);
  return peakMb;
}

/** The highest that the memory of a process has been, while it is alive. */
function peakMbOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe.skipIf(isShort || process.platform !== 'linux')('visits of many megabytes', () => {
  let site: ChaosSite;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ site, close } = await ChaosSite.open());
    await site.ehr.sql('CREATE TABLE note (encounter_id text, body text); CREATE INDEX ON note (encounter_id)');
    await mkdir(join(site.ehr.contract, 'sections'));
    const notes = "SELECT encounter_id, 'Progress note' AS name, body AS text FROM note WHERE encounter_id = ANY ($1)";
    await site.ehr.write('sections/notes.sql', notes);
  });
  afterAll(() => close());

  test.for([
    { patients: 12, visitMb: 3 },
    { patients: 8, visitMb: 5 },
    // As many as died every night at the same page: 1.8 GB by one job whose heap is 1 GB.
    { patients: 300, visitMb: 3 },
  ])(
    'sends $patients persons with visits of $visitMb MB each in little memory',
    { timeout: 2_400_000 },
    async ({ patients, visitMb }) => {
      const before = site.standIn.state().documents.size;
      await site.ehr.grow(patients);
      const sentence = 'The quick brown fox jumps over the lazy dog. ';
      const times = Math.floor((visitMb * megabyte) / 10 / sentence.length);
      await site.ehr.sql(`
      INSERT INTO note SELECT encounter_id, n || repeat('${sentence}', ${times})
      FROM visit, generate_series(1, 10) AS n
      WHERE encounter_id NOT IN (SELECT encounter_id FROM note)`);
      const settings = { DOCUMENT_SIZE_LIMIT: '20MB', NODE_OPTIONS: '--max-old-space-size=1024' };
      const peakMb = await peakOf(site.start('nightly', settings, byFirstLine));
      expect(site.standIn.state().documents.size - before).toBe(2 * patients);
      count('most memory of a night, MB', Math.round(peakMb));
      expect(peakMb).toBeLessThan(besideDocumentsMb + visitMb * concurrency);
    },
  );
});

describe.skipIf(isShort || process.platform !== 'linux')('rows by the hundred thousand', () => {
  let site: ChaosSite;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ site, close } = await ChaosSite.open());
    await site.ehr.saysWhen();
    await site.ehr.grow(20_000);
  });
  afterAll(() => close());

  test('are planned, with all messages looked at, in little memory', { timeout: 1_200_000 }, async () => {
    const peakMb = await peakOf(site.start('nightly --plan-only', {}, byFirstLine));
    count('most memory of a night, MB', Math.round(peakMb));
    expect(peakMb).toBeLessThan(beyondRowsMb);
  });

  test('are merges of a rerun in little memory', { timeout: 1_200_000 }, async () => {
    await site.ehr.sql(`
      INSERT INTO merge (retired_patient_id, surviving_patient_id)
      SELECT 'retired long ago, under the number ' || n, 'p1-1' FROM generate_series(1, 400000) AS n`);
    const peakMb = await peakOf(
      site.start('rerun --by activity --from 2026-01-01 --to 2027-12-31 --plan-only', {}, byFirstLine),
    );
    count('most memory of a night, MB', Math.round(peakMb));
    expect(peakMb).toBeLessThan(beyondRowsMb);
  });
});
