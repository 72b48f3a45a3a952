/** Takes in what another sender delivered: lands its lines beside the stage, and judges them against the EHR and the ledger. */
import { Readable } from 'node:stream';
import { encodeCopyLine } from '../core/copy-text.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import type { Run } from './run.ts';

/** One line of the file. */
export interface DeliveredLine {
  readonly line: number;
  /** `file` where the line names no row. */
  readonly entity: 'patient' | 'merge' | 'encounter' | 'file';
  readonly entityId: string;
  /** ISO 8601 with offset, up to microseconds; null where it cannot be read. */
  readonly deliveredAt: string | null;
  /** Why the line does not count, whatever the EHR has; null where it may. */
  readonly fault: LineFault | null;
}

type LineFault = 'unreadable_entity' | 'unreadable_key' | 'unreadable_time' | 'in_future';

interface Landed {
  readonly lines: number;
  readonly readable: number;
  /** Line of the first that is not; null where all are. */
  readonly first_fault: number | null;
}

/** Copies the lines as they come: the file is never in memory. */
export async function landDelivered(writer: Session, lines: AsyncIterable<DeliveredLine>): Promise<Landed> {
  await writer.run(statement('ledger/acknowledge/clear'));
  const { name, text } = statement('ledger/acknowledge/copy-line');
  await writer.copyIn(name, text, Readable.from(copyLinesOf(lines)));
  return writer.one<Landed>(statement('ledger/acknowledge/count-lines'));
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

/** Patients first, then their merges, then their visits: each stands on those before. All or nothing; the stage is settled. */
export async function takeAcknowledged(writer: Session, run: Run, builderVersion: number): Promise<LineCount[]> {
  const take = (name: string, ...more: readonly number[]): Promise<object[]> =>
    writer.run(statement(`ledger/acknowledge/${name}`), [run.number, ...more]);
  await writer.run(statement('ledger/acknowledge/mark-repeated'));
  await writer.query('analysing the acknowledged lines', statement('ledger/acknowledge/analyze').text);
  return writer.transaction(async () => {
    await take('faulty-lines');
    await take('patients', builderVersion);
    await take('merges');
    await take('encounters', builderVersion);
    await take('close-open-calls');
    await writer.run(statement('ledger/acknowledge/clear'));
    return writer.run<LineCount>(statement('ledger/acknowledge/count'), [run.number]);
  });
}
