import type { ExtractSettings } from '../../config/config.ts';
import { UsageFault } from '../../fault.ts';
import type { ContractTables } from '../contract/contract-tables.ts';
import { chooseFiles, type ExtractRemark } from '../csv/csv-choice.ts';
import { type CsvFile, named } from '../csv/csv-files.ts';
import { type CsvShape, shapeOf } from '../csv/csv-shape.ts';
import { type ExtractText, openText } from '../csv/csv-text.ts';
import type { DeclaredTable } from './landing-declaration.ts';

/** The target of a file's rows, and how they are read. */
export interface LandingPlan {
  readonly file: CsvFile;
  readonly text: ExtractText;
  readonly shape: CsvShape;
  readonly table: string;
  readonly columns: readonly PlannedColumn[];
  readonly isDeclared: boolean;
  /** An earlier part has already created the table. */
  readonly isLaterPart: boolean;
}

/** A column of the file, in file order. */
interface PlannedColumn {
  readonly name: string;
  /** A lookup column: filled in every row, and indexed. */
  readonly isRequired: boolean;
  /** Missing from the declaration, and added as text. */
  readonly isAdded: boolean;
}

interface PlanOptions {
  /** All names in the folder. */
  readonly names: readonly string[];
  /** Files that may belong to a table. */
  readonly files: readonly CsvFile[];
  readonly tables: LandingTables;
  readonly contract: ContractTables;
  readonly declared: ReadonlyMap<string, DeclaredTable>;
  readonly settings: Pick<ExtractSettings, 'encoding' | 'delimiter' | 'escape'>;
}

interface LandingTables {
  readonly all: ReadonlySet<string>;
  /** Tables that a query of the contract reads. A fault in another table's file is only a warning. */
  readonly read: ReadonlySet<string>;
}

interface PlannedLanding {
  /** Their texts are open; the caller closes them. */
  readonly plans: readonly LandingPlan[];
  /** Sentences that omit their full stop. */
  readonly faults: readonly string[];
  readonly remarks: readonly ExtractRemark[];
}

/** The tables that the contract reads or declares. If it has no queries, every declared table counts as read. */
export function tablesToLand({ readBy }: ContractTables, declared: readonly string[]): LandingTables {
  const read = readBy.size === 0 ? declared : [...readBy.values()].flat();
  return { all: new Set([...read, ...declared]), read: new Set(read) };
}

/** Required for a comparison. */
const indispensable = ['patients', 'encounters'];

/** Examines the files and plans where each goes, or reports its fault and the remedy. */
export async function planLanding(options: PlanOptions): Promise<PlannedLanding> {
  const { names, files, tables, declared } = options;
  const chosen = chooseFiles(files, tables.all);
  const plans: LandingPlan[] = [];
  const remarks: ExtractRemark[] = [...chosen.remarks];
  const given = new Set([...chosen.tables, ...chosen.faults].map(({ table }) => table));
  const faults: string[] = indispensable
    .filter((table) => declared.has(table) && !given.has(table))
    .map(
      (table) => `${table}.csv is missing; have the export write it. In the folder are ${named(names) || 'no files'}`,
    );
  const tell = (table: string, file: string, sentence: string): void => {
    if (tables.read.has(table)) faults.push(sentence);
    else remarks.push({ file, sentence: `${sentence}; no query reads it, so it was left alone.`, isWarning: true });
  };
  for (const { table, sentence } of chosen.faults) tell(table, table, sentence);
  for (const { table, files: parts } of chosen.tables) {
    for (const file of parts) {
      const earlier = plans.find((plan) => plan.table === table);
      const planned = await tryToPlan(file, table, earlier, options);
      if ('plan' in planned) plans.push(planned.plan);
      else for (const sentence of planned.faults) tell(table, file.name, sentence);
    }
  }
  return { plans, faults, remarks: [...remarks, ...plans.flatMap(remarksOf)] };
}

export const closeTexts = async (plans: readonly LandingPlan[]): Promise<void> => {
  await Promise.all(plans.map(({ text }) => text.close()));
};

function remarksOf({ file, text }: LandingPlan): ExtractRemark[] {
  const cut = `${file.name} has no line end behind its last line; see that the export was complete.`;
  return [
    ...text.remarks.map((remark) => ({ file: file.name, ...remark })),
    ...(text.endsWithLineEnd ? [] : [{ file: file.name, sentence: cut, isWarning: true }]),
  ];
}

type PlannedFile = { readonly plan: LandingPlan } | { readonly faults: readonly string[] };

async function tryToPlan(
  file: CsvFile,
  table: string,
  earlier: LandingPlan | undefined,
  options: PlanOptions,
): Promise<PlannedFile> {
  try {
    const text = await openText(file, options.settings.encoding);
    const planned = await planText(text, table, earlier, options).catch(async (error: unknown) => {
      await text.close();
      throw error;
    });
    if ('faults' in planned) await text.close();
    return planned;
  } catch (error) {
    if (!(error instanceof UsageFault)) throw error;
    return { faults: [error.message.replace(/\.$/, '')] };
  }
}

async function planText(
  text: ExtractText,
  table: string,
  earlier: LandingPlan | undefined,
  { contract, declared: tables, settings }: PlanOptions,
): Promise<PlannedFile> {
  const { file } = text;
  const declared = tables.get(table);
  const words = new Set([...contract.wordsAround(table), ...(declared?.columns ?? []).map(({ name }) => name)]);
  const shape = await shapeOf(text, words, settings);
  const faults = headerFaults(file, shape.names, declared);
  if (earlier !== undefined && earlier.shape.names.join() !== shape.names.join()) {
    faults.push(
      `the header of ${file.name} is not that of ${earlier.file.name}; have the export write the same header into every part`,
    );
  }
  if (faults.length > 0) return { faults };
  const columns = shape.names.map((name) => {
    const column = declared?.columns.find((candidate) => candidate.name === name);
    return { name, isRequired: column?.isRequired ?? false, isAdded: column === undefined };
  });
  const isLaterPart = earlier !== undefined;
  return { plan: { file, text, shape, table, columns, isDeclared: declared !== undefined, isLaterPart } };
}

/** These faults never show a header's names: if the header line is missing, they are a patient's row. */
function headerFaults({ name }: CsvFile, names: readonly string[], declared: DeclaredTable | undefined): string[] {
  if (declared !== undefined && !declared.columns.some((column) => names.includes(column.name))) {
    const example = declared.columns
      .slice(0, 3)
      .map((column) => column.name)
      .join(', ');
    return [
      `${name} has no header line that names any of its columns (${example} …, see ${declared.file}); ` +
        'export it with a header line, or write that line on top',
    ];
  }
  return [...twins(name, names), ...lackingColumns(name, names, declared)];
}

function twins(file: string, names: readonly string[]): string[] {
  return names.flatMap((name, index) => {
    const other = names.indexOf(name);
    return other === index
      ? []
      : [`columns ${other + 1} and ${index + 1} of the header of ${file} have the same name here; rename one of them`];
  });
}

function lackingColumns(file: string, names: readonly string[], declared: DeclaredTable | undefined): string[] {
  return (declared?.columns ?? [])
    .filter(({ name, isRequired }) => isRequired && !names.includes(name))
    .map(
      ({ name }) => `${file} has no column ${name}, which ${declared?.file ?? ''} requires; have the export write it`,
    );
}
