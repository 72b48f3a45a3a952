import * as z from 'zod';
import type { Session } from '../../../postgres/session.ts';

/** A step of the server's plan for a query, with the steps below it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Cond'?: string | undefined;
  readonly 'Total Cost'?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    Schema: z.string().optional(),
    'Relation Name': z.string().optional(),
    'Index Cond': z.string().optional(),
    'Total Cost': z.number().optional(),
    Plans: z.array(planNode).optional(),
  }),
);

/** A query as sent to the server. */
export interface Planned {
  readonly file: string;
  readonly text: string;
  /** The query takes ids as `$1`. */
  readonly takesIds: boolean;
}

/**
 * The value of `$1` in an EXPLAIN: one null, of any type and equal to no id. Some foreign data wrappers turn an empty list into `IN ()`,
 * and other databases refuse that.
 */
export const noIds: readonly (readonly null[])[] = [[null]];

/** Explains a query; the server reads no row. */
export async function planOf(session: Session, { file, text, takesIds }: Planned): Promise<PlanNode[]> {
  const { rows } = await session.query(
    `a look at the plan of ${file}`,
    `EXPLAIN (FORMAT JSON, VERBOSE) ${text}`,
    takesIds ? noIds : [],
  );
  const [row] = z.array(z.object({ 'QUERY PLAN': z.string() })).parse(rows);
  return z
    .array(z.object({ Plan: planNode }))
    .parse(JSON.parse(row?.['QUERY PLAN'] ?? '[]'))
    .map(({ Plan }) => Plan);
}

export interface PlannedTable {
  readonly schema: string;
  readonly table: string;
}

/** The table that a step reads itself; null for a step that processes the rows of others. */
export function tableOf(node: PlanNode): PlannedTable | null {
  const table = node['Relation Name'];
  return table === undefined ? null : { schema: node.Schema ?? '', table };
}

/** The planner's cost estimate; infinite if the server omits it. */
export async function costOf(session: Session, query: Planned): Promise<number> {
  const costs = (await planOf(session, query)).map((plan) => plan['Total Cost'] ?? Infinity);
  return Math.max(...costs);
}

export const stepsOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(stepsOf)];
