/** Acknowledges deliveries by another sender: lands the file's lines beside the stage and checks them against the EHR and the ledger. */
import { Readable } from 'node:stream';
import { encodeCopyLine } from '../../contract/row/copy-text.ts';
import type { Session } from '../../postgres/session.ts';
import { type Statement, statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

export interface DeliveredLine {
  readonly line: number;
  /** `file` if the line names no row. */
  readonly entity: 'patient' | 'merge' | 'encounter' | 'file';
  readonly entityId: string;
  /** ISO 8601 with offset, up to microseconds; null if unreadable. */
  readonly deliveredAt: string | null;
  /** The line's own fault, found before it is compared with the EHR; null if it has none. */
  readonly fault: LineFault | null;
}

type LineFault = 'unreadable_entity' | 'unreadable_key' | 'unreadable_time' | 'in_future';

interface Landed {
  readonly lines: number;
  readonly readable: number;
  /** Number of the first unreadable line; null if all are readable. */
  readonly first_fault: number | null;
}

/** Streams the lines into the table. */
export async function landDelivered(writer: Session, lines: AsyncIterable<DeliveredLine>): Promise<Landed> {
  await writer.run(statement('ledger/acknowledge/clear_acknowledged'));
  const { name, text } = statement('ledger/acknowledge/copy_acknowledged_line');
  await writer.copyIn(name, text, Readable.from(copyLinesOf(lines)));
  return writer.one<Landed>(statement('ledger/acknowledge/count_acknowledged_lines'));
}

async function* copyLinesOf(lines: AsyncIterable<DeliveredLine>): AsyncGenerator<string> {
  for await (const { line, entity, entityId, deliveredAt, fault } of lines) {
    yield `${encodeCopyLine([String(line), entity, entityId, deliveredAt, fault])}\n`;
  }
}

export interface LineCount {
  /** `told`, or why the lines do not count. */
  readonly kind: string;
  readonly lines: number;
}

/** Patients first, then their merges, then their visits: each depends on the ones before. One transaction; the stage is finished. */
export async function takeAcknowledged(writer: Session, run: Run, builderVersion: number): Promise<LineCount[]> {
  const take = (step: Statement, ...more: readonly number[]): Promise<object[]> =>
    writer.run(step, [run.number, ...more]);
  await writer.run(statement('ledger/acknowledge/mark_repeated_lines'));
  await writer.query('analysing the acknowledged lines', statement('ledger/acknowledge/analyze_acknowledged').text);
  return writer.transaction(async () => {
    await take(statement('ledger/acknowledge/keep_faulty_lines'));
    await take(statement('ledger/acknowledge/acknowledge_patients'), builderVersion);
    await take(statement('ledger/acknowledge/acknowledge_merges'));
    await take(statement('ledger/acknowledge/acknowledge_encounters'), builderVersion);
    await take(statement('ledger/acknowledge/close_acknowledged_calls'));
    await writer.run(statement('ledger/acknowledge/clear_acknowledged'));
    return writer.run<LineCount>(statement('ledger/acknowledge/count_acknowledged'), [run.number]);
  });
}
