import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patientColumns } from '../../../src/contract/contract.ts';
import type { Ehr } from '../../../src/ehr/ehr.ts';
import { scanned, someEncounters } from '../support/ehr-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';

const afterFirstTab = (line: string): string => line.slice(line.indexOf('\t') + 1);

async function linesByFetch(ehr: Ehr, ids: readonly string[]): Promise<string[]> {
  const rows = await ehr.fetch('patient', ids);
  return ids.flatMap((id) => (rows.get(id) ?? []).map(({ line }) => line));
}

describe.skipIf(mariadbd === null)('a scan and a fetch of MariaDB', () => {
  let site: MysqlSite;
  beforeAll(async () => {
    site = await mysqlSite();
  });
  afterAll(() => site.drop());

  /** Each type, a value, and the text that is read. Type and value are SQL. */
  const typed: readonly (readonly [type: string, value: string, text: string | null])[] = [
    ['tinyint(1)', '1', 't'],
    ['tinyint(1)', '0', 'f'],
    ['tinyint(1)', '7', '7'],
    ['bit(1)', "b'1'", 't'],
    ['bit(9)', "b'101'", '5'],
    ['tinyint', '-128', '-128'],
    ['tinyint unsigned', '255', '255'],
    ['smallint', '-32768', '-32768'],
    ['mediumint', '8388607', '8388607'],
    ['int(5) unsigned zerofill', '42', '00042'],
    ['bigint', '-9007199254740993', '-9007199254740993'],
    ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
    ['decimal(12,2)', '1.1', '1.10'],
    ['decimal(38,10)', '-1', '-1.0000000000'],
    ['double', '1e300', '1e300'],
    ['double', '0.1', '0.1'],
    ['date', "'1980-02-29'", '1980-02-29'],
    ['date', "'0000-00-00'", '0000-00-00'],
    ['date', "'2000-01-00'", '2000-01-00'],
    ['datetime', "'2026-11-01 01:30:00'", '2026-11-01 01:30:00'],
    ['datetime(6)', "'2026-11-01 01:30:00.000001'", '2026-11-01 01:30:00.000001'],
    ['datetime', "'0000-00-00'", '0000-00-00 00:00:00'],
    ['timestamp null', "'2026-03-08 07:59:59'", '2026-03-08 07:59:59+00'],
    ['timestamp(3) null', "'2026-03-08 07:59:59.5'", '2026-03-08 07:59:59.500+00'],
    ['timestamp null', "'0000-00-00'", '0000-00-00 00:00:00'],
    ['time', "'-12:00:01'", '-12:00:01'],
    ['time(2)', "'838:59:59'", '838:59:59.00'],
    ['year', '2024', '2024'],
    ['char(5)', "'ab '", 'ab'],
    ['varchar(20)', "'ab '", 'ab '],
    ['varchar(20) character set latin1', "'José €'", 'José €'],
    ['varchar(20) character set utf8mb3', "'Zoë 日本'", 'Zoë 日本'],
    ['varchar(20) character set utf8mb4', "'👩‍🔬'", '👩‍🔬'],
    ['varchar(20) character set cp1251', "'Анна'", 'Анна'],
    ['text', "'a\\tb\\\\n'", 'a\tb\\n'],
    ['longtext', "''", ''],
    ['enum("ja","né")', "'né'", 'né'],
    ['set("a","b")', "'a,b'", 'a,b'],
    ['json', `'{"a": [1,  null]}'`, '{"a": [1,  null]}'],
    ['varbinary(8)', "x'00ff5c'", '0x00FF5C'],
    ['binary(3)', "x'61'", '0x610000'],
    ['blob', "x'e9'", '0xE9'],
    ['uuid', "'3a4c1f50-0000-4000-8000-00000000abcd'", '3a4c1f50-0000-4000-8000-00000000abcd'],
    ['inet6', "'::1'", '::1'],
    ['varchar(5)', 'NULL', null],
  ];
  const columns = patientColumns.filter((column) => !['patient_id', 'updated_at'].includes(column));

  it('give the same text for each of the types', async () => {
    // In slices: the contract has fewer columns than the server has types.
    for (let start = 0; start < typed.length; start += columns.length) {
      const slice = typed.slice(start, start + columns.length);
      const table = `typed_${start}`;
      await site.sql("SET time_zone = '+00:00'");
      await site.sql(
        `CREATE TABLE ${table} (id int PRIMARY KEY, ${slice.map(([type], i) => `c${i} ${type}`).join(', ')})`,
      );
      await site.sql(`INSERT INTO ${table} VALUES (1, ${slice.map(([, value]) => value).join(', ')})`);
      const named = slice.map((_, index) => `c${index} AS ${columns[index] ?? ''}`);
      const ehr = await site.open({
        'patients.sql': `SELECT id AS patient_id, ${named.join(', ')} FROM ${table}`,
        'encounters.sql': someEncounters,
      });
      const [line = ''] = await scanned(ehr, 'patient');
      expect(await linesByFetch(ehr, ['1'])).toEqual([afterFirstTab(line)]);
      const row = (await ehr.fetch('patient', ['1'])).get('1')?.[0]?.row as unknown as Record<string, string | null>;
      expect(slice.map(([type], index) => [type, row[columns[index] ?? ''] ?? null])).toEqual(
        slice.map(([type, , text]) => [type, text]),
      );
    }
  });

  it('give the same bytes under any settings of the server', async () => {
    await site.sql(
      `CREATE TABLE pinned (id int PRIMARY KEY, at timestamp(3) NULL, name varchar(9)) CHARACTER SET latin1`,
    );
    await site.sql(`INSERT INTO pinned VALUES (1, '2026-07-01 12:00:00.5', 'Zoë')`);
    const files = {
      'patients.sql': `SELECT id AS patient_id, at AS updated_at, at AS birth_date, name AS last_name, DATE_FORMAT(at, '%M') AS city FROM pinned`,
      'encounters.sql': someEncounters,
    };
    const linesUnder = async (settings: string): Promise<string[]> => {
      await site.sql(settings);
      const ehr = await site.open(files);
      const lines = await scanned(ehr, 'patient');
      expect(await linesByFetch(ehr, ['1'])).toEqual(lines.map(afterFirstTab));
      return lines;
    };
    const usual = await linesUnder('SET GLOBAL time_zone = SYSTEM');
    const other = await linesUnder(
      "SET GLOBAL time_zone = '+09:00', GLOBAL lc_time_names = 'de_DE', GLOBAL sql_mode = 'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH', GLOBAL character_set_server = latin1, GLOBAL group_concat_max_len = 4",
    );
    await site.sql(
      "SET GLOBAL time_zone = SYSTEM, GLOBAL lc_time_names = 'en_US', GLOBAL sql_mode = DEFAULT, GLOBAL group_concat_max_len = DEFAULT",
    );
    expect(other).toEqual(usual);
  });

  it.each([
    ['structure of COPY', ['\\', '\\.', '\\N', 'a\tb', 'a\nb', 'a\r\nb', '\\t', '', ' ', '\b\f\v']],
    ['quotes and marks', ["'", '"', '`', '?', '$1', ':name', 'NULL', 'null', '%', '_', '--', '#', '/*']],
    ['Unicode', ['é', 'e\u0301', '\u{1f469}\u200d\u{1f52c}', '\u2028', '\ufeff', '\u202e', '\uffff']],
    ['alike for the collation', ['a', 'A', 'á', 'a ', 'ß', 'ss', '1', '01', '1.0']],
  ])('give the same bytes for ids and values that are %s', async (_, strings) => {
    await site.sql('DROP TABLE IF EXISTS naughty');
    await site.sql('CREATE TABLE naughty (id varchar(50), value varchar(50))');
    await site.sql('INSERT INTO naughty VALUES ?', [strings.map((text) => [text, text])]);
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, value AS last_name FROM naughty',
      'encounters.sql': someEncounters,
    });
    const lines = await scanned(ehr, 'patient');
    expect(lines).toHaveLength(strings.length);
    expect((await linesByFetch(ehr, strings)).sort()).toEqual(lines.map(afterFirstTab).sort());
  });

  it('give the damage mark for a text with a zero byte', async () => {
    await site.sql("CREATE TABLE zeros (id int, value varchar(9)); INSERT INTO zeros VALUES (1, 'a\\0b')");
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id, value AS last_name FROM zeros',
      'encounters.sql': someEncounters,
    });
    const [line = ''] = await scanned(ehr, 'patient');
    expect(line).toContain('\u{FDD0}');
    expect(await linesByFetch(ehr, ['1'])).toEqual([afterFirstTab(line)]);
  });

  it('fetch through lists of ids of any length', async () => {
    await site.sql('CREATE TABLE many (id int PRIMARY KEY)');
    await site.sql('INSERT INTO many SELECT seq FROM seq_1_to_2500');
    const ehr = await site.open({
      'patients.sql': 'SELECT id AS patient_id FROM many',
      'patients_by_id.sql': 'SELECT id AS patient_id FROM many WHERE id IN ($1) AND \'$1\' <> "$2" # $3\n',
      'encounters.sql': someEncounters,
    });
    const ids = Array.from({ length: 2600 }, (_, index) => String(index + 1));
    expect((await ehr.fetch('patient', ids)).size).toBe(2500);
    expect((await ehr.fetch('patient', [])).size).toBe(0);
    expect((await ehr.fetch('patient', ["1') OR (1=1", '7'])).size).toBe(1);
    const sizes = await ehr.sizes({ patientIds: ids, encounterIds: [], summaryIds: [], detailIds: [] });
    expect(sizes).toEqual([{ file: 'patients_by_id.sql', bytes: 9 + 2 * 90 + 3 * 900 + 4 * 1501 }]);
  });
});
