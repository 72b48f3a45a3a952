/**
 * Copies the resources of a FHIR Bulk Data export into a schema of the ledger's database, one table a type, to be read by a contract like
 * another Postgres. The schema is one of those of `csv-landing.ts`, and lives as long.
 */
import type { ExtractSettings, FhirSettings } from '../../config/config.ts';
import { RefusedFault } from '../../fault.ts';
import { counted, inFull } from '../../plain-text.ts';
import type { Session } from '../../postgres/session.ts';
import { readContractTables } from '../contract/contract-tables.ts';
import { createLandingSchema, type Landing } from '../csv/csv-landing.ts';
import { type CsvFile, named, onceUnchanged, requireUnchanged } from '../csv/csv-files.ts';
import type { ExtractRemark } from '../csv/csv-choice.ts';
import { LandingFindings } from '../landing/landing-finding.ts';
import { exportReasons, fileNamed, folderReasons, namesFiles } from './fhir-completeness.ts';
import { listFhirFolder } from './fhir-files.ts';
import { type Manifest, readManifests } from './fhir-manifest.ts';
import { FhirReading } from './fhir-reading.ts';
import { createFhirTables, finishFhirTables, FhirTables } from './fhir-table.ts';
import { landedTypes, tableOfType } from './landed-type.ts';

interface FhirLandingOptions {
  /** On the ledger's database, with the right to create schemas. */
  readonly session: Session;
  readonly folder: string;
  readonly schema: string;
  readonly contractFolder: string;
  /** IANA zone of days, which FHIR writes without one. */
  readonly timeZone: string;
  readonly settings: Pick<ExtractSettings, 'settleMs'>;
  readonly fhir: FhirSettings;
  /** Its abort ends the wait for recently written files. */
  readonly signal?: AbortSignal;
}

/** Lands a whole export, all or nothing; an export that is not whole is refused. */
export async function landFhir(options: FhirLandingOptions): Promise<Landing> {
  const { session, folder, schema, contractFolder, settings, fhir, signal } = options;
  const look = async (): Promise<readonly CsvFile[]> => (await listFhirFolder(folder)).files;
  await onceUnchanged(look, settings.settleMs, signal);
  const { files, documents } = await listFhirFolder(folder);
  const manifests = await readManifests(documents, options.timeZone);
  refuse(folder, folderReasons({ names: files.map(({ name }) => name), manifests, isComplete: fhir.isComplete }));
  const [manifest = null] = manifests;
  const read = filesToRead(files, manifest);
  const { readBy } = await readContractTables(contractFolder);
  const wanted = new Set([...readBy.values()].flat());
  const findings = new LandingFindings();
  const tables = new FhirTables(session, schema, fhir.visitSystem === null);
  const reading = new FhirReading({
    tables,
    findings,
    zone: options.timeZone,
    read: landedTypes.filter((type) => wanted.has(tableOfType(type))),
    borne: fhir.errorsBorne,
    madeAt: manifest?.transactionTime ?? null,
  });
  return session.transaction(async () => {
    await createLandingSchema(session, schema);
    await createFhirTables(session, schema, fhir);
    await reading.read(read);
    await tables.end();
    refuse(folder, exportReasons({ manifest, ...reading.found }));
    const copies = await finishFhirTables(session, schema, tables, fhir);
    await requireUnchanged(read);
    return {
      schema,
      oldestFileTime: manifest?.transactionTime ?? oldestOf(read),
      findings: findings.kept,
      findingCount: findings.count,
      source: reading.sources,
      readBy,
      remarks: remarksOf(files, read, reading, copies),
      extract: { kind: 'fhir', names: [], tables: landedTypes.map(tableColumns), readBy },
    };
  });
}

const tableColumns = (type: string): { table: string; file: string; columns: null } => ({
  table: tableOfType(type),
  file: type,
  columns: null,
});

function refuse(folder: string, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new RefusedFault(
    `Refused: the FHIR files in ${folder} are no whole export: ${reasons.join('; ')}. Nothing was sent or stored. Have the export ` +
      'written again, whole, into a folder of its own.',
  );
}

/** Where a manifest names the files, these alone: others may be left of an earlier export. */
function filesToRead(files: readonly CsvFile[], manifest: Manifest | null): readonly CsvFile[] {
  const names = files.map(({ name }) => name);
  if (manifest === null || !namesFiles(manifest, names)) return files;
  const meant = new Set([...manifest.output, ...manifest.errors].map((file) => fileNamed(file, names)));
  return files.filter(({ name }) => meant.has(name));
}

function oldestOf(files: readonly CsvFile[]): Date {
  return new Date(Math.min(...files.map(({ modifiedAt }) => modifiedAt.getTime())));
}

function remarksOf(
  files: readonly CsvFile[],
  read: readonly CsvFile[],
  { others, origins }: FhirReading,
  copies: number,
): ExtractRemark[] {
  const unread = files.filter((file) => !read.includes(file)).map(({ name }) => name);
  const types = [...others].map(([type, count]) => `${type} ${inFull(count)}`);
  const remark = (file: string | undefined, sentence: string, isWarning = false): ExtractRemark => ({
    file: file ?? '',
    sentence,
    isWarning,
  });
  const servers = [...origins].filter(([, named]) => named.size > 1);
  return [
    ...servers.map(([type, named]) =>
      remark(
        read[0]?.name,
        `References to ${type} name several servers (${[...named].join(', ')}), and all were read as those of this export. ` +
          'If one is another server with ids of its own, have the export written without references to it.',
        true,
      ),
    ),
    ...(unread.length === 0
      ? []
      : [remark(unread[0], `The manifest does not name ${named(unread)}, so that was left alone.`, true)]),
    ...(types.length === 0
      ? []
      : [remark(read[0]?.name, `Resources of types that are not used were left out: ${named(types)}.`)]),
    ...(copies === 0
      ? []
      : [
          remark(
            read[0]?.name,
            `${counted(copies, 'line')} had a resource that came again; the newest of each was taken.`,
          ),
        ]),
  ];
}
