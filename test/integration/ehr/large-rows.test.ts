/** Rows that do not fit into memory together, by a page that holds little. */
import { describe, expect, it } from 'vitest';
import { largeSite, type LargeSite } from './large-site.ts';
import type { NightResult } from '../support/night.ts';

/** Characters of the rows that a page may have. */
const pageSize = 5_000;
const night = { pageSize, allowLargeChange: true, settings: { DOCUMENT_SIZE_LIMIT: '10KB' } };

/** So many patients with a visit each, whose note has so many characters. */
async function siteWithNotes(patients: number, characters: number): Promise<LargeSite> {
  const site = await largeSite(patients, { CONCURRENCY: '2' });
  await site.sql(`
    CREATE TABLE note AS SELECT encounter_id, repeat('x ', ${characters / 2}) AS body FROM visit;
    ALTER TABLE visit ADD COLUMN version integer DEFAULT 1`);
  await site.contract(
    'encounters.sql',
    `SELECT encounter_id, patient_id, reason AS reason_name, 'outpatient' AS class, 'finished' AS status,
       version::text AS clinical_version,
       timestamp '2026-02-01 09:00' AS started_at, timestamp '2026-02-01 09:30' AS ended_at
     FROM visit`,
  );
  await site.contract(
    'sections/notes.sql',
    `SELECT encounter_id, 'Progress note' AS name, body AS text FROM note WHERE encounter_id = ANY ($1)`,
  );
  return site;
}

const documents = ({ night: { standIn } }: LargeSite): number => standIn.state().documents.size;

const objections = (run: NightResult): string[] =>
  run
    .csv('discrepancies')
    .filter(({ kind }) => kind === 'invalid')
    .map(({ entity_id = '', detail = '' }) => `${entity_id} ${detail}`)
    .sort();

describe('a page of large rows', () => {
  it('is cut where it is full, and every row arrives once', async () => {
    const site = await siteWithNotes(6, 2_000);
    // A seventh person, with five more visits.
    await site.sql(`
      INSERT INTO person SELECT 7, 'p7', 'Name7', 'White';
      INSERT INTO visit SELECT n, 'v' || n, 'p7', 'Cough' FROM generate_series(11, 15) AS n;
      INSERT INTO note SELECT 'v' || n, repeat('y ', 1000) FROM generate_series(11, 15) AS n`);
    const planned = await site.night.nightly({ ...night, planOnly: true });
    expect(objections(planned)).toEqual([]);
    const run = await site.night.nightly(night);
    expect(run).toMatchObject({ exitCode: 0, posts: 18, taken: { NewPatient: 7, VisitPush: 11 } });
    expect(documents(site)).toBe(11);
    expect((await site.night.nightly(night)).posts).toBe(0);
  });

  it('omits a visit that is too large alone, and sends it once smaller', async () => {
    const site = await siteWithNotes(5, 2_000);
    await site.sql(`UPDATE note SET body = repeat('x ', 15000) WHERE encounter_id = 'v3'`);
    for (const planOnly of [true, false]) {
      const run = await site.night.nightly({ ...night, planOnly });
      expect(objections(run)).toEqual([
        expect.stringMatching(/^v3 sections\/notes\.sql: 300\d\d of 30\d\d\d bytes, limit 20000$/),
      ]);
    }
    expect(documents(site)).toBe(4);
    await site.sql(
      `UPDATE note SET body = 'short' WHERE encounter_id = 'v3'; UPDATE visit SET version = 2 WHERE encounter_id = 'v3'`,
    );
    expect(await site.night.nightly(night)).toMatchObject({ exitCode: 0, posts: 1 });
    expect(documents(site)).toBe(5);
  });

  it('omits a patient or visit that is too large, and sends the rest', async () => {
    const site = await siteWithNotes(5, 10);
    await site.sql(`
      UPDATE person SET last_name = repeat('N', 50000) WHERE patient_id = 'p2';
      UPDATE visit SET reason = repeat('R', 50000) WHERE encounter_id = 'v4'`);
    const run = await site.night.nightly(night);
    expect(run.taken).toEqual({ NewPatient: 4, VisitPush: 3 });
    expect(objections(run).map((objection) => objection.split(':')[0])).toEqual([
      'p2 patients.sql',
      'v4 encounters.sql',
    ]);
  });
});
