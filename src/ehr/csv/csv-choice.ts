import { type ExtractName, readingsOf } from './csv-name.ts';
import { named, type CsvFile } from './csv-files.ts';
import { tableNameOf } from '../landing/landing-name.ts';

/** A note about how a file was read; a warning also needs a fix. */
export interface ExtractRemark {
  readonly file: string;
  /** One sentence; of the file's content it contains only column names. */
  readonly sentence: string;
  readonly isWarning: boolean;
}

/** The files of one table: a single file, or its parts in order. */
interface ChosenTable {
  readonly table: string;
  readonly files: readonly CsvFile[];
}

interface ChosenFiles {
  readonly tables: readonly ChosenTable[];
  readonly faults: readonly { readonly table: string; readonly sentence: string }[];
  readonly remarks: readonly ExtractRemark[];
}

/** File names that may belong to one of the tables; only these files are examined. */
export const namesThatMayGive = (names: readonly string[], tables: ReadonlySet<string>): string[] =>
  names.filter((name) => claimOf(name, tables) !== null);

/** Chooses the files of each table if their names are unambiguous. */
export function chooseFiles(files: readonly CsvFile[], tables: ReadonlySet<string>): ChosenFiles {
  const chosen: { table: string; files: readonly CsvFile[] }[] = [];
  const faults: { table: string; sentence: string }[] = [];
  const remarks: ExtractRemark[] = [];
  for (const table of tables) {
    const claims = files.flatMap((file): Claim[] => {
      const claim = claimOf(file.name, tables);
      return claim?.table === table ? [{ file, name: claim }] : [];
    });
    if (claims.length === 0) continue;
    const choice = chooseAmong(table, claims);
    if ('fault' in choice) faults.push({ table, sentence: choice.fault });
    else {
      chosen.push({ table, files: choice.files });
      if (choice.remark !== null) remarks.push(choice.remark);
    }
  }
  return { tables: chosen, faults, remarks };
}

interface Claim {
  readonly file: CsvFile;
  readonly name: ExtractName;
}

type Choice =
  { readonly files: readonly CsvFile[]; readonly remark: ExtractRemark | null } | { readonly fault: string };

/** A file with the exact name of a table is that table, before any other reading of its name. */
function claimOf(name: string, tables: ReadonlySet<string>): ExtractName | null {
  const table = tableNameOf(name);
  if (tables.has(table)) return { table, date: null, part: null, parts: null };
  return readingsOf(name).find((reading) => tables.has(reading.table)) ?? null;
}

function chooseAmong(table: string, claims: readonly Claim[]): Choice {
  const dated = claims.filter(({ name }) => name.date !== null);
  const undated = claims.filter(({ name }) => name.date === null);
  const [newest] = dated.map(({ name }) => name.date ?? '').sort((one, other) => (one < other ? 1 : -1));
  if (newest === undefined) return togetherAs(table, undated);
  const ofNewest = dated.filter(({ name }) => name.date === newest);
  if (undated.length === 0) return withRemark(togetherAs(table, ofNewest), claims.length, newest);
  const names = undated.map(({ file }) => file.name);
  const isOutdated = ofNewest.some(({ file }) => undated.every((other) => other.file.modifiedAt < file.modifiedAt));
  if (!isOutdated) return togetherAs(table, undated);
  return {
    fault: `${named(names)} is older than ${ofNewest[0]?.file.name ?? ''}, and either could be the table ${table}; take one of them away`,
  };
}

function withRemark(choice: Choice, count: number, date: string): Choice {
  if ('fault' in choice || count === choice.files.length) return choice;
  const [first] = choice.files;
  const sentence = `Of ${count} files of this table the newest by name was read, of ${printed(date)}: ${named(choice.files.map(({ name }) => name))}.`;
  return { ...choice, remark: { file: first?.name ?? '', sentence, isWarning: false } };
}

const printed = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;

/** Accepts a single file, or all parts of one table. */
function togetherAs(table: string, claims: readonly Claim[]): Choice {
  const [first, other] = claims;
  if (first === undefined) return { files: [], remark: null };
  const same = twins(claims);
  if (same !== null) {
    return { fault: `${same[0]} and ${same[1]} are the same table here; take one of them away` };
  }
  if (other === undefined && first.name.part === null) return { files: [first.file], remark: null };
  const whole = claims.find(({ name }) => name.part === null);
  if (whole !== undefined) {
    const part = claims.find((claim) => claim !== whole) ?? whole;
    return {
      fault: `${part.file.name} may be a part of the table ${table} or a copy of ${whole.file.name}; take one of them away, or number all parts from 1`,
    };
  }
  return partsInOrder(table, claims);
}

function twins(claims: readonly Claim[]): readonly [string, string] | null {
  for (const [index, { file, name }] of claims.entries()) {
    const earlier = claims.slice(0, index).find((claim) => claim.name.part === name.part);
    if (earlier !== undefined) return [earlier.file.name, file.name];
  }
  return null;
}

function partsInOrder(table: string, claims: readonly Claim[]): Choice {
  const sorted = [...claims].sort((one, other) => (one.name.part ?? 0) - (other.name.part ?? 0));
  const numbers = sorted.map(({ name }) => name.part ?? 0);
  const first = numbers[0] === 0 ? 0 : 1;
  const total = Math.max(0, ...claims.map(({ name }) => name.parts ?? 0));
  const wanted = Math.max(total, numbers.length === 0 ? 0 : Math.max(...numbers) + 1 - first);
  const missing = Array.from({ length: wanted }, (_, index) => first + index).find(
    (number) => !numbers.includes(number),
  );
  if (missing === undefined) return { files: sorted.map(({ file }) => file), remark: null };
  return {
    fault: `part ${missing} of the table ${table} is missing beside ${named(sorted.map(({ file }) => file.name))}; have the export write every part`,
  };
}
