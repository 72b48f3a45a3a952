import { describe, expect, it, test } from 'vitest';
import { site } from '../bad-input/site.ts';

/** Columns of Postgres that are no texts, as databases of the field have them. */

const contract = {
  'patients.sql':
    'SELECT id AS patient_id, mrn, given AS first_name, family AS last_name, born AS birth_date, zip FROM pt',
  'encounters.sql':
    "SELECT id AS encounter_id, pt AS patient_id, 'outpatient' AS class, 'finished' AS status, s AS started_at, e AS ended_at FROM v",
};
const tables = `CREATE TABLE pt (id text PRIMARY KEY, mrn text, given text, family text, born date, zip text);
  INSERT INTO pt VALUES ('P1','M1','Ana','Nunez','1980-05-04','53703'), ('P2','M2','Bert','Olsen','1975-11-30','53704');
  CREATE TABLE v (id text PRIMARY KEY, pt text, s timestamp, e timestamp);
  INSERT INTO v VALUES ('E1','P1','2026-03-02 09:00','2026-03-02 09:30'), ('E2','P2','2026-03-03 09:00','2026-03-03 09:30');`;

describe('a birth date that is a timestamptz', () => {
  test.each(['Asia/Tokyo', 'America/Chicago', 'America/New_York', 'UTC'])(
    "at midnight of %s is that place's date for a site there",
    async (zone) => {
      const at = await site('postgres', contract);
      await at.ehr(
        `${tables} ALTER TABLE pt ALTER born TYPE timestamptz USING (born::timestamp AT TIME ZONE '${zone}')`,
      );
      const night = await at.nightly({ settings: { EHR_TIME_ZONE: zone } });
      expect(night.exitCode).toBe(0);
      expect(at.standIn.state().patients.get('M1')?.demographics).toMatchObject({ DOB: '1980-05-04' });
      expect(at.standIn.state().patients.get('M2')?.demographics).toMatchObject({ DOB: '1975-11-30' });
    },
  );

  it("at midnight of another zone than the site's is reported", async () => {
    const at = await site('postgres', contract);
    await at.ehr(
      `${tables} ALTER TABLE pt ALTER born TYPE timestamptz USING (born::timestamp AT TIME ZONE 'Asia/Tokyo')`,
    );
    const night = await at.nightly({ settings: { EHR_TIME_ZONE: 'America/Chicago' } });
    const sent = [...at.standIn.state().patients.values()].map(({ demographics }) => demographics['DOB'] ?? null);
    expect(sent).toEqual(['1980-05-03', '1975-11-29']);
    expect(night.csv('data-quality')).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ entity_id: 'P1', kind: 'ambiguous_date', column_name: 'birth_date' }),
      ]) as object,
    );
  });
});

it('uuid, domain, enum, char(n), numeric, array and jsonb are read as texts', async () => {
  const at = await site('postgres', {
    'patients.sql':
      'SELECT id AS patient_id, mrn, given AS first_name, family AS last_name, sex, born AS birth_date, zip, phones AS home_phone, addr AS street_address FROM x',
    'encounters.sql':
      "SELECT 1::bigint AS encounter_id, '6f1c2b7a-0000-4000-8000-000000000001'::uuid AS patient_id, 'outpatient' AS class, 'finished' AS status, '2026-03-02 09:00'::timestamp AS started_at, NULL::timestamp AS ended_at",
  });
  await at.ehr(`CREATE DOMAIN mrn_t AS varchar(20);
    CREATE TYPE sex_t AS ENUM ('F', 'M');
    CREATE TABLE x (id uuid PRIMARY KEY, mrn numeric(12, 2), given char(12), family mrn_t, sex sex_t, born date, zip int, phones text[], addr jsonb);
    INSERT INTO x VALUES ('6f1c2b7a-0000-4000-8000-000000000001', 12345, 'Ana', 'Nunez', 'F', '1980-05-04', 2138, '{608-555-0101,608-555-0102}', '{"line": "1 Elm St"}')`);
  const night = await at.nightly();
  expect(night.taken).toEqual({ NewPatient: 1, VisitPush: 1 });
  const [stored] = [...at.standIn.state().patients.values()];
  expect(stored?.demographics).toMatchObject({ FirstName: 'Ana', LastName: 'Nunez', Sex: 'Female', DOB: '1980-05-04' });
  const said = night.csv('data-quality').map(({ kind, column_name }) => `${kind ?? ''} ${column_name ?? ''}`);
  expect(said).toEqual(expect.arrayContaining(['malformed home_phone', 'malformed zip']));
});
