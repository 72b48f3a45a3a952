import type { FhirSettings } from '../../../../src/config/config.ts';
import { folderReasons } from '../../../../src/ehr/fhir/fhir-completeness.ts';
import { listFhirFolder } from '../../../../src/ehr/fhir/fhir-files.ts';
import { readManifests } from '../../../../src/ehr/fhir/fhir-manifest.ts';
import { counted, inFull, lasting } from '../../../../src/plain-text.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { filledStatement, statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, fault, look, ok, warning } from '../check.ts';

interface FhirFolderQuestion {
  readonly folder: string;
  readonly now: Date;
  readonly maxAgeMs: number;
  /** FHIR_COMPLETE. */
  readonly isComplete: boolean;
  readonly timeZone: string;
}

/** The folder as it lies there: what it holds, whether it can be a whole export, and how old it is. */
export function checkFhirFiles({
  folder,
  now,
  maxAgeMs,
  isComplete,
  timeZone,
}: FhirFolderQuestion): Promise<readonly Check[]> {
  return look('files', async () => {
    const { files, documents } = await listFhirFolder(folder);
    const manifests = await readManifests(documents, timeZone);
    const [manifest] = manifests;
    const reasons = folderReasons({ names: files.map(({ name }) => name), manifests, isComplete });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const oldest = Math.min(...files.map(({ modifiedAt }) => modifiedAt.getTime()));
    const madeAt = manifest?.transactionTime?.getTime() ?? oldest;
    const age = `The export is ${lasting(now.getTime() - madeAt)} old.`;
    return [
      ok('files', `${counted(files.length, 'NDJSON file')} in ${folder}, ${inFull(Math.ceil(bytes / 1_000_000))} MB.`),
      ...reasons.map((reason) => fault('export', `It is no whole export: ${reason}.`, null)),
      ...(manifest === undefined
        ? []
        : [ok('manifest', `${manifest.file} names ${counted(manifest.output.length, 'file')}.`)]),
      now.getTime() - madeAt > maxAgeMs
        ? warning('age', age, 'See that the export still runs: the watermark follows its time.')
        : ok('age', age),
    ];
  });
}

/** A system of identifiers: how many resources have one of it. */
interface IdentifierSystem {
  readonly system: string | null;
  readonly type: string | null;
  readonly resources: string;
  readonly all_resources: string;
}

/** The systems of identifiers that FHIR_MRN_SYSTEM and FHIR_VISIT_SYSTEM choose from, and how many lack the chosen one. */
export async function checkSystems(
  session: Session,
  schema: string,
  { mrnSystem, visitSystem }: Pick<FhirSettings, 'mrnSystem' | 'visitSystem'>,
): Promise<Check[]> {
  const systemsOf = async (table: 'patient' | 'encounter'): Promise<IdentifierSystem[]> => {
    const { name, text } = filledStatement('ehr/fhir-landing/list_identifier_systems', { table });
    return session.transaction(async () => {
      await session.run(statement('ehr/internal/set_landing_path'), [schema]);
      return (await session.query(name, text)).rows as IdentifierSystem[];
    });
  };
  return [
    ...describe('patients', 'FHIR_MRN_SYSTEM', mrnSystem, await systemsOf('patient')),
    ...describe('visits', 'FHIR_VISIT_SYSTEM', visitSystem, await systemsOf('encounter')),
  ];
}

function describe(
  whose: string,
  setting: string,
  chosen: string | null,
  systems: readonly IdentifierSystem[],
): Check[] {
  const what = `ids of ${whose}`;
  const listed = systems.map(
    ({ system, type, resources }) =>
      `${system ?? 'no system'}${type === null ? '' : ` (${type})`} ${inFull(Number(resources))}`,
  );
  const all = `Identifiers of ${whose} by their system: ${listed.length === 0 ? 'none' : listed.join(', ')}.`;
  if (chosen === null) return [ok(what, `${all} ${setting} is not set.`)];
  const isChosen = ({ system }: IdentifierSystem): boolean => system === chosen || system === `urn:oid:${chosen}`;
  const having = Math.max(0, ...systems.filter(isChosen).map(({ resources }) => Number(resources)));
  const total = Number(systems[0]?.all_resources ?? 0);
  if (having === 0) {
    return [fault(what, `${all} None is of ${setting}=${chosen}.`, `Set ${setting} to one of these, or leave it out.`)];
  }
  if (having >= total) return [ok(what, all)];
  const says = `${all} Of ${inFull(total)} ${whose}, ${inFull(total - having)} have none of ${setting}=${chosen}.`;
  return [warning(what, says, 'Those are invalid and not sent: see that the system is the right one.')];
}
