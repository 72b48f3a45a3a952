/**
 * Keeps the site's health while the ledger cannot be reached; without it, every run of an outage would send an alert. The first
 * job that reaches the ledger again moves it there.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isReason, type HealthRecord, type Reason, siteStates } from '../decide/health.ts';
import { makeFolder, writeWhole } from '../report/report-file.ts';

const fileIn = (reportDir: string): string => join(reportDir, 'judgements.json');

/** More are of no use: an outage of weeks is one ending per job. */
const kept = 200;

const time = z.coerce.date();
const reasonList = z.array(z.string()).transform((list): Reason[] => list.filter(isReason));
const remembered = z.object({
  records: z.array(
    z.object({
      job: z.string(),
      planOnly: z.boolean(),
      exitCode: z.number().int(),
      recordedAt: time,
      runId: z.string().nullable(),
      dueAt: time,
      startedAt: time,
      reasons: reasonList,
      personLines: z.number().nullable(),
      findableShare: z.number().nullable(),
      missed: z.number().nullable(),
      lastAlert: z.object({ state: z.enum(siteStates), reasons: reasonList, at: time.nullable() }),
    }),
  ),
});

/** The records that the ledger lacks, the oldest first; empty if the file is unreadable. */
export async function readHealthFile(reportDir: string): Promise<readonly HealthRecord[]> {
  try {
    return remembered.parse(JSON.parse(await readFile(fileIn(reportDir), 'utf8'))).records;
  } catch {
    return [];
  }
}

export async function writeHealthFile(reportDir: string, records: readonly HealthRecord[]): Promise<void> {
  await makeFolder(reportDir);
  const text = JSON.stringify({ records: records.slice(-kept) }, null, 2);
  await writeWhole(fileIn(reportDir), (append) => append(`${text}\n`));
}

export const removeHealthFile = (reportDir: string): Promise<void> => rm(fileIn(reportDir), { force: true });
