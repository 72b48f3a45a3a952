import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UsageFault } from '../../fault.ts';
import { isSection, requiredSectionColumns, sectionColumns, sections, type Section } from '../../contract/section.ts';
import { holdsNothing, readIfThere, statementIn } from '../contract/contract-files.ts';
import type { SectionQuery } from '../contract/contract-query.ts';

const folderName = 'sections';

/** The contract folder's section queries, in canonical order, and the faults of its files. */
export async function readSectionFiles(folder: string): Promise<{ queries: SectionQuery[]; faults: string[] }> {
  const names = await namesIn(join(folder, folderName));
  const faults = names.filter((name) => sectionOf(name) === null).map(unknownFile);
  const queries: SectionQuery[] = [];
  for (const section of sections.filter((one) => names.includes(`${one}.sql`))) {
    const file = `${folderName}/${section}.sql`;
    const text = statementIn((await readIfThere(join(folder, file))) ?? '');
    if (text === null) faults.push(holdsNothing(file));
    else
      queries.push({
        section,
        file,
        text,
        byId: true,
        known: sectionColumns(section),
        required: requiredSectionColumns,
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
const unknownFile = (name: string): string =>
  `${folderName}/${name} is no section; the nearest is ${folderName}/${closest(stemOf(name), sections)}.sql: ` +
  'call it that if it is meant, or take it out';

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase();
