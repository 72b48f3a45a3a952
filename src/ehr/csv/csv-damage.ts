/**
 * Marks the damaged fields of a record. If the record has all its fields, each unreadable field becomes the damage
 * mark, and the rest of its text is discarded.
 */
import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { CsvDelimiter } from '../../config/format/formats.ts';
import { damageMark, type MarkedText, markedText } from '../../values/damage.ts';
import { replacement } from '../../values/markup/xml-text.ts';
import { csvLines, type CsvRecord } from './csv-plain-lines.ts';

export interface FieldDamage {
  readonly problem: 'zero_byte' | 'not_utf8';
  /** Offset of the record. */
  readonly start: number;
  /** Index of the field. */
  readonly index: number;
}

const suspicious = /[\0\ufffd\ufdd0]/;

/** Most unusual records just contain a line break or a backslash. */
export const mayBeDamaged = ({ values, isPlain }: CsvRecord): boolean =>
  !isPlain && values.some((value) => suspicious.test(value));

/** The record with the damage mark in place of each damaged field. A damage mark in the file's own text becomes U+FFFD. */
export async function markDamage(
  file: FileHandle,
  record: CsvRecord,
  delimiter: CsvDelimiter,
): Promise<{ readonly record: CsvRecord; readonly damage: readonly FieldDamage[] }> {
  const isSuspect = record.values.some((value) => value.includes(replacement));
  const bad = isSuspect ? await notUtf8(file, record, delimiter) : new Set<number>();
  const marked = record.values.map((value, index): MarkedText => {
    const { text, problem } = markedText(value);
    return problem === null && bad.has(index) ? { text: damageMark, problem: 'not_utf8' } : { text, problem };
  });
  const damage = marked.flatMap(({ problem }, index): FieldDamage[] =>
    problem === null ? [] : [{ problem, start: record.start, index }],
  );
  return { record: { ...record, values: marked.map(({ text }) => text) }, damage };
}

/** The fields with invalid UTF-8, read again as one letter a byte to keep every byte. */
async function notUtf8(
  file: FileHandle,
  { start, end, values }: CsvRecord,
  delimiter: CsvDelimiter,
): Promise<ReadonlySet<number>> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  const bytes = buffer.subarray(0, bytesRead);
  if (isUtf8(bytes)) return new Set();
  const [fields = []] = parse(bytes.toString('latin1'), { delimiter, ...csvLines });
  // If this parse yields another number of fields, every field counts as bad.
  if (fields.length !== values.length) return new Set(values.keys());
  return new Set(fields.flatMap((field, index) => (isUtf8(Buffer.from(field, 'latin1')) ? [] : [index])));
}
