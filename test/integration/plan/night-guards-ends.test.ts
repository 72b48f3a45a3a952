import { writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClinicNight, syncedClinic, unsyncedClinic } from '../support/clinic-night.ts';
import { addPatients, type LargeSite, patientsQuery, syncedLargeSite } from '../ehr/large-site.ts';
import { as, freshDatabase } from '../support/database.ts';
import { extractNight } from '../support/extract-night.ts';
import { Secret } from '../../../src/secret.ts';
import { grantsTo } from '../../../src/ledger/rights.ts';

/** Other refusals, and whether the ledger, the exit code and what is said agree at the end of a run. */

const refused = (said: RegExp): unknown =>
  expect.objectContaining({ exitCode: 75, message: expect.stringMatching(said) as string });

const lastRun = async ({ night }: Pick<LargeSite, 'night'>): Promise<unknown> =>
  (await night.ledger.query('the last run', 'SELECT status, exit_code FROM run ORDER BY run_number DESC LIMIT 1'))
    .rows[0];

describe('a contract of another shape', () => {
  it('is refused by query and column, passes with the flag, and is refused without a query', async () => {
    const site = await syncedLargeSite();
    await site.contract(
      'patients.sql',
      patientsQuery.replace('race', "race::varchar AS race, 'a@example.org' AS email"),
    );
    const said =
      /patients\.sql has changed \(email was added, race changed from text to character varying\).*--allow-large-change/s;
    await expect(site.night.nightly()).rejects.toEqual(refused(said));
    await expect(site.night.intraday()).rejects.toEqual(refused(said));
    const planned = await site.night.nightly({ planOnly: true });
    expect(planned.summary.patients.changed).toBe(200);
    await expect(site.night.nightly()).rejects.toEqual(refused(said));

    const begun = await site.night.nightly({ allowLargeChange: true, maxCalls: 30 });
    expect(begun.taken).toEqual({ PatientUpdate: 30 });
    await site.contract('merges.sql', null);
    await expect(site.night.nightly()).rejects.toEqual(refused(/merges\.sql is gone from the contract/));
  });
});

describe('--new-target', () => {
  const settings = { REDOX_SOURCE_ID: '0a1b2c3d-0000-4000-8000-00000000000a' };

  it('forgets nothing in a refused run', async () => {
    const site = await syncedLargeSite();
    await expect(site.night.nightly({ settings, newTarget: true })).rejects.toEqual(
      refused(
        /new target has received no patients, so all 200 patients of the EHR.*with --new-target and --allow-large-change\.$/,
      ),
    );
    await expect(site.night.nightly({ settings })).rejects.toEqual(refused(/REDOX_SOURCE_ID/));
    expect((await site.night.nightly()).posts).toBe(0);

    await site.sql('DELETE FROM visit; DELETE FROM person WHERE number > 1');
    await expect(site.night.nightly({ settings, newTarget: true })).rejects.toEqual(refused(/199 patients are gone/));
    await site.sql(addPatients(2, 200));
    const anew = await site.night.intraday({ settings, newTarget: true, allowLargeChange: true, maxCalls: 0 });
    expect(anew.summary).toMatchObject({ mode: 'sweep', watermark: { from: null }, patients: { new: 200 } });
  });

  it('forgets merges that only the former target received', async () => {
    const site = await syncedClinic();
    const [retired, survivor] = await site.somePatients();
    await site.clinic.mergePatients(retired, survivor);
    const { taken, summary } = await site.night.nightly();
    expect(taken).toMatchObject({ PatientMerge: 1 });
    const known = summary.merges;
    const anew = await site.night.nightly({ settings, newTarget: true, allowLargeChange: true });
    expect(anew.summary.merges).toMatchObject({ read: known.read, unchanged: 0, not_due: known.not_due + 1 });
  });

  it('of a baseline binds the ledger to a target with a copy', async () => {
    const site = await syncedLargeSite();
    const posts = site.night.standIn.requests().posts;
    await expect(site.night.baseline(null, { settings })).rejects.toEqual(refused(/REDOX_SOURCE_ID/));
    await site.night.baseline(null, { settings, newTarget: true });
    expect((await site.night.nightly({ settings })).summary.patients.unchanged).toBe(200);
    expect(site.night.standIn.requests().posts).toBe(posts);
    await expect(site.night.nightly()).rejects.toEqual(refused(/REDOX_SOURCE_ID/));
  });
});

