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

/** The folder's queries, and the faults found before the server sees them. */
export async function readContractFiles(folder: string): Promise<{ queries: ContractQuery[]; faults: string[] }> {
  await requireFolder(folder);
  const queries: ContractQuery[] = [];
  const faults: string[] = [];
  for (const { required, ...file } of contractFiles) {
    const own = await readIfThere(join(folder, file.file));
    const marked = own === null && file.byId ? await readMarked(folder, `${file.entity}s.sql`, 'by_id') : null;
    faults.push(...(marked?.faults ?? []));
    const content = own ?? marked?.content ?? null;
    if (content === null) {
      if (required) faults.push(`${file.file} is missing; write one SELECT that gives the ${file.entity}s into it`);
      continue;
    }
    const text = statementIn(content);
    const { columns: known, required: needed } = contract[file.entity];
    const made = marked === null ? {} : { madeFrom: marked.madeFrom };
    if (text === null) faults.push(holdsNothing(marked?.madeFrom ?? file.file));
    else queries.push({ ...file, ...made, text, known, required: needed });
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

type Mark = 'by_id' | 'summary';

interface Marked {
  /** Null without a marked line. */
  readonly content: string | null;
  readonly madeFrom: string;
  readonly faults: readonly string[];
}

/** The query by id that `encounters.sql` holds too, or that of summaries in a section's file. */
export async function readMarked(folder: string, file: string, mark: Mark): Promise<Marked> {
  const content = await readIfThere(join(folder, file));
  return {
    content: variantOf(content, mark),
    madeFrom: `${file} with its lines -- @${mark}`,
    faults: misspeltMarks(file, content ?? '', mark),
  };
}

/** Each line with the mark `-- @by_id` or `-- @summary` is what follows the mark, so lines keep their numbers. Null without such a line. */
export function variantOf(content: string | null, mark: Mark): string | null {
  const variant = content?.replaceAll(new RegExp(`^.*-- @${mark}\\b ?(.*)$`, 'gm'), '$1') ?? null;
  return variant === content ? null : variant;
}

const looksMarked: Readonly<Record<Mark, RegExp>> = {
  by_id: /(?:--|#|\/\*)\s*@\s*by[\s_-]*ids?\b/i,
  summary: /(?:--|#|\/\*)\s*@\s*summar(?:y|ies)\b/i,
};

/** A misspelt mark is a comment, and nobody would miss the query. */
const misspeltMarks = (file: string, content: string, mark: Mark): readonly string[] =>
  content
    .split('\n')
    .flatMap((line, index) =>
      looksMarked[mark].test(line) && variantOf(line, mark) === null
        ? [`${file}, line ${index + 1}, has a misspelt mark; write it as -- @${mark}, or the line stays a comment`]
        : [],
    );

/** Null if the file or its folder is missing; any other failure (rights, a bad disk) throws. */
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
 * The pieces of an SQL file: each string, quoted name or comment is one piece, so a semicolon inside it is text; blanks
 * and semicolons are filler; any other character is its own piece. Each piece matches in one way only.
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

/** The file's statement, stripped of trailing semicolons and comments; null if the file holds only those. */
export function statementIn(content: string): string | null {
  let end = 0;
  for (const { 0: piece, index, groups } of content.matchAll(pieces)) {
    if (groups?.['filler'] === undefined) end = index + piece.length;
  }
  return end === 0 ? null : content.slice(0, end);
}
