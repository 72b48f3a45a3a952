import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import { composedQueries } from '../../../../src/ehr/postgres/plan/composed-queries.ts';
import { planOf, stepsOf, tableOf, type PlannedTable } from '../../../../src/ehr/postgres/plan/query-plan.ts';
import { inFull } from '../../../../src/plain-text.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

/** As text: the session parses nothing. */
interface Table {
  readonly name: string;
  readonly is_owner: string;
  readonly can_create_beside: string;
  readonly rights: string;
  readonly estimated_rows: string;
}

/** The tables that the contract reads, found from the plans of its queries; our role should be able to read them and no more. */
export async function checkEhrRights(session: Session, examination: ContractExamination): Promise<Check[]> {
  const { contract } = examination;
  if (contract === null) return [skipped('rights', 'because the contract does not fit.')];
  const read: PlannedTable[] = [];
  for (const query of composedQueries(contract)) {
    const steps = (await planOf(session, query)).flatMap(stepsOf);
    read.push(...steps.map(tableOf).filter((table) => table !== null));
  }
  return describe(
    await session.run<Table>(statement('doctor/describe_ehr_tables'), [
      read.map(({ schema }) => schema),
      read.map(({ table }) => table),
    ]),
  );
}

function describe(tables: readonly Table[]): Check[] {
  if (tables.length === 0) return [skipped('rights', 'because the plans of the queries name no table.')];
  const sizes = tables.map(({ name, estimated_rows }) => `${name} (${sizeOf(Number(estimated_rows))})`);
  const closed = tables.flatMap(tooMuch);
  if (closed.length === 0) return [ok('rights', `Only SELECT on what the contract reads: ${sizes.join(', ')}.`)];
  return [
    warning(
      'rights',
      `The role could change the EHR: ${closed.join('; ')}.`,
      'This job only reads, so make it a role that can do no more: docs/your-ehr.md has the GRANTs.',
    ),
  ];
}

const sizeOf = (rows: number): string => (rows < 0 ? 'never analysed' : `about ${inFull(rows)} rows`);

function tooMuch({ name, is_owner, can_create_beside, rights }: Table): string[] {
  if (is_owner === 't') return [`it owns ${name}`];
  const creates = can_create_beside === 't' ? ['CREATE in its schema'] : [];
  const all = [...(rights === '' ? [] : [rights]), ...creates];
  return all.length === 0 ? [] : [`${all.join(', ')} on ${name}`];
}
