/** A quiet night over FHIR files, beside unpacking the same files and copying their lines as jsonb. */
import { exec } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, gzipSync } from 'node:zlib';
import { from as copyFrom } from 'pg-copy-streams';
import { packageRoot } from '../../../src/package-root.ts';
import { withClient } from '../database.ts';
import { figure, type Line, timesFloor } from '../line.ts';
import { measure, timed } from '../measured-job.ts';
import { detailOf } from '../nights.ts';
import { cpuOf, watchSessions } from '../sessions.ts';
import type { Site } from '../site.ts';

const original = join(packageRoot, '../shared/data/fhir/synthea-10-bulk');

/** `copies`: of an export of 7,160 resources; 70 are half a million. */
export async function measureFhir(site: Site, copies: number, keep: (line: Line) => void): Promise<void> {
  if (!existsSync(original)) {
    keep(figure('quiet night from FHIR files', 'not measured', 'the export is not there'));
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'redox-reconcile-bench-'));
  try {
    const lines = await multiply(folder, copies);
    await site.ledger('fhir');
    const settings = {
      ...site.settings('fhir'),
      EHR_URL: `fhir:${folder}`,
      EHR_CONTRACT: join(packageRoot, 'sql/ehr/us-core'),
      FHIR_COMPLETE: 'yes',
    };
    await measure(['baseline'], settings);
    const wc = await timed(() => promisify(exec)(`gzip -dc ${folder}/*.gz | wc`));
    const copy = await copyAsJson(site, folder);
    const ended = new AbortController();
    const watching = watchSessions(site.ledgerUrl('fhir'), ended.signal, 200);
    const night = await measure(['nightly'], settings);
    ended.abort();
    const { cpuMs } = await watching;
    const work = `quiet night, ${lines.toLocaleString('en-US')} FHIR resources`;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
    const detail =
      `\`gzip -dc | wc\` ${seconds(wc.ms)}; CPU of the COPY ${seconds(copy.cpuMs)}; ${detailOf(night)}; ` +
      `CPU of Postgres ${seconds(cpuMs)}`;
    keep(timesFloor({ work: `${work}, COPY as jsonb`, ms: night.ms, floorMs: copy.ms, reach: 3, aim: null, detail }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each copy with ids of its own: the first digits of each UUID, and of each NPI, are the copy's. */
async function multiply(folder: string, copies: number): Promise<number> {
  let lines = 0;
  for (const name of (await readdir(original)).filter((file) => file.endsWith('.ndjson') && file !== 'log.ndjson')) {
    const text = await readFile(join(original, name), 'utf8');
    for (let copy = 0; copy < copies; copy += 1) {
      const mark = (0x1000 + copy).toString(16);
      const own = text
        .replaceAll(/\b[0-9a-f]{4}([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g, `${mark}$1`)
        .replaceAll(/\b99999(\d{5})\b/g, `${String(10_000 + copy)}$1`);
      lines += own.split('\n').filter((line) => line !== '').length;
      await writeFile(join(folder, name.replace('.ndjson', `.${copy}.ndjson.gz`)), gzipSync(own, { level: 1 }));
    }
  }
  return lines;
}

/** `cpuMs`: of Postgres, and of this process for unpacking. */
async function copyAsJson(site: Site, folder: string): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  return withClient(site.ledgerUrl('fhir'), async (client) => {
    const startedAt = performance.now();
    const own = process.cpuUsage();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query('CREATE UNLOGGED TABLE floor (resource jsonb)');
    for (const name of await readdir(folder)) {
      const lines = createReadStream(join(folder, name)).pipe(createGunzip());
      const copy = String.raw`COPY floor FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')`;
      await pipeline(lines, client.query(copyFrom(copy)));
    }
    const { user, system } = process.cpuUsage(own);
    const found = {
      ms: performance.now() - startedAt,
      cpuMs: (user + system) / 1000 + (cpuOf(rows[0]?.pid ?? 0) ?? 0),
    };
    await client.query('DROP TABLE floor');
    return found;
  });
}
