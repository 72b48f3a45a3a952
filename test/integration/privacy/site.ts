/** A site with made-up patients, over Postgres or over extracts, and everything that it has said since it was opened. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { onTestFinished, vi } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import type { Secret } from '../../../src/secret.ts';
import { Session } from '../../../src/postgres/session.ts';
import { commandLine } from '../../command-line.ts';
import { type Listener, openListener } from '../support/alert-listener.ts';
import { freshDatabase } from '../support/database.ts';
import { type Night, openNight } from '../support/night.ts';
import { fileTexts, ledgerTexts, serverLog, type Texts } from './channels.ts';
import type { Table } from './patient-values.ts';

export interface PrivacySite {
  readonly night: Night;
  /** Lists every row, for `--only`. */
  readonly allRows: string;
  /** The command line; what it said is kept. Gives its exit code. */
  run(argv: readonly string[], settings?: Environment, isHuman?: boolean): Promise<number>;
  /** Writes another file of the contract, or of the extracts. */
  rewrite(file: string, content: string | Buffer): Promise<void>;
  /** What lies in TMPDIR now. */
  temporaryFiles(): Promise<string[]>;
  /** Runs SQL in the EHR. */
  ehr(text: string): Promise<void>;
  /** Whatever was said and left so far, channel by channel. */
  texts(): Promise<Texts>;
}

export async function privacySite(kind: 'postgres' | 'csv', tables: readonly Table[]): Promise<PrivacySite> {
  const folder = await mkdtemp(join(tmpdir(), 'privacy-'));
  const [contract, extracts, temporary] = [join(folder, 'contract'), join(folder, 'extracts'), join(folder, 'tmp')];
  await mkdir(join(contract, 'sections'), { recursive: true });
  await mkdir(extracts);
  await mkdir(temporary);
  const database = await freshDatabase();
  for (const one of tables) {
    await writeFile(join(contract, fileOf(one)), queryOf(one));
    await writeFile(join(extracts, `${one.name}.csv`), stringify([one.columns, ...one.rows]));
  }
  const allRows = join(folder, 'all.csv');
  await writeFile(allRows, `entity,entity_id\n${tables.flatMap(listed).join('\n')}\n`);
  const ehr = async (statement: string): Promise<void> => inEhr(database.url, statement);
  if (kind === 'postgres') for (const one of tables) await ehr(tableText(one));

  const listener = await openListener();
  const night = await openNight({
    ehr: kind === 'csv' ? { kind, folder: extracts, contract } : { kind, url: database.url, contract },
    settings: { ALERT_WEBHOOK_URL: `${listener.url}/hook`, METRICS_FILE: join(folder, 'metrics.prom') },
  });
  // Copies of extracts that had to be unpacked or decoded would lie there.
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await night.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });
  const said: Record<string, string> = {};
  const heard = listenTo(listener);
  return {
    night,
    allRows,
    ehr,
    temporaryFiles: () => readdir(temporary),
    rewrite: (file, content) => writeFile(join(file.endsWith('.csv') ? extracts : contract, file), content),
    run: async (argv, settings = {}, isHuman = false) => {
      const { exitCode, stdout, stderr } = await commandLine(argv, { ...night.environment, ...settings }, isHuman);
      said[`stdout of ${argv[0] ?? ''}`] = (said[`stdout of ${argv[0] ?? ''}`] ?? '') + stdout;
      said[`stderr of ${argv[0] ?? ''}`] = (said[`stderr of ${argv[0] ?? ''}`] ?? '') + stderr;
      return exitCode;
    },
    texts: async () => ({
      ...said,
      log: night.logged(),
      'bodies of the webhook': heard(),
      metrics: (await fileTexts(folder))['file metrics.prom'] ?? '',
      ...(await fileTexts(night.reportDir)),
      ...(await fileTexts(temporary)),
      ...(await ledgerTexts(night)),
      ...(await serverLog(night)),
    }),
  };
}

function listenTo(listener: Listener): () => string {
  let all = '';
  return () => {
    all += JSON.stringify(listener.take());
    return all;
  };
}

/** The files of the contract's own folder, each with the condition on the ids that are asked for. */
const ownFiles: Readonly<Record<string, string>> = {
  patients: '',
  encounters: '',
  identifiers: ' WHERE patient_id = ANY($1)',
};

const fileOf = ({ name }: Table): string => (name in ownFiles ? `${name}.sql` : `sections/${name}.sql`);

const queryOf = ({ name, columns }: Table): string =>
  `SELECT ${columns.join(', ')} FROM ${name}${ownFiles[name] ?? ' WHERE encounter_id = ANY($1)'}`;

const listed = ({ name, rows }: Table): string[] =>
  name === 'patients' || name === 'encounters' ? rows.map(([id = '']) => `${name.slice(0, -1)},${id}`) : [];

const literal = (value: string): string => (value === '' ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

const tableText = ({ name, columns, rows }: Table): string =>
  `CREATE TABLE ${name} (${columns.map((column) => `${column} text`).join(', ')});` +
  `INSERT INTO ${name} VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`;

async function inEhr(url: Secret, statement: string): Promise<void> {
  const session = await Session.open(url, { neighbour: 'the EHR' });
  try {
    await session.query('a statement of the EHR', statement);
  } finally {
    await session.close();
  }
}
