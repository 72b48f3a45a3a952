import type { Entity } from '../../contract/contract.ts';
import { UsageFault } from '../../fault.ts';
import { columnFaults, differenceFaults, sectionIdFaults } from './column-faults.ts';
import { readContractFiles } from './contract-files.ts';
import type {
  CheckedContract,
  CheckedIdentifiers,
  CheckedQuery,
  CheckedSection,
  ContractQuery,
  IdentifiersQuery,
  SectionQuery,
  SiteQuery,
} from './contract-query.ts';
import type { Column, EhrSession, TypeRules } from '../engine.ts';
import type { LandedExtract } from '../landing/landed-extract.ts';
import { readIdentifiersFile, readSectionFiles } from '../landing/section-files.ts';

/**
 * Reads and checks the contract; throws one fault that lists everything wrong with it, each with its file and remedy.
 * `extract`: the tables that it reads, and the names of their columns, come from these files.
 */
export async function checkContract(
  session: EhrSession,
  folder: string,
  extract: LandedExtract | null,
): Promise<CheckedContract> {
  const { contract, faults, queries } = await examineContract(session, folder, extract);
  if (contract !== null) return contract;
  const all = [...faults, ...queries.flatMap((query) => query.faults)];
  throw new UsageFault(
    `The EHR contract in ${folder} does not fit:\n${all.map((fault) => `  - ${fault}.`).join('\n')}`,
  );
}

export interface ContractExamination {
  /** Null if there is any fault. */
  readonly contract: CheckedContract | null;
  /** Faults in the files, found before the server sees a query. */
  readonly faults: readonly string[];
  readonly queries: readonly ExaminedQuery[];
}

/** A query and its check. A fault is a sentence that starts with the file's name and omits its full stop. */
interface ExaminedQuery {
  readonly query: ContractQuery | SectionQuery | IdentifiersQuery;
  /** Type names by column; null if the server refused the query. */
  readonly columns: ReadonlyMap<string, string> | null;
  readonly faults: readonly string[];
}

/** Reads the contract and has the server describe each query. Throws only if reading the folder or the server fails. */
export async function examineContract(
  session: EhrSession,
  folder: string,
  extract: LandedExtract | null,
): Promise<ContractExamination> {
  const rows = await readContractFiles(folder);
  const clinical = await readSectionFiles(folder);
  const described = await describeAll(session, rows.queries, extract);
  const others = await readIdentifiersFile(folder);
  const sections = await describeAll(session, clinical.queries, extract);
  const identifiers = await describeAll(session, others.queries, extract);
  const checked = checkedOf(described);
  const examined = [
    ...described.map((one) => ({ ...one, faults: [...one.faults, ...againstAll(one, checked)] })),
    ...[...sections, ...identifiers].map((one) => ({
      ...one,
      faults: [...one.faults, ...againstRows(one, checked, session.types)],
    })),
  ];
  const faults = [...rows.faults, ...clinical.faults, ...others.faults];
  const fits = faults.length === 0 && examined.every((one) => one.faults.length === 0);
  return {
    contract: fits ? assemble(checked, checkedOf(sections), checkedOf(identifiers)) : null,
    faults,
    queries: examined.map((one) => ({ ...one, faults: one.faults.map((fault) => inOwnFile(one.query, fault)) })),
  };
}

/** A fault of a query that marked lines make names the file that has them. */
const inOwnFile = ({ file, madeFrom = file }: SiteQuery, fault: string): string =>
  fault.startsWith(file) ? `${madeFrom}${fault.slice(file.length)}` : fault;

interface Described<Query extends SiteQuery> {
  readonly query: Query;
  readonly columns: ReadonlyMap<string, string> | null;
  readonly doubts: readonly string[];
  readonly faults: readonly string[];
}

/** Has the server describe each query, and collects its faults and doubts. */
async function describeAll<Query extends SiteQuery>(
  session: EhrSession,
  queries: readonly Query[],
  extract: LandedExtract | null,
): Promise<Described<Query>[]> {
  const all: Described<Query>[] = [];
  for (const query of queries) {
    const described = await session.describe(query, extract);
    all.push(
      'fault' in described
        ? { query, columns: null, doubts: [], faults: [described.fault] }
        : {
            query,
            columns: typesOf(described.columns),
            doubts: columnDoubts(query, described.columns, session.types),
            faults: columnFaults(query, described.columns, { types: session.types, isLanded: extract !== null }),
          },
    );
  }
  return all;
}

/** The queries that the server accepted. */
const checkedOf = <Query extends SiteQuery>(
  described: readonly Described<Query>[],
): (Query & { readonly columns: ReadonlyMap<string, string>; readonly doubts: readonly string[] })[] =>
  described.flatMap(({ query, columns, doubts }) => (columns === null ? [] : [{ ...query, columns, doubts }]));

/** Differences between a query by id and the query for all. */
function againstAll({ query, columns, doubts }: Described<ContractQuery>, checked: readonly CheckedQuery[]): string[] {
  const all = checked.find(({ entity, byId }) => entity === query.entity && !byId);
  return query.byId && columns !== null && all !== undefined
    ? differenceFaults(all, { ...query, columns, doubts })
    : [];
}

function againstRows(
  { query, columns }: Described<SectionQuery | IdentifiersQuery>,
  checked: readonly CheckedQuery[],
  types: TypeRules,
): string[] {
  const whose = query.key === 'patient_id' ? 'patient' : 'encounter';
  const rows = checked.find(({ entity, byId }) => entity === whose && !byId);
  return columns !== null && rows !== undefined ? sectionIdFaults({ ...query, columns }, rows, types) : [];
}

/** One sentence for each column whose type is valid but prints differently from what people write. */
function columnDoubts({ file, known }: SiteQuery, columns: readonly Column[], types: TypeRules): string[] {
  return columns
    .filter(({ name }) => known.includes(name))
    .flatMap((column) => types.doubtOf(column) ?? [])
    .map((doubt) => `${file} gives ${doubt}.`);
}

function typesOf(columns: readonly Column[]): ReadonlyMap<string, string> {
  return new Map(columns.map(({ name, type }) => [name, type]));
}

function assemble(
  checked: readonly CheckedQuery[],
  clinical: readonly CheckedSection[],
  [identifiers]: readonly CheckedIdentifiers[],
): CheckedContract {
  const find = (entity: Entity, byId: boolean): CheckedQuery | undefined =>
    checked.find((query) => query.entity === entity && query.byId === byId);
  const required = (query: CheckedQuery | undefined): CheckedQuery => {
    if (query === undefined) throw new Error('a required query passed the check without being there');
    return query;
  };
  const patient = required(find('patient', false));
  const encounter = required(find('encounter', false));
  return {
    all: { patient, encounter, merge: find('merge', false) ?? null },
    byKey: { patient: find('patient', true) ?? patient, encounter: find('encounter', true) ?? encounter },
    sections: clinical.filter(({ key }) => key === 'encounter_id'),
    summary: clinical.filter(({ key }) => key === 'patient_id'),
    identifiers: identifiers ?? null,
  };
}
