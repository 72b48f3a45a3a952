import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latestInstant } from '../../../src/ehr/mysql/instant.ts';
import { Session } from '../../../src/postgres/session.ts';
import { readUpdatedAt } from '../../../src/ehr/postgres/sql-instant.ts';
import type { Ehr, Selection } from '../../../src/ehr/ehr.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { type EhrSite, ehrSite, scanned, scannedIds, someEncounters, somePatients } from '../support/ehr-site.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { type MysqlSite, mysqlSite } from '../support/mysql/site.ts';

const at = (iso: string): Date => new Date(iso);
const march = { from: at('2026-03-01T06:00:00Z'), to: at('2026-03-02T06:00:00Z') };

describe.skipIf(mariadbd === null)('the rows of a window in MariaDB', () => {
  let site: MysqlSite;
  let twin: EhrSite;
  beforeAll(async () => {
    [site, twin] = await Promise.all([mysqlSite(), ehrSite()]);
    await site.sql("SET time_zone = '+00:00'");
  });
  afterAll(() => Promise.all([site.drop(), twin.drop()]));

  let tables = 0;
  /** Patients of these ids and times; the same in Postgres, where a time that it does not hold is null. */
  async function both(type: string, updates: Readonly<Record<string, string | null>>): Promise<readonly Ehr[]> {
    tables += 1;
    const table = `patient_${tables}`;
    await site.sql(`CREATE TABLE ${table} (id varchar(20), changed ${type} NULL)`);
    await site.sql(`INSERT INTO ${table} VALUES ?`, [Object.entries(updates)]);
    await twin.sql(`CREATE TABLE ${table} (id text, changed ${typeOfPostgres[type] ?? type})`);
    for (const [id, update] of Object.entries(updates)) {
      const isNone = update?.startsWith('0000') === true && type !== 'varchar(40)';
      await twin.sql(`INSERT INTO ${table} VALUES ($1, $2)`, [id, isNone ? null : update]);
    }
    const files = {
      'patients.sql': `SELECT id AS patient_id, changed AS updated_at FROM ${table}`,
      'encounters.sql': someEncounters,
    };
    return Promise.all([site.open(files), twin.open(files)]);
  }

  const updates = {
    before: '2026-03-01 05:59:59',
    first: '2026-03-01 06:00:00',
    last: '2026-03-02 05:59:59',
    after: '2026-03-02 06:00:00',
    repeated: '2026-11-01 01:30:00',
    missing: '2026-03-08 02:30:00',
    late: '2026-12-31 23:59:59',
    zero: '0000-00-00 00:00:00',
    never: null,
  };
  const selections: readonly Selection[] = [
    { kind: 'all' },
    { kind: 'updated', since: at('2026-03-01T12:00:00Z') },
    { kind: 'updated', since: at('2026-11-01T07:00:00Z') },
    { kind: 'updated_between', ...march },
    { kind: 'updated_between', from: at('2026-03-01T12:00:00Z'), to: at('2026-03-02T12:00:00Z') },
    { kind: 'updated_between', from: at('2026-11-01T06:00:00Z'), to: at('2026-11-01T07:30:00.001Z') },
  ];

  it.each([
    ['datetime', updates],
    ['timestamp', updates],
    ['date', updates],
    ['varchar(40)', { ...updates, worded: 'yesterday', zoned: '2026-03-01 12:00:00-05', blank: ' ' }],
  ])('are the same as those of Postgres for a column of type %s', async (type, own) => {
    const [mysql, postgres] = await both(type, own);
    if (mysql === undefined || postgres === undefined) throw new Error('two were opened');
    for (const selection of selections) {
      expect([selection, await scannedIds(mysql, 'patient', selection)]).toEqual([
        selection,
        await scannedIds(postgres, 'patient', selection),
      ]);
    }
    const startOf = (line: string): string => line.split('\t').slice(0, 2).join(' ');
    const lines = async (ehr: Ehr): Promise<string[]> => (await scanned(ehr, 'patient')).map(startOf).sort();
    expect(await lines(mysql)).toEqual(await lines(postgres));
  });

  it('list an unreadable time as malformed when the row is fetched', async () => {
    const [mysql] = await both('datetime', updates);
    const rows = await mysql?.fetch('patient', ['zero', 'never', 'first']);
    const problems = ['zero', 'never', 'first'].map((id) => rows?.get(id)?.[0]?.findings);
    expect(problems).toEqual([[{ column: 'updated_at', problem: 'malformed' }], [], []]);
  });

  it('are the visits that overlap it, as in Postgres', async () => {
    const visits: Readonly<Record<string, readonly (string | null)[]>> = {
      inside: ['2026-03-01 09:00:00', '2026-03-01 10:00:00', 'finished'],
      around: ['2026-02-01 09:00:00', '2026-04-01 10:00:00', 'finished'],
      earlier: ['2026-02-01 09:00:00', '2026-02-01 10:00:00', 'finished'],
      later: ['2026-03-02 00:00:00', null, 'finished'],
      open: ['2026-02-01 09:00:00', null, 'open'],
      moment: ['2026-03-01 00:00:00', null, 'finished'],
      planned: [null, null, 'planned'],
      ended: [null, '2026-03-01 10:00:00', 'finished'],
      backwards: ['2026-03-01 09:00:00', '2026-02-01 10:00:00', 'finished'],
    };
    const rows = Object.entries(visits).map(([id, values]) => [id, ...values]);
    await site.sql('CREATE TABLE visit (id varchar(20), began datetime, ended datetime, state varchar(20))');
    await site.sql('INSERT INTO visit VALUES ?', [rows]);
    await twin.sql('CREATE TABLE visit (id text, began timestamp, ended timestamp, state text)');
    for (const row of rows) await twin.sql('INSERT INTO visit VALUES ($1, $2, $3, $4)', row);
    const files = {
      'patients.sql': somePatients,
      'encounters.sql':
        "SELECT id AS encounter_id, 'p' AS patient_id, began AS started_at, ended AS ended_at, state AS status FROM visit",
    };
    const selection = { kind: 'active_between', ...march } as const;
    const ids = await scannedIds(await site.open(files), 'encounter', selection);
    expect(ids).toEqual(await scannedIds(await twin.open(files), 'encounter', selection));
    expect(ids).toEqual(['around', 'backwards', 'ended', 'inside', 'moment', 'open']);
  });
});

