import type { Entity } from '../core/contract.ts';
import { UsageFault } from '../core/fault.ts';
import type { Session } from '../postgres/session.ts';
import { columnFaults, differenceFaults, encounterIdFaults } from './column-faults.ts';
import { readContractFiles } from './contract-files.ts';
import type { CheckedContract, CheckedQuery, CheckedSection, SiteQuery } from './contract-query.ts';
import { describeQuery, type Column } from './describe-query.ts';
import { readSectionFiles } from './section-files.ts';

/**
 * Reads and checks the contract; throws one fault that lists everything wrong with it, each with its file and remedy.
 * `isLanded`: the tables that it reads, and the names of their columns, come from files.
 */
export async function checkContract(session: Session, folder: string, isLanded: boolean): Promise<CheckedContract> {
  const rows = await readContractFiles(folder);
  const clinical = await readSectionFiles(folder);
  const faults = [...rows.faults];
  const checked = await checkedOf(session, rows.queries, isLanded, faults);
  for (const byId of checked.filter((query) => query.byId)) {
    const all = checked.find((query) => query.entity === byId.entity && !query.byId);
    if (all !== undefined) faults.push(...differenceFaults(all, byId));
  }
  faults.push(...clinical.faults);
  const sections = await checkedOf(session, clinical.queries, isLanded, faults);
  const encounters = checked.find((query) => query.entity === 'encounter' && !query.byId);
  if (encounters !== undefined) faults.push(...sections.flatMap((section) => encounterIdFaults(section, encounters)));
  if (faults.length > 0) {
    throw new UsageFault(
      `The EHR contract in ${folder} does not fit:\n${faults.map((fault) => `  - ${fault}.`).join('\n')}`,
    );
  }
  return assemble(checked, sections);
}

/** The queries that the server has taken; what it or the contract has against one is added to the faults. */
async function checkedOf<Query extends SiteQuery>(
  session: Session,
  queries: readonly Query[],
  isLanded: boolean,
  faults: string[],
): Promise<(Query & { readonly columns: ReadonlyMap<string, string> })[]> {
  const checked = [];
  for (const query of queries) {
    const described = await describeQuery(session, query);
    if ('fault' in described) faults.push(described.fault);
    else {
      faults.push(...columnFaults(query, described.columns, isLanded));
      checked.push({ ...query, columns: typesOf(described.columns) });
    }
  }
  return checked;
}

function typesOf(columns: readonly Column[]): ReadonlyMap<string, string> {
  return new Map(columns.map(({ name, type }) => [name, type]));
}

function assemble(checked: readonly CheckedQuery[], sections: readonly CheckedSection[]): CheckedContract {
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
    sections,
  };
}
