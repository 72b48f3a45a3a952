import { type CsvFile, filesNamed, holdsNone, listFolder } from '../csv/csv-files.ts';
import { isCalledManifest } from './fhir-manifest.ts';

/** What lies in the folder of an export, its subfolders included. */
export interface FhirFolder {
  /** `*.ndjson` and `*.ndjson.gz`, sorted by name; the name is the path within the folder. */
  readonly files: readonly CsvFile[];
  /** `*.json` of the folder itself, one of which may be the manifest; of subfolders what is called so. */
  readonly documents: readonly CsvFile[];
}

/** Exporters write a log of events beside the resources. */
const isExport = (name: string): boolean => /\.ndjson(?:\.gz)?$/i.test(name) && !/(?:^|\/)log\.ndjson$/i.test(name);

export async function listFhirFolder(folder: string): Promise<FhirFolder> {
  const names = await listFolder(folder, 'fhir');
  const files = await filesNamed(folder, names.filter(isExport));
  if (files.length === 0) {
    throw holdsNone(folder, names, '*.ndjson', 'a Bulk Data export there (Patient.ndjson, Encounter.ndjson …)');
  }
  const documents = names.filter((name) => isCalledManifest(name) || (!name.includes('/') && /\.json$/i.test(name)));
  return { files, documents: await filesNamed(folder, documents) };
}
