import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Ehr, openEhr, type ScanPace } from '../../../../src/ehr/ehr.ts';
import { Secret } from '../../../../src/secret.ts';
import { mysqlServer } from './server.ts';

/** An EHR of a test's own in MariaDB: a database to fill, and contracts to read it through. */
export interface MysqlSite {
  /** As the owner. */
  readonly url: Secret;
  readonly dialect: 'mysql';
  /** Runs statements as the EHR itself would. */
  sql(text: string, values?: readonly unknown[]): Promise<void>;
  rows(text: string): Promise<Record<string, unknown>[]>;
  /** A folder with a contract of these files. */
  contract(files: Readonly<Record<string, string>>): Promise<string>;
  open(files: Readonly<Record<string, string>>, options?: OpenOptions): Promise<Ehr>;
  drop(): Promise<void>;
}

interface OpenOptions {
  readonly timeZone?: string;
  readonly scanPace?: ScanPace;
  readonly signal?: AbortSignal;
  readonly url?: Secret;
}

export async function mysqlSite(): Promise<MysqlSite> {
  const server = await mysqlServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const owner: Connection = await createConnection({ uri: server, multipleStatements: true, charset: 'utf8mb4' });
  await owner.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}; SET sql_mode = ''`);
  const url = new Secret(`${server}/${name}`);
  const folder = await mkdtemp(join(tmpdir(), 'mysql-contract-'));
  const opened: Ehr[] = [];
  const contract = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const contractFolder = await mkdtemp(join(folder, 'contract-'));
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(contractFolder, file)), { recursive: true });
      await writeFile(join(contractFolder, file), content);
    }
    return contractFolder;
  };
  return {
    url,
    dialect: 'mysql',
    sql: async (text, values = []) => {
      await owner.query(text, [...values]);
    },
    rows: async (text) => (await owner.query<RowDataPacket[]>(text))[0],
    contract,
    open: async (files, { timeZone = 'America/Chicago', ...more } = {}) => {
      const contractFolder = await contract(files);
      const ehr = await openEhr({ url, searchPath: null, contractFolder, timeZone, clockLimit: null, ...more });
      opened.push(ehr);
      return ehr;
    },
    drop: async () => {
      await Promise.all(opened.map((ehr) => ehr.close()));
      await owner.query(`DROP DATABASE ${name}`);
      await owner.end();
      await rm(folder, { recursive: true });
    },
  };
}
