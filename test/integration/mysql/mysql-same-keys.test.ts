import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckedContract, CheckedQuery } from '../../../src/ehr/contract/contract-query.ts';
import { sameKeysText } from '../../../src/ehr/mysql/compose.ts';
import { someEncounters } from '../support/ehr-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';

const patients = 'SELECT id AS patient_id, given AS first_name, family AS last_name, born AS birth_date, zip FROM twin';

describe.skipIf(mariadbd === null)('patients of MariaDB whom a search cannot tell apart', () => {
  let site: MysqlSite;
  beforeAll(async () => {
    site = await mysqlSite();
    await site.sql(
      'CREATE TABLE twin (id int PRIMARY KEY, given varchar(20), family varchar(20), born date, zip varchar(10))',
    );
  });
  afterAll(() => site.drop());

  it('are counted as others compare them, without those merged away', async () => {
    await site.sql(
      "INSERT INTO twin VALUES (1,'Ann','Lee','1980-01-02','78701'),(2,'ANN','lee ','1980-01-02','78701-1234'),(3,'Ánn','Lee','1980-01-02','78701'),(4,'Ann','Lee','1980-01-02','78701'),(5,'Ann','Lee','1980-01-02',NULL)",
    );
    const ehr = await site.open({
      'patients.sql': patients,
      'encounters.sql': someEncounters,
      'merges.sql': 'SELECT 4 AS retired_patient_id, 1 AS surviving_patient_id',
    });
    expect(await ehr.snapshot((snapshot) => snapshot.sameKeys())).toEqual({
      patients: 2,
      pairs: 1,
      examples: [['1', '2']],
    });
  });

  it('are told from merged ones by an index, not by a look at every merge', async () => {
    await site.sql('CREATE TABLE merged (retired varchar(500) CHARACTER SET latin1, survivor int)');
    await site.sql('INSERT INTO merged SELECT seq, 1 FROM seq_1_to_1000');
    const query = (text: string, types: Readonly<Record<string, string>>): CheckedQuery =>
      ({ text, columns: new Map(Object.entries(types)) }) as unknown as CheckedQuery;
    const patient = query(patients, {
      patient_id: 'integer',
      first_name: 'text',
      last_name: 'text',
      birth_date: 'date',
      zip: 'text',
    });
    const merge = query('SELECT retired AS retired_patient_id FROM merged', { retired_patient_id: 'text' });
    const text = sameKeysText({ patient, merge } as unknown as CheckedContract['all']) ?? '';
    const plan = (await site.rows(`EXPLAIN ${text}`)) as { table: string; type: string }[];
    expect(plan.find(({ table }) => table.startsWith('<derived'))?.type).toBe('ref');
  });
});
