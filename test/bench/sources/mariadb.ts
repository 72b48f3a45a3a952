/** A quiet night over MariaDB, beside the same SELECTs read by its own client. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection, type Connection } from 'mysql2';
import { to as copyTo } from 'pg-copy-streams';
import { mariadbd, startMariadb, stopMariadb } from '../../mariadb-server.ts';
import { benchFolder, withClient } from '../database.ts';
import { figure, type Line, timesFloor } from '../line.ts';
import { best, measure, timed } from '../measured-job.ts';
import { detailOf } from '../nights.ts';
import { type Site, small } from '../site.ts';

const rounds = 2;
const files = ['patients.sql', 'encounters.sql', 'merges.sql', 'patients_by_id.sql', 'encounters_by_id.sql'] as const;

export async function measureMariadb(site: Site, copies: number, keep: (line: Line) => void): Promise<void> {
  const work = `quiet night on MariaDB, ${(copies * small.patients).toLocaleString('en-US')} + ${(copies * small.visits).toLocaleString('en-US')} rows`;
  if (mariadbd === null) {
    keep(figure(work, 'not measured', 'there is no mariadbd'));
    return;
  }
  await site.growTo(copies);
  const home = await mkdtemp(join(tmpdir(), 'redox-reconcile-bench-'));
  try {
    const url = new URL(await startMariadb(home, '1G'));
    await fill(site, url);
    await site.ledger('mariadb');
    const settings = {
      ...site.settings('mariadb'),
      EHR_URL: `${url.href}/bench`,
      EHR_CONTRACT: await contractIn(join(home, 'contract')),
    };
    await measure(['baseline'], settings);
    await measure(['nightly'], settings);
    const floor = await best(rounds, () => timed(() => readByClient(url, settings.EHR_CONTRACT)));
    const night = await best(rounds, () => measure(['nightly'], settings));
    keep(timesFloor({ work, ms: night.ms, floorMs: floor.ms, reach: 3, aim: 1.5, detail: detailOf(night) }));
  } finally {
    stopMariadb(home);
    await rm(home, { recursive: true, force: true });
  }
}

/** The contract of the bench in MariaDB's dialect. */
async function contractIn(folder: string): Promise<string> {
  await mkdir(folder);
  for (const file of files) {
    const text = await readFile(join(benchFolder, 'contract', file), 'utf8');
    await writeFile(join(folder, file), text.replace('= ANY ($1::text[]::bigint[])', 'IN ($1)'));
  }
  return folder;
}

async function readByClient(url: URL, contract: string): Promise<void> {
  const client = `mariadb --host=${url.hostname} --port=${url.port} --user=root --batch --quick --skip-column-names bench`;
  for (const file of files.slice(0, 2)) {
    await promisify(execFile)('sh', ['-c', `${client} < ${join(contract, file)} > /dev/null`]);
  }
}

/** The tables of the bench, copied as texts. */
async function fill(site: Site, url: URL): Promise<void> {
  const connection = createConnection({ uri: url.href, multipleStatements: true });
  const ask = (text: string, more: object = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      connection.query({ sql: text, ...more }, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  await ask("CREATE DATABASE bench CHARACTER SET utf8mb4; USE bench; SET sql_mode = ''");
  await withClient(site.ehrUrl, async (client) => {
    for (const [table, key] of tables) {
      const { rows } = await client.query<{ name: string; type: string }>(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'bench' AND table_name = $1 ORDER BY ordinal_position",
        [table],
      );
      const columns = rows.map(({ name, type }) => `${name} ${typeFor(name, type)}`);
      await ask(`CREATE TABLE ${table} (${columns.join(', ')}, PRIMARY KEY (${key}))`);
      const copy = client.query(copyTo(`COPY bench.${table} TO STDOUT`));
      await load(ask, table, copy);
    }
  });
  await close(connection);
}

const tables = [
  ['patient', 'patient_id'],
  ['encounter', 'encounter_id'],
  ['merge', 'retired_patient_id'],
] as const;

const load = (ask: (text: string, more: object) => Promise<void>, table: string, copy: object): Promise<void> =>
  ask(`LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4`, { infileStreamFactory: () => copy });

const typeFor = (name: string, type: string): string => {
  if (name.endsWith('_id') && type.includes('int')) return 'bigint';
  if (type === 'date') return 'date';
  return type.startsWith('timestamp') ? 'datetime' : 'varchar(191)';
};

const close = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    connection.end(() => {
      resolve();
    });
  });
