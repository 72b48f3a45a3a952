import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import startSharedServer from '../../integration/support/postgres-server.ts';
import { tallyTable } from './tally.ts';

/** The server that holds the EHRs, and a place for the figures, which are printed at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-tally-'));
  const file = join(folder, 'tally');
  process.env['CHAOS_TALLY'] = file;
  const stop = await startSharedServer(project);
  return async () => {
    await stop();
    const table = tallyTable(file);
    if (table !== '') process.stdout.write(`\nWhat was tried against the job, and what came of it:\n${table}\n`);
    rmSync(folder, { recursive: true, force: true });
  };
}
