import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JsonValue } from '../../../src/json.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { commandLine } from '../../command-line.ts';
import { calls, type ClinicNight, openActions, syncedClinic } from '../support/clinic-night.ts';
import { organizationOid } from '../redox/stand-in-client.ts';

/** `ORGANIZATION_CHECK=weekly`: what `nightly` says of the record in the directory. */

const file = join(mkdtempSync(join(tmpdir(), 'night-directory-')), 'clinic.json');
const example = JSON.parse(readFileSync(join(packageRoot, 'jobs/organization.example.json'), 'utf8')) as object;
writeFileSync(file, JSON.stringify({ ...example, oid: organizationOid }));

const settings = { ORGANIZATION_CHECK: 'weekly', ORGANIZATION_FILE: file };
const line = (result: string): string => `directory organization ${organizationOid} ${result}`;

/** Queries of the directory so far. */
const queries = (site: ClinicNight): number => site.night.standIn.requests().postedByEvent['Query'] ?? 0;

function alter(site: ClinicNight, path: string, value: JsonValue): void {
  site.night.standIn.tamper({ kind: 'alter_organization', oid: organizationOid, path, value });
}

async function register(site: ClinicNight): Promise<void> {
  const created = await commandLine(['organization', 'create', file], { ...site.night.environment, ...settings });
  expect(created).toMatchObject({ exitCode: 0 });
}

/** A night, with its lines about the directory. */
async function night(site: ClinicNight): Promise<{ readonly exitCode: number; readonly lines: readonly string[] }> {
  const run = await site.night.nightly();
  return { exitCode: run.exitCode, lines: openActions(run).filter((words) => words.startsWith('directory ')) };
}

/** As if the last check had been so many hours earlier. */
const passHours = (site: ClinicNight, hours: number): Promise<object> =>
  site.night.ledger.query(
    'an earlier check',
    'UPDATE directory_check SET checked_at = checked_at - $1::integer * interval $$1 hour$$',
    [hours],
  );

it('is one line for a person, new once, until the record agrees', async () => {
  const site = await syncedClinic(settings);
  expect(await night(site)).toEqual({ exitCode: 2, lines: [line('not_registered')] });
  expect(await night(site)).toEqual({ exitCode: 0, lines: [line('not_registered')] });

  await register(site);
  expect(await night(site)).toEqual({ exitCode: 0, lines: [] });
  alter(site, 'Address.ZIP', '53704');
  alter(site, 'Name', 'Another');
  await passHours(site, 155);
  expect([await night(site), queries(site)]).toEqual([{ exitCode: 0, lines: [] }, 3]);

  await passHours(site, 2);
  const differing = await site.night.nightly();
  expect([differing.exitCode, openActions(differing)]).toEqual([2, [line('differs')]]);
  expect(differing.csv('open-actions')[0]).toMatchObject({ detail: 'Name, Address.ZIP', needs: 'person' });
  expect(await night(site)).toEqual({ exitCode: 0, lines: [line('differs')] });
  expect(
    await site.night.ledger.query('checks', 'SELECT DISTINCT since FROM directory_check WHERE result = $1', [
      'differs',
    ]),
  ).toMatchObject({ rows: [{}] });
});

it('stops no night by a directory that does not answer', async () => {
  const site = await syncedClinic(settings);
  await register(site);
  const [patient] = await site.somePatients();
  await site.clinic.renamePatient(patient, 'Changed');
  site.night.standIn.misbehave([{ kind: 'status', status: 503, when: { eventType: 'Query' } }]);
  const first = await site.night.nightly();
  expect([first.exitCode, openActions(first), calls(first)]).toEqual([
    2,
    [line('unread')],
    [`PatientUpdate ${patient} accepted`],
  ]);
  expect(site.night.logged()).toContain('The Carequality directory could not be asked: http_503');
  site.night.standIn.misbehave([]);
  expect(await night(site)).toEqual({ exitCode: 0, lines: [] });
});

it('asks for the state that the organisation was given', async () => {
  const site = await syncedClinic(settings);
  await register(site);
  const deactivated = await commandLine(['organization', 'deactivate', file], {
    ...site.night.environment,
    ...settings,
  });
  expect(deactivated).toMatchObject({ exitCode: 0 });
  expect(await night(site)).toEqual({ exitCode: 0, lines: [] });
});

it('is left to nightly, where it is set', async () => {
  const site = await syncedClinic(settings);
  await site.night.intraday();
  await site.night.nightly({ planOnly: true });
  await site.night.nightly({ settings: { ORGANIZATION_CHECK: 'never' } });
  expect(queries(site)).toBe(0);
});
