import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Session } from '../../../src/postgres/session.ts';
import { freshDatabase } from '../support/database.ts';
import { mariadbd } from '../support/mysql/server.ts';
import { mysqlSite } from '../support/mysql/site.ts';
import type { NightOptions } from '../support/night.ts';
import { type Clinic, numbers, type Row, tables, times } from './clinic.ts';
import { contracts } from './contract.ts';
import { fhirFiles } from './fhir-files.ts';

/** An EHR of one kind that holds the clinic. */
export interface Source {
  readonly ehr: NightOptions['ehr'];
  /** Makes it hold exactly these rows, as of one moment. */
  hold(clinic: Clinic): Promise<void>;
  drop(): Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly isHere: boolean;
  readonly open: () => Promise<Source>;
}

/** Every kind of source that a night reads. */
export const kinds: readonly Kind[] = [
  { name: 'Postgres', isHere: true, open: inPostgres },
  { name: 'CSV extracts', isHere: true, open: inFiles },
  { name: 'FHIR files', isHere: true, open: inFhirFiles },
  { name: 'MariaDB', isHere: mariadbd !== null, open: inMariadb },
];

const tableNames = Object.keys(tables) as (keyof Clinic)[];

async function contractFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

const valuesOf = (table: keyof Clinic, row: Row): (string | null)[] =>
  tables[table].map((column) => row[column] ?? null);

const ddl = (text: string, time: string): string =>
  tableNames
    .map((table) => {
      const columns = tables[table].map(
        (column) =>
          `${column} ${times.has(column) ? time : numbers.has(column) ? 'int' : column === 'born' ? 'date' : text}`,
      );
      return `CREATE TABLE ${table} (${columns.join(', ')});`;
    })
    .join('\n');

async function inPostgres(): Promise<Source> {
  const database = await freshDatabase();
  const session = await Session.open(database.url, { neighbour: 'the site' });
  await session.query('tables', ddl('text', 'timestamp'));
  const contract = await contractFolder(contracts.postgres);
  return {
    ehr: { kind: 'postgres', url: database.url, contract },
    hold: (clinic) =>
      session.transaction(async () => {
        for (const table of tableNames) {
          await session.query('rows', `TRUNCATE ${table}`);
          for (const row of clinic[table]) {
            const values = valuesOf(table, row);
            const marks = values.map((_, index) => `$${index + 1}`).join(', ');
            await session.query('rows', `INSERT INTO ${table} VALUES (${marks})`, values);
          }
        }
      }),
    drop: async () => {
      await session.close();
      await database.drop();
      await rm(contract, { recursive: true });
    },
  };
}

async function inMariadb(): Promise<Source> {
  const site = await mysqlSite();
  await site.sql(ddl('varchar(50)', 'datetime'));
  const contract = await site.contract(contracts.mysql);
  return {
    ehr: { kind: 'mysql', url: site.url, contract },
    hold: async (clinic) => {
      await site.sql('START TRANSACTION');
      for (const table of tableNames) {
        await site.sql(`DELETE FROM ${table}`);
        if (clinic[table].length > 0)
          await site.sql(`INSERT INTO ${table} VALUES ?`, [clinic[table].map((row) => valuesOf(table, row))]);
      }
      await site.sql('COMMIT');
    },
    drop: () => site.drop(),
  };
}

async function inFiles(): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-files-'));
  const contract = await contractFolder(contracts.csv);
  return {
    ehr: { kind: 'csv', folder, contract },
    hold: async (clinic) => {
      for (const table of tableNames) {
        const lines = clinic[table].map((row) =>
          valuesOf(table, row)
            .map((value) => value ?? '')
            .join(','),
        );
        await writeFile(join(folder, `${table}.csv`), `${[tables[table].join(','), ...lines].join('\n')}\n`);
      }
    },
    drop: async () => {
      await rm(folder, { recursive: true });
      await rm(contract, { recursive: true });
    },
  };
}

/** Through the contract that ships: a site does not write its own tables of FHIR. */
async function inFhirFiles(): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-fhir-'));
  return {
    ehr: { kind: 'fhir', folder, contract: 'sql/ehr/us-core' },
    hold: async (clinic) => {
      for (const [name, content] of Object.entries(fhirFiles(clinic))) await writeFile(join(folder, name), content);
    },
    drop: () => rm(folder, { recursive: true }),
  };
}
