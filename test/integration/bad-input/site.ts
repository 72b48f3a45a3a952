import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { onTestFinished } from 'vitest';
import { Session } from '../../../src/postgres/session.ts';
import { undefuse } from '../../../src/report/defuse.ts';
import { freshDatabase } from '../support/database.ts';
import { type Night, type NightResult, openNight } from '../support/night.ts';

/** Rows of text columns, by table. */
type Rows = Readonly<Record<'patients' | 'encounters', readonly Readonly<Record<string, string | null>>[]>>;

const contractOf: Readonly<Record<string, string>> = {
  'patients.sql': 'SELECT patient_id, last_name, street_address FROM patients',
  'encounters.sql': 'SELECT encounter_id, patient_id, status, reason_name, started_at FROM encounters',
};
const columnsOf = {
  patients: ['patient_id', 'last_name', 'street_address'],
  encounters: ['encounter_id', 'patient_id', 'status', 'reason_name', 'started_at'],
} as const;
const tables = ['patients', 'encounters'] as const;

interface BadSite extends Night {
  readonly folder: string;
  ehr(text: string, parameters?: readonly (readonly (string | null)[])[]): Promise<void>;
}

export async function site(
  kind: 'postgres' | 'csv',
  contract: Readonly<Record<string, string>> = contractOf,
): Promise<BadSite> {
  const folder = await mkdtemp(join(tmpdir(), 'bad-input-'));
  const database = await freshDatabase();
  await mkdir(join(folder, 'contract'));
  await mkdir(join(folder, 'extracts'));
  for (const [name, text] of Object.entries(contract)) await writeFile(join(folder, 'contract', name), text);
  const night = await openNight({
    ehr:
      kind === 'csv'
        ? { kind, folder: join(folder, 'extracts'), contract: join(folder, 'contract') }
        : { kind, url: database.url, contract: join(folder, 'contract') },
    settings: { CONCURRENCY: '32' },
  });
  const session = await Session.open(database.url, { neighbour: 'the EHR' });
  onTestFinished(async () => {
    await session.close();
    await night.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });
  const ehr: BadSite['ehr'] = async (text, parameters = []) => {
    await session.query('a statement of the EHR', text, parameters);
  };
  return { ...night, folder, ehr };
}

/** Puts rows into a site as its database or its export would. */
export async function fill(kind: 'postgres' | 'csv', at: BadSite, rows: Rows): Promise<void> {
  for (const name of tables) {
    const columns = columnsOf[name];
    if (kind === 'csv') {
      const lines = rows[name].map((row) => columns.map((column) => row[column] ?? ''));
      const text = stringify([[...columns], ...lines], { quoted_match: /[\r\n]/ });
      await writeFile(join(at.folder, 'extracts', `${name}.csv`), text);
      continue;
    }
    await at.ehr(`CREATE TABLE ${name} (${columns.map((column) => `${column} text`).join(', ')})`);
    const places = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
    const values = columns.map((column) => rows[name].map((row) => row[column] ?? null));
    await at.ehr(`INSERT INTO ${name} SELECT * FROM unnest(${places})`, values);
  }
}

/** What is said of an id anywhere in the reports of a run. */
export function namedIn(run: NightResult): ReadonlySet<string> {
  const named = new Set<string>();
  for (const report of ['discrepancies', 'data-quality', 'open-actions', 'calls'] as const) {
    for (const line of run.csv(report)) {
      const isSent = report === 'calls' && line['kind'] === 'accepted';
      const isGood = report === 'discrepancies' && line['kind'] === 'new';
      if (!isSent && !isGood) named.add(undefuse(line['entity_id'] ?? ''));
    }
  }
  return named;
}
