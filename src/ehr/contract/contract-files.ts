import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contract, type Entity } from '../../contract/contract.ts';
import { UsageFault } from '../../fault.ts';
import type { ContractQuery } from './contract-query.ts';

interface ContractFile {
  readonly entity: Entity;
  readonly file: string;
  readonly byId: boolean;
  readonly required: boolean;
}

const contractFiles: readonly ContractFile[] = [
  { entity: 'patient', file: 'patients.sql', byId: false, required: true },
  { entity: 'encounter', file: 'encounters.sql', byId: false, required: true },
  { entity: 'merge', file: 'merges.sql', byId: false, required: false },
  { entity: 'patient', file: 'patients_by_id.sql', byId: true, required: false },
  { entity: 'encounter', file: 'encounters_by_id.sql', byId: true, required: false },
];

/** The queries that the folder holds, and what is wrong with its files before any server has seen them. */
export async function readContractFiles(folder: string): Promise<{ queries: ContractQuery[]; faults: string[] }> {
  await requireFolder(folder);
  const queries: ContractQuery[] = [];
  const faults: string[] = [];
  for (const { required, ...file } of contractFiles) {
    const content = await readIfThere(join(folder, file.file));
    if (content === null) {
      if (required) faults.push(`${file.file} is missing; write one SELECT that gives the ${file.entity}s into it`);
      continue;
    }
    const text = statementIn(content);
    const { columns: known, required: needed } = contract[file.entity];
    if (text === null) faults.push(holdsNothing(file.file));
    else queries.push({ ...file, text, known, required: needed });
  }
  return { queries, faults };
}

export const holdsNothing = (file: string): string => `${file} holds no statement; write one SELECT into it`;

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new UsageFault(
    `The folder of the EHR contract, ${folder}, does not exist; set EHR_CONTRACT to the folder that holds patients.sql and encounters.sql.`,
  );
}

/** A folder on the way that is not there is as good as a missing file; anything else (rights, a bad disk) is told. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw new UsageFault(
      `Could not read ${path}: ${error instanceof Error ? error.message : String(error)}; make it readable to the user who runs the job.`,
      { cause: error },
    );
  }
}

/**
 * The pieces of a file of SQL: texts, names and comments each as a whole, so that a semicolon within one ends nothing; blanks and
 * semicolons; and everything else by the letter. There is one way only to read each piece.
 */
const pieces = new RegExp(
  [
    String.raw`(?<filler>--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/|[\s;]+)`,
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
    String.raw`'(?:[^']|'')*'`,
    String.raw`"(?:[^"]|"")*"`,
    String.raw`(?<tag>\$(?:[A-Za-z_]\w*)?\$)[^]*?\k<tag>`,
    '[^]',
  ].join('|'),
  'g',
);

/** The file's statement up to its semicolon; null if the file is empty. */
export function statementIn(content: string): string | null {
  let end = 0;
  for (const { 0: piece, index, groups } of content.matchAll(pieces)) {
    if (groups?.['filler'] === undefined) end = index + piece.length;
  }
  return end === 0 ? null : content.slice(0, end);
}