describe('a run', () => {
  it('without reports ends with the exit code of the process', async () => {
    const site = await extractNight(3);
    const blocked = `${site.night.reportDir}-blocked`;
    await writeFile(blocked, 'no folder');
    await expect(site.nightly({ settings: { REPORT_DIR: blocked } })).rejects.toMatchObject({ exitCode: 69 });
    expect(await lastRun(site)).toEqual({ status: 'failed', exit_code: 69 });
    expect((await site.nightly()).posts).toBe(0);
  });

  it('with a fault of our own SQL ends as a bug', async () => {
    const site = await syncedClinic();
    await site.night.ledger.query('a slip', 'ALTER TABLE patient RENAME COLUMN mrn TO medical_record_number');
    await expect(site.night.nightly()).rejects.toMatchObject({
      exitCode: 70,
      message: expect.stringMatching(/ledger\/.*42703.*a bug/s) as string,
    });
    expect(await lastRun(site)).toEqual({ status: 'failed', exit_code: 70 });
  });

  it('names the GRANT that its role needs to create the ledger', async () => {
    const site = await unsyncedClinic();
    const role = `clerk_${Math.random().toString(36).slice(2)}`;
    const empty = await freshDatabase();
    onTestFinished(() => empty.drop());
    const url = new URL(as(empty.url, role));
    await site.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'reading'`);
    await expect(site.night.nightly({ ledgerUrl: new Secret(url.href) })).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringContaining(`GRANT CREATE ON DATABASE "${url.pathname.slice(1)}" TO "${role}"`) as string,
    });
    await site.sql(`DROP ROLE ${role}`);
  });

  describe('a run whose role does not own the ledger', () => {
    /** The ledger as seen by another role, which has the rights that the advice of a job grants. */
    async function asClerk(site: ClinicNight): Promise<{ readonly ledgerUrl: Secret; readonly role: string }> {
      const role = `clerk_${Math.random().toString(36).slice(2)}`;
      const { ledger } = site.night;
      await ledger.query('a role', `CREATE ROLE ${role} LOGIN PASSWORD 'reading'`);
      await ledger.query('its rights', grantsTo(role));
      onTestFinished(async () => {
        await ledger.query('no rights', `DROP OWNED BY ${role}`);
        await ledger.query('no role', `DROP ROLE ${role}`);
      });
      return { ledgerUrl: new Secret(as(site.night.ledgerUrl, role)), role };
    }

    it('works with the rights that the advice grants', async () => {
      const site = await syncedClinic();
      const { ledgerUrl } = await asClerk(site);
      expect(await site.night.nightly({ ledgerUrl })).toMatchObject({ exitCode: 0, posts: 0 });
    });

    it('and lacks INSERT names that GRANT and the refusal', async () => {
      const site = await syncedClinic();
      const { ledgerUrl, role } = await asClerk(site);
      await site.night.ledger.query('a right less', `REVOKE INSERT ON run FROM ${role}`);
      const night = site.night.nightly({ ledgerUrl });
      await expect(night).rejects.toMatchObject({
        exitCode: 64,
        message: expect.stringMatching(
          /The ledger refused opening a run: permission denied for table run.*GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES/,
        ) as string,
      });
      await expect(night).rejects.not.toThrow(/REASSIGN|ledger\/run/);
    });

    it('and has no right at all names the same GRANT', async () => {
      const site = await syncedClinic();
      const { ledgerUrl, role } = await asClerk(site);
      await site.night.ledger.query('no rights', `DROP OWNED BY ${role}`);
      await expect(site.night.nightly({ ledgerUrl })).rejects.toMatchObject({
        exitCode: 64,
        message: expect.stringContaining('GRANT USAGE, CREATE ON SCHEMA redox_reconcile') as string,
      });
    });

    it('and has to migrate names the owning role', async () => {
      const site = await syncedClinic();
      const { ledgerUrl, role } = await asClerk(site);
      // As a release before had it.
      await site.night.ledger.query('a view', "COMMENT ON VIEW report_calls IS 'of a release before'");
      const owner = new URL(site.night.ledgerUrl.reveal()).username;
      const night = site.night.nightly({ ledgerUrl });
      await expect(night).rejects.toMatchObject({
        exitCode: 64,
        message: expect.stringMatching(
          new RegExp(
            `must be owner of view report_calls.*\\x60redox-reconcile migrate\\x60 with ${owner} in LEDGER_URL.* as ${role}`,
          ),
        ) as string,
      });
      await expect(night).rejects.not.toThrow('REASSIGN');
    });
  });

  it("reports a ledger inside the EHR's own database", async () => {
    const site = await syncedClinic();
    const ledgerUrl = new Secret(site.night.environment['EHR_URL'] ?? '');
    await site.night.nightly();
    expect(site.night.logged()).not.toContain('ledger_in_ehr');
    await site.night.nightly({ ledgerUrl, planOnly: true }).catch(() => undefined);
    expect(site.night.logged()).toContain('ledger_in_ehr');
  });

  it('of listed rows names and counts the unknown ones', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    const listed = (...ids: readonly string[]) => ({
      kind: 'only' as const,
      rows: async function* () {
        yield { entity: 'encounter' as const, id: (await site.visitsOf(patient))[0] };
        for (const id of ids) yield { entity: 'patient' as const, id };
      },
    });
    await site.night.rerun(listed(patient));
    expect(site.night.logged()).not.toMatch(/listed_rows?_unknown/);
    await site.night.rerun(listed(patient, '990001', 'no-number'));
    const named = [...site.night.logged().matchAll(/"(?:entityId|entity_id)":"(990001|no-number)"/g)];
    expect(named.map(([, id]) => id)).toEqual(['990001', 'no-number']);
    expect(site.night.logged()).toMatch(/listed_rows_unknown.*"count":2|"count":2.*listed_rows_unknown/);
  });
});
