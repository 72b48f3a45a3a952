import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UsageFault } from '../../fault.ts';
import { identifierColumns, requiredIdentifierColumns } from '../../contract/patient-details.ts';
import { isSection, sectionColumns, sections, type Section } from '../../contract/section.ts';
import { holdsNothing, readIfThere, readMarked, statementIn } from '../contract/contract-files.ts';
import type { IdentifiersQuery, SectionQuery } from '../contract/contract-query.ts';

/** The folders of clinical content, and the column that says whose it is. */
const keys = { sections: 'encounter_id', summary: 'patient_id' } as const;
type FolderName = keyof typeof keys;

/** The contract folder's queries of sections, in canonical order, and the faults of its files: of visits, then of patients. */
export async function readSectionFiles(folder: string): Promise<{ queries: SectionQuery[]; faults: string[] }> {
  const visits = await readFolder(folder, 'sections');
  const patients = await readFolder(folder, 'summary');
  return { queries: [...visits.queries, ...patients.queries], faults: [...visits.faults, ...patients.faults] };
}

/** `identifiers.sql`, which is optional. */
export async function readIdentifiersFile(folder: string): Promise<{ queries: IdentifiersQuery[]; faults: string[] }> {
  const file = 'identifiers.sql';
  const content = await readIfThere(join(folder, file));
  if (content === null) return { queries: [], faults: [] };
  const text = statementIn(content);
  if (text === null) return { queries: [], faults: [holdsNothing(file)] };
  const key = 'patient_id';
  return {
    queries: [{ key, file, text, byId: true, known: identifierColumns, required: requiredIdentifierColumns }],
    faults: [],
  };
}

async function readFolder(
  folder: string,
  folderName: FolderName,
): Promise<{ queries: SectionQuery[]; faults: string[] }> {
  const names = await namesIn(join(folder, folderName));
  const faults = names.filter((name) => sectionOf(name) === null).map((name) => unknownFile(folderName, name));
  const key = keys[folderName];
  const queries: SectionQuery[] = [];
  for (const section of sections) {
    const file = `${folderName}/${section}.sql`;
    const own = await readIfThere(join(folder, file));
    const isMarked = own === null && folderName === 'summary';
    const marked = isMarked ? await readMarked(folder, `sections/${section}.sql`, 'summary') : null;
    faults.push(...(marked?.faults ?? []));
    const content = own ?? marked?.content ?? null;
    if (content === null) continue;
    const text = statementIn(content);
    if (text === null) faults.push(holdsNothing(marked?.madeFrom ?? file));
    else
      queries.push({
        section,
        key,
        file,
        ...(marked === null ? {} : { madeFrom: marked.madeFrom }),
        text,
        byId: true,
        known: [key, ...sectionColumns(section).slice(1)],
        required: [key],
      });
  }
  return { queries, faults };
}

/** Names in the optional folder. A leading dot marks files of the desktop or the editor. */
async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UsageFault(
      `Could not read ${path}: ${error instanceof Error ? error.message : String(error)}; make it a folder that the user who runs the job can read.`,
      { cause: error },
    );
  }
}

function sectionOf(name: string): Section | null {
  const stem = name.endsWith('.sql') ? name.slice(0, -'.sql'.length) : '';
  return isSection(stem) ? stem : null;
}

/** An unread file means unsent content, so every one is reported. */
const unknownFile = (folderName: FolderName, name: string): string =>
  `${folderName}/${name} is no section; the nearest is ${folderName}/${closest(stemOf(name), sections)}.sql: ` +
  'call it that if it is meant, or take it out';

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase();