const typeOfPostgres: Readonly<Record<string, string>> = {
  datetime: 'timestamp',
  timestamp: 'timestamptz',
  'varchar(40)': 'text',
};

describe('the latest instant of a text', () => {
  let database: TestDatabase;
  let session: Session;
  const zones = ['America/Chicago', 'Europe/London', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC', 'Asia/Kolkata'];
  beforeAll(async () => {
    database = await freshDatabase();
    session = await Session.open(database.url, { neighbour: 'the test server', rawText: true });
  });
  afterAll(async () => {
    await session.close();
    await database.drop();
  });

  it('is the same as in Postgres, for wall-clock times and dates in any zone', async () => {
    const reading = readUpdatedAt('text')?.instant.replaceAll('contract.updated_at', 'said') ?? '';
    const texts = fc.tuple(
      fc.date({ min: new Date('1950-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
      fc.constantFrom('', '.5', '.123456'),
      fc.boolean(),
    );
    // Around the jumps of their clocks, where it is hard.
    const jumps = fc.constantFrom('2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-04-05', '2011-12-30');
    const hard = fc.tuple(jumps, fc.integer({ min: 0, max: 4 * 60 - 1 }));
    const asText = ([date, fraction, isDate]: [Date, string, boolean]): string =>
      isDate ? date.toISOString().slice(0, 10) : `${date.toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
    const asHard = ([day, minutes]: [string, number]): string =>
      `${day} 0${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:00`;
    const some = fc.array(fc.oneof(texts.map(asText), hard.map(asHard)), { minLength: 50, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zones), some, async (zone, said) => {
        await session.query('the zone', "SELECT set_config('redox_reconcile.zone', $1, false)", [zone]);
        const { rows } = await session.query(
          'the instants',
          `SELECT (${reading})::text AS instant FROM unnest($1::text[]) WITH ORDINALITY AS given (said, place) ORDER BY place`,
          [said],
        );
        const theirs = (rows as { instant: string }[]).map(({ instant }) => instant);
        expect(said.map((text) => latestInstant(text, zone))).toEqual(theirs);
      }),
      { numRuns: 60 },
    );
  });
});
