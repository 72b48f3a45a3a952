import { describe, expect, it } from 'vitest';
import { addPatients, largeSite, type LargeSite, syncedLargeSite } from '../ehr/large-site.ts';

/** Nights in which more has changed than is plausible: refused before the first byte leaves, until a person says that it is so. */

const refused = (...said: readonly string[]): unknown =>
  expect.objectContaining({
    exitCode: 75,
    message: expect.stringMatching(
      new RegExp(said.map((text) => text.replace(/[()]/g, '\\$&')).join('.*'), 's'),
    ) as string,
  });

const rows = async ({ night }: LargeSite, text: string): Promise<unknown[]> =>
  (await night.ledger.query('a look', text)).rows;

const stored = 'SELECT (SELECT count(*) FROM call) AS calls, (SELECT count(*) FROM discrepancy) AS discrepancies';

/** Copies of the newest run. */
const fourNightsMore = `
  INSERT INTO run (run_id, job, mode, plan_only, options, status, exit_code, end_reason, host, process_id, program_version, started_at,
    finished_at, change_counts)
  SELECT run_id || night, job, mode, plan_only, options, status, exit_code, end_reason, host, process_id, program_version, started_at,
    finished_at, change_counts
  FROM (SELECT * FROM run ORDER BY run_number DESC LIMIT 1) AS newest, generate_series(1, 4) AS night`;

describe('a mass change', () => {
  it('is refused with figure, limit and flag, and passes with --allow-large-change', async () => {
    const site = await syncedLargeSite();
    const before = await rows(site, stored);
    await site.sql("UPDATE person SET last_name = 'Nobody' WHERE number <= 41");
    await expect(site.night.nightly()).rejects.toEqual(
      refused('41 patients have changed (21% of the 200 patients', 'changed=20%', '--allow-large-change'),
    );
    await expect(site.night.intraday()).rejects.toEqual(refused('41 patients have changed'));
    expect(await rows(site, stored)).toEqual(before);

    expect((await site.night.nightly({ allowLargeChange: true })).taken).toEqual({ PatientUpdate: 41 });
  });

  it('passes silently up to the limit, which LARGE_CHANGE moves', async () => {
    const site = await syncedLargeSite();
    await site.sql("UPDATE person SET last_name = 'Nobody' WHERE number <= 40");
    const settings = { LARGE_CHANGE: 'changed=19%' };
    await expect(site.night.nightly({ settings })).rejects.toEqual(refused('40 patients', 'changed=19%'));
    expect((await site.night.nightly()).taken).toEqual({ PatientUpdate: 40 });
  });

  it('is refused with a sample of how many rows would send', async () => {
    const site = await syncedLargeSite();
    // The code of the same race: the row is another one, what Redox is told is not.
    await site.sql("UPDATE person SET race = '2106-3' WHERE number <= 50");
    await site.sql("UPDATE person SET last_name = 'Nobody' WHERE number <= 12");
    const said = refused('50 patients', 'In a sample of 50 changed rows', '12 would send', 'other 38 changed only in');
    await expect(site.night.nightly()).rejects.toEqual(said);
  });

  it('that is planned only is stored with the reason, and refused again', async () => {
    const site = await syncedLargeSite();
    await site.sql("UPDATE visit SET reason = 'Fever' WHERE number <= 50");
    const planned = await site.night.nightly({ planOnly: true });
    expect(planned.exitCode).toBe(0);
    expect(planned.csv('calls')).toHaveLength(50);
    expect(site.night.logged()).toContain('50 visits have changed');
    const refusals = 'SELECT refusal IS NOT NULL AS is_refused FROM run WHERE plan_only ORDER BY run_number';
    expect(await rows(site, refusals)).toEqual([{ is_refused: true }]);
    await expect(site.night.nightly()).rejects.toEqual(refused('50 visits have changed'));
    await site.night.nightly({ planOnly: true, allowLargeChange: true });
    expect(await rows(site, refusals)).toEqual([{ is_refused: true }, { is_refused: false }]);
  });

  it('that a person let through continues without them after a stop', async () => {
    const site = await syncedLargeSite();
    await site.sql("UPDATE person SET last_name = 'Nobody' WHERE number <= 90");
    const begun = await site.night.nightly({ allowLargeChange: true, maxCalls: 20 });
    expect(begun.exitCode).toBe(3);
    expect((await site.night.intraday({ maxCalls: 20 })).exitCode).toBe(3);
    expect((await site.night.nightly()).taken).toEqual({ PatientUpdate: 50 });
  });

  it("is absent when a new release rebuilds the EHR's unchanged rows", async () => {
    const site = await syncedLargeSite();
    for (const table of ['patient', 'encounter']) {
      await site.night.ledger.query('an older release', `UPDATE ${table} SET builder_version = builder_version - 1`);
    }
    await site.sql("UPDATE person SET last_name = 'Nobody' WHERE number <= 15");
    const night = await site.night.nightly();
    expect(night.summary.patients.changed).toBe(200);
    const [counts] = await rows(
      site,
      "SELECT change_counts ->> 'patients_changed' AS n FROM run ORDER BY run_number DESC",
    );
    expect(counts).toEqual({ n: '15' });
  });

  it('of a release is shown with calls and time, and needs the flag', async () => {
    const site = await syncedLargeSite();
    const release = async (share: number): Promise<void> => {
      await site.night.ledger.query(
        'an older release that built other messages',
        `UPDATE encounter SET builder_version = builder_version - 1, message_fingerprint = gen_random_uuid() WHERE encounter_id IN
           (SELECT encounter_id FROM encounter ORDER BY encounter_id LIMIT ${share})`,
      );
    };
    await release(41);
    const settings = { RATE_LIMIT: '60/1m' };
    await expect(site.night.nightly({ settings })).rejects.toEqual(
      refused(
        'of 41 unchanged visits about 41 are sent again, which takes 41 s at RATE_LIMIT',
        'changed=20%',
        '--allow-large-change',
      ),
    );
    expect((await site.night.nightly({ allowLargeChange: true })).taken).toEqual({ VisitPush: 41 });
    await release(40);
    expect((await site.night.nightly()).taken).toEqual({ VisitPush: 40 });
    expect(site.night.logged()).toContain('of 40 unchanged visits about 40 are sent again');
  });

  it('counts new rows too, against what the ledger knew before', async () => {
    const site = await syncedLargeSite();
    await site.sql(addPatients(201, 241));
    await expect(site.night.nightly()).rejects.toEqual(refused('41 patients are new', 'new=20%', '41 visits are new'));
    await site.sql('DELETE FROM visit WHERE number = 241; DELETE FROM person WHERE number = 241');
    expect((await site.night.nightly()).taken).toEqual({ NewPatient: 40, VisitPush: 40 });
  });

  it('beyond the usual nights is refused below the limit', async () => {
    const site = await syncedLargeSite();
    await site.night.nightly();
    await rows(site, fourNightsMore);
    await site.sql("UPDATE person SET last_name = 'Someone' WHERE number <= 11");
    expect((await site.night.nightly()).taken).toEqual({ PatientUpdate: 11 });
    await site.night.ledger.query(
      'a site of little change',
      `UPDATE run SET change_counts = change_counts || '{"patients_changed": 1}'`,
    );
    await site.sql("UPDATE person SET last_name = 'Another' WHERE number <= 11");
    await expect(site.night.nightly()).rejects.toEqual(refused('11 patients have changed', 'at most 1 a night'));
    await site.sql("UPDATE person SET last_name = 'Someone' WHERE number = 11");
    expect((await site.night.nightly()).taken).toEqual({ PatientUpdate: 10 });
  });
});

