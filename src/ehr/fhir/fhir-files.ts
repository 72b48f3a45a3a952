import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault } from '../../fault.ts';
import { type CsvFile, lookAt, named, unreadable } from '../csv/csv-files.ts';
import { noFolder } from '../landing/extract-folder.ts';

/** What lies in the folder of an export, its subfolders included. */
export interface FhirFolder {
  /** `*.ndjson` and `*.ndjson.gz`, sorted by name; the name is the path within the folder. */
  readonly files: readonly CsvFile[];
  /** `*.json` of the folder itself, one of which may be the manifest. */
  readonly documents: readonly CsvFile[];
}

/** Hidden files are work in progress; exporters write a log of events beside the resources. */
const isExport = (name: string): boolean => /\.ndjson(?:\.gz)?$/i.test(name) && !/(?:^|\/)log\.ndjson$/i.test(name);
const isWanted = (name: string): boolean => !name.split('/').some((part) => part.startsWith('.'));

export async function listFhirFolder(folder: string): Promise<FhirFolder> {
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw noFolder(folder, error, 'fhir') ?? unreadable(folder, error);
  });
  const wanted = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter(isWanted)
    .sort();
  const files = await regular(folder, wanted.filter(isExport));
  if (files.length === 0) {
    const instead = wanted.length === 0 ? '' : `, but ${named(wanted)}`;
    throw new UsageFault(
      `The folder ${folder} holds no *.ndjson file${instead}; put a Bulk Data export there (Patient.ndjson, Encounter.ndjson …), ` +
        'or set EHR_URL=fhir:<folder> to where it is (a share that is not mounted looks empty, too).',
    );
  }
  const documents = wanted.filter((name) => !name.includes('/') && /\.json$/i.test(name));
  return { files, documents: await regular(folder, documents) };
}

async function regular(folder: string, names: readonly string[]): Promise<CsvFile[]> {
  const files: CsvFile[] = [];
  for (const name of names) {
    const { isFile, ...found } = await lookAt(join(folder, name));
    if (isFile) files.push({ name, ...found });
  }
  return files;
}
