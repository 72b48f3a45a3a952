import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeStatus, readStatus } from '../../../src/report/text/status.ts';
import { type Night, type NightResult, openNight } from '../support/night.ts';

/** What people are told where lines of an extract were left out: status, page, CSV and terminal say the same number. */

const patient = (number: number, firstName = 'Ada'): string => `P${number},${firstName},Miller,1980-05-04,60601`;

interface Site {
  readonly night: Night;
  readonly write: (patients: readonly string[]) => Promise<void>;
}

async function site(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'left-out-'));
  const write = (patients: readonly string[]): Promise<void> =>
    writeFile(
      join(folder, 'patients.csv'),
      `${['patient_id,first_name,last_name,birth_date,zip', ...patients].join('\n')}\n`,
    );
  await writeFile(join(folder, 'encounters.csv'), 'encounter_id,patient_id,status\n');
  await writeFile(join(folder, 'patients.sql'), 'SELECT * FROM patients');
  await writeFile(join(folder, 'encounters.sql'), 'SELECT * FROM encounters');
  await write([1, 2, 3, 4, 5, 6].map((number) => patient(number)));
  const night = await openNight({ ehr: { kind: 'csv', folder, contract: folder } });
  onTestFinished(async () => {
    await night.close();
    await rm(folder, { recursive: true });
  });
  return { night, write };
}

const statusOf = async ({ ledger }: Night): Promise<readonly string[]> =>
  describeStatus(await readStatus(ledger), new Date());

/** What people read: no tags, no line breaks. */
async function pageOf({ reportFolder }: NightResult): Promise<string> {
  return (await readFile(join(reportFolder, 'report.html'), 'utf8'))
    .replaceAll(/<(style|script|svg)[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

it('shows the lines left out, and since when, in status and page', async () => {
  const { night, write } = await site();
  expect((await night.nightly()).exitCode).toBe(0);
  expect(await statusOf(night)).toContain('Lines left out    none of 6 lines');

  await write([...[1, 2, 3, 4, 5].map((number) => patient(number)), patient(6, 'A"da'), 'TRAILER,6']);
  const first = await night.nightly();
  expect(first.exitCode).toBe(2);
  expect(first.summary.source).toMatchObject({ lines: 7, left_out: { stray_quote: 1, no_record: 1 } });
  expect(await statusOf(night)).toContainEqual(expect.stringMatching(/^Lines left out {4}2 of 7 lines: /));
  expect(first.csv('open-actions').find(({ reason }) => reason === 'stray_quote')).toMatchObject({ detail: 'line 7' });
  const page = await pageOf(first);
  expect(page).toContain('Nothing to send from the readable lines: 6 patients and 0 visits compared; 2 lines of the');
  expect(page).toContain('Lines left out: 2 of 7 lines: ');
  expect(page).toContain('1 file with lines left out stray_quote');
  expect(page).toMatch(/Rows read unchanged unread Patients 6 5 1/);

  const second = await night.nightly();
  expect(second.exitCode).toBe(0);
  expect(await statusOf(night)).toContainEqual(
    expect.stringMatching(/^Needs a person {4}2 lines, 0 new, known since 20/),
  );
  expect(await pageOf(second)).toMatch(/2 lines need a person, none of them new, the oldest known since \d+ /);
});

it('shows in status how many lines a refused night left out', async () => {
  const { night, write } = await site();
  await night.nightly();
  await write([1, 2, 3, 4, 5, 6].map((number) => patient(number, 'A"da')));
  await expect(night.nightly()).rejects.toMatchObject({ exitCode: 75 });
  expect(await statusOf(night)).toContain('Lines left out    6 of 6 lines: stray_quote 6');
});
