import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoppedFault } from '../../../src/fault.ts';
import type { Ehr, ScanPace } from '../../../src/ehr/ehr.ts';
import { ehrSite, scanned, someEncounters, type EhrSite } from '../support/ehr-site.ts';

let site: EhrSite;
beforeAll(async () => {
  site = await ehrSite();
  // Some three megabytes: more than the buffers between two processes hold.
  await site.sql(`CREATE TABLE patient AS SELECT n AS id, repeat('x', 500) AS name FROM generate_series(1, 6000) AS n`);
});
afterAll(() => site.drop());

const open = (scanPace?: ScanPace, signal?: AbortSignal): Promise<Ehr> =>
  site.open(
    { 'patients.sql': 'SELECT id AS patient_id, name AS last_name FROM patient', 'encounters.sql': someEncounters },
    { ...(scanPace === undefined ? {} : { scanPace }), ...(signal === undefined ? {} : { signal }) },
  );

describe('the EHR', () => {
  it("sees a reader in one short transaction, with a reader's locks only", async () => {
    const ehr = await open();
    const during = await ehr.snapshot(async (snapshot) => {
      await text(await snapshot.scan('patient', { kind: 'all' }));
      return site.sessions();
    });
    expect(during.filter(({ has_transaction }) => has_transaction)).toEqual([
      { has_transaction: true, modes: 'AccessShareLock' },
    ]);
    const after = await site.sessions();
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter(({ has_transaction }) => has_transaction)).toEqual([]);
  });

  it('rests after each megabyte on request, and gives the same rows', async () => {
    const rows = await scanned(await open(), 'patient');
    const startedAt = performance.now();
    expect(await scanned(await open({ timeoutMs: 0, pauseMs: 300 }), 'patient')).toEqual(rows);
    expect(performance.now() - startedAt).toBeGreaterThan(2 * 300);
  });

  it('gets no rest once a signal says stop', async () => {
    const stop = new AbortController();
    const ehr = await open({ timeoutMs: 0, pauseMs: 60_000 }, stop.signal);
    const startedAt = performance.now();
    setTimeout(() => {
      stop.abort('SIGTERM');
    }, 500);
    await expect(scanned(ehr, 'patient')).rejects.toThrow(StoppedFault);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('ends a scan beyond its time limit, and says what to do', async () => {
    const patients = 'SELECT id AS patient_id FROM patient WHERE pg_sleep(0.01) IS NOT NULL';
    const contract = { 'patients.sql': patients, 'encounters.sql': someEncounters };
    const ehr = await site.open(contract, { scanPace: { timeoutMs: 300, pauseMs: 0 } });
    await expect(scanned(ehr, 'patient')).rejects.toThrow(
      /The scan through patients\.sql took longer than EHR_SCAN_TIMEOUT allows.*nothing was sent.*raise EHR_SCAN_TIMEOUT/s,
    );
  });
});
