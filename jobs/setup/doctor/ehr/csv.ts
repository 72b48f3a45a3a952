import type { ExtractSettings } from '../../../../src/config/config.ts';
import { readContractTables } from '../../../../src/ehr/contract/contract-tables.ts';
import { namesThatMayGive } from '../../../../src/ehr/csv/csv-choice.ts';
import { type CsvFile, listCsvFiles, listFolder, named } from '../../../../src/ehr/csv/csv-files.ts';
import { declaredNames } from '../../../../src/ehr/landing/landing-declaration.ts';
import { tableNameOf } from '../../../../src/ehr/landing/landing-name.ts';
import { closeTexts, type LandingPlan, planLanding, tablesToLand } from '../../../../src/ehr/landing/landing-plan.ts';
import { inFull, lasting } from '../../../../src/plain-text.ts';
import { type Check, fault, look, ok, warning } from '../check.ts';

interface Extracts {
  readonly folder: string;
  readonly contractFolder: string;
  readonly settings: Pick<ExtractSettings, 'encoding' | 'delimiter' | 'escape' | 'maxAgeMs'>;
  readonly now: Date;
}

/** Checks CSV extracts: whether they can be read, whether they begin with a header, and how old they are. */
export function checkExtracts({ folder, contractFolder, settings, now }: Extracts): Promise<readonly Check[]> {
  return look('files', async () => {
    const contract = await readContractTables(contractFolder);
    const all = await listCsvFiles(folder);
    const wanted = tablesToLand(contract, await declaredNames(contractFolder));
    const found = await listCsvFiles(folder, (names) => namesThatMayGive(names, wanted.all));
    // If the contract reads none of the files, all of them are checked.
    const every = new Set(all.map(({ name }) => tableNameOf(name)));
    const [tables, files] = found.length > 0 ? [wanted, found] : [{ all: every, read: every }, all];
    const names = await listFolder(folder);
    const planned = await planLanding({ names, files, tables, contract, declared: new Map(), settings });
    await closeTexts(planned.plans);
    return [
      ok('files', `${all.length} CSV files in ${folder}, ${inFull(Math.ceil(bytesOf(all) / 1_000_000))} MB.`),
      ...(planned.faults.length > 0
        ? []
        : unread(
            all,
            planned.plans.map(({ file }) => file.name),
          )),
      ...planned.faults.map((sentence) => fault('header', `${sentence}.`, null)),
      ...(planned.faults.length > 0 ? [] : [headers(planned.plans)]),
      ...planned.remarks.map(({ sentence, isWarning }) =>
        isWarning ? warning('read', sentence, null) : ok('read', sentence),
      ),
      ...(found.length === 0 ? [noneRead] : []),
      ageOf(files, now, settings.maxAgeMs),
    ];
  });
}

const bytesOf = (files: readonly CsvFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const noneRead = warning(
  'tables',
  'The contract reads none of these files.',
  'Name each file like its table, or set EHR_CONTRACT to the contract for them.',
);

function headers(plans: readonly LandingPlan[]): Check {
  const each = plans.map(({ file, columns }) => `${file.name} (${columns.length})`).join(', ');
  return ok('header', `Each begins with a header line: ${each}.`);
}

/** What lies there and is left alone. */
function unread(all: readonly CsvFile[], read: readonly string[]): Check[] {
  const names = all.map(({ name }) => name).filter((name) => !read.includes(name));
  return names.length === 0 || read.length === 0
    ? []
    : [ok('files', `The contract does not read ${named(names)}, so a night leaves that alone.`)];
}

function ageOf(files: readonly CsvFile[], now: Date, maxAgeMs: number): Check {
  const oldest = files.reduce((a, b) => (a.modifiedAt < b.modifiedAt ? a : b));
  const ageMs = now.getTime() - oldest.modifiedAt.getTime();
  const age = `${oldest.name}, the oldest of them, was written ${lasting(ageMs)} ago.`;
  return ageMs > maxAgeMs
    ? warning('age', age, 'See that the export still runs: the watermark follows the oldest file.')
    : ok('age', age);
}