describe('a source that lost rows', () => {
  it('is refused by gone rows, once', async () => {
    const site = await syncedLargeSite();
    await site.sql('DELETE FROM visit WHERE number <= 30');
    await expect(site.night.nightly()).rejects.toEqual(
      refused('30 visits are gone (15% of the 200 visits', 'the EHR returned 170', 'gone=2%'),
    );
    expect((await site.night.nightly({ allowLargeChange: true })).summary.encounters.gone).toBe(30);
    await site.sql('DELETE FROM visit WHERE number <= 41');
    await expect(site.night.nightly()).rejects.toEqual(refused('11 visits are gone'));
  });

  it('is refused by lost merges', async () => {
    const site = await largeSite(260);
    await site.sql("INSERT INTO merge SELECT n, 'p' || n, 'p' || n + 130 FROM generate_series(1, 120) AS n");
    await site.night.baseline();
    await site.sql('DELETE FROM merge WHERE number <= 11');
    await expect(site.night.nightly()).rejects.toEqual(
      refused('11 merges were undone (9.2% of the 120 merges', 'unmerged=1%'),
    );
    await site.sql("INSERT INTO merge VALUES (11, 'p11', 'p141')");
    expect((await site.night.nightly()).summary.calls.NewPatient.accepted).toBe(10);
  });

  it('is refused by many merges at once', async () => {
    const site = await syncedLargeSite();
    await site.sql("INSERT INTO merge SELECT n, 'p' || n, 'p' || n + 100 FROM generate_series(1, 11) AS n");
    await expect(site.night.nightly()).rejects.toEqual(refused('11 patients were merged', 'merged=2%'));
  });
});

describe('a first load', () => {
  it('of a hundred patients needs the flag, and is planned without it', async () => {
    const site = await largeSite(100);
    await expect(site.night.nightly()).rejects.toEqual(
      refused('all 100 patients of the EHR', '`baseline`', '--allow-large-change'),
    );
    expect((await site.night.nightly({ planOnly: true })).summary.calls.NewPatient.planned).toBe(100);
    await expect(site.night.intraday()).rejects.toEqual(refused('`baseline`'));
    expect((await site.night.nightly({ allowLargeChange: true })).taken).toEqual({ NewPatient: 100, VisitPush: 100 });
  });

  it('that was stopped continues every night with the new rows', async () => {
    const site = await largeSite(120);
    expect((await site.night.nightly({ allowLargeChange: true, maxCalls: 5 })).exitCode).toBe(3);
    await site.sql(addPatients(121, 132));
    expect((await site.night.nightly({ maxCalls: 5 })).exitCode).toBe(3);
    const last = await site.night.nightly();
    expect(last.exitCode).toBe(0);
    expect(site.night.standIn.state().patients.size).toBe(132);
  });
});
