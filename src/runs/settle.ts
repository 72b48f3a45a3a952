/**
 * Settle: a person decides about rows on hold: Redox has them (`accepted`), they are sent again (`send`), or they are left
 * (`ignore`). A run of its own under the ledger's lock that uses only the ledger. All lines that fit are settled in one
 * transaction; the others are printed with the reason.
 */
import { inPages } from '../async/pages.ts';
import { UsageFault } from '../fault.ts';
import { whyRefused, type SettlementWord } from '../decide/settlement.ts';
import { builderOf } from '../message/builder-version.ts';
import { settleRows, settleableRows, type SettleableRow } from '../ledger/plan/settlement.ts';
import { counted } from '../plain-text.ts';
import type { Finished } from '../run/finish.ts';
import type { LedgerPolicy, ListedRow } from '../run/policy.ts';
import type { JobServices, LedgerServices } from '../run/services.ts';
import { report } from '../report/reports.ts';
import { withLedgerRun } from '../run/with-run.ts';

interface Settlement {
  readonly rows: () => AsyncIterable<ListedRow>;
  readonly word: SettlementWord;
  /** Prints each line that does not fit, and the totals. */
  readonly print: (line: string) => void;
}

const pageSize = 1000;

/** Rejects with a UsageFault, and settles nothing, if the file is unreadable or no line of it fits. */
export function settle(config: LedgerPolicy['config'], job: JobServices, settlement: Settlement): Promise<Finished> {
  const { word, print } = settlement;
  const work = async (services: LedgerServices): Promise<'done'> => {
    const { settled, refused } = await services.ledger.writer.transaction(() =>
      settleAll(settlement, builderOf(config.redox), services),
    );
    if (refused > 0) print(`${counted(refused, 'row')} not settled.`);
    print(`${counted(settled, 'row')} settled as ${word}.`);
    return 'done';
  };
  return withLedgerRun({ job: 'settle', mode: 'none', options: { as: word }, config }, job, work, report);
}

async function settleAll(
  { rows, word, print }: Settlement,
  builderVersion: number,
  { ledger: { writer }, run, now }: LedgerServices,
): Promise<{ settled: number; refused: number }> {
  let settled = 0;
  let refused = 0;
  for await (const page of inPages(onceEach(rows()), pageSize)) {
    const found = (await settleableRows(writer, page)).map((row) => ({ row, why: whyRefused(word, row) }));
    for (const { row, why } of found) if (why !== null) print(`${nameOf(row)} is not settled as ${word}: ${why}.`);
    const fitting = found.filter(({ why }) => why === null).map(({ row }) => row);
    await settleRows(writer, run, word, fitting, { at: now(), builderVersion });
    settled += fitting.length;
    refused += found.length - fitting.length;
  }
  if (settled === 0) {
    throw new UsageFault(
      refused === 0
        ? 'The file lists no row, so nothing was settled.'
        : `Nothing was settled: no row of the ${refused} listed ones can be settled as ${word}. The lines above give the reasons.`,
    );
  }
  return { settled, refused };
}

/** Each row once, even if it is listed several times. */
async function* onceEach(rows: AsyncIterable<ListedRow>): AsyncGenerator<ListedRow> {
  const seen = new Set<string>();
  for await (const row of rows) {
    const key = `${row.entity} ${row.id}`;
    if (!seen.has(key)) yield row;
    seen.add(key);
  }
}

const nameOf = ({ entity, entity_id }: SettleableRow): string => `${entity} ${entity_id}`;
