import { readTime } from '../../src/values/time/time.ts';
import type { DeliveredLine } from '../../src/ledger/plan/acknowledge.ts';
import { undefuse } from '../../src/report/defuse.ts';
import { type CsvLine, isKey, readCsvLines, withoutColumns } from './csv-lines.ts';

/** Clocks of two machines differ a little; a delivery further ahead than this has the wrong zone, or the wrong day. */
const aheadMs = 60_000;

/**
 * The lines of an acknowledgement file: `entity`, `entity_id`, `delivered_at`. A time is ISO 8601, with an offset or in the
 * site's zone. In the repeated hour the earlier moment counts, because a row updated after it is then sent again. An unreadable
 * line is returned with its fault, without its content.
 */
export async function* readDeliveredLines(file: string, zone: string, now: Date): AsyncGenerator<DeliveredLine> {
  for await (const line of readCsvLines(file)) yield deliveredLine(file, line, zone, now);
}

function deliveredLine(file: string, { record, line }: CsvLine, zone: string, now: Date): DeliveredLine {
  const { entity, entity_id: id, delivered_at: time } = record;
  if (entity === undefined || id === undefined || time === undefined) {
    throw withoutColumns(file, 'entity, entity_id and delivered_at');
  }
  const nameless = { line, entity: 'file', entityId: '', deliveredAt: null } as const;
  if (entity !== 'patient' && entity !== 'merge' && entity !== 'encounter') {
    return { ...nameless, fault: 'unreadable_entity' };
  }
  if (!isKey(id)) return { ...nameless, fault: 'unreadable_key' };
  const deliveredAt = instantOf(time, zone);
  const isAhead = deliveredAt !== null && Date.parse(deliveredAt) > now.getTime() + aheadMs;
  const fault = deliveredAt === null ? 'unreadable_time' : isAhead ? 'in_future' : null;
  return { line, entity, entityId: undefuse(id), deliveredAt, fault };
}

/** An instant in UTC, to the microsecond as Postgres keeps `updated_at`; null for a date alone. */
function instantOf(text: string, zone: string): string | null {
  const iso = readTime(text, zone).value;
  if (iso?.endsWith('Z') !== true) return null;
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
  return `${iso.slice(0, -1)}${beyondMs}Z`;
}
