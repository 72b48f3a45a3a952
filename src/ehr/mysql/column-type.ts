/** The type of a column, in words of ours, and how its values become texts. */
import type { FieldPacket } from 'mysql2';

export const columnTypes = [
  'boolean',
  'integer',
  'bits',
  'decimal',
  'float',
  'date',
  'datetime',
  'timestamp',
  'time',
  'text',
  'json',
  'bytes',
  'null',
] as const;
export type ColumnType = (typeof columnTypes)[number];

/** By the numbers of the protocol (MySQL Source Code Documentation, `enum_field_types`). */
const byNumber: Readonly<Record<number, ColumnType>> = {
  0: 'decimal',
  1: 'integer',
  2: 'integer',
  3: 'integer',
  4: 'float',
  5: 'float',
  6: 'null',
  7: 'timestamp',
  8: 'integer',
  9: 'integer',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'integer',
  14: 'date',
  16: 'bits',
  17: 'timestamp',
  18: 'datetime',
  19: 'time',
  245: 'json',
  246: 'decimal',
  247: 'text',
  248: 'text',
  249: 'text',
  250: 'text',
  251: 'text',
  252: 'text',
  253: 'text',
  254: 'text',
};

const [tinyint, bit] = [1, 16];
/** Bytes without a character set. */
const binaryCharset = 63;

/** MariaDB names these in a field of its own, for they travel as bytes. */
const printable: ReadonlySet<string> = new Set(['uuid', 'inet4', 'inet6']);

/** Unknown types, such as a geometry, are bytes. */
export function columnTypeOf(field: FieldPacket): ColumnType {
  const { columnType = 0, columnLength, characterSet } = field;
  if ((columnType === tinyint || columnType === bit) && columnLength === 1) return 'boolean';
  const type = byNumber[columnType] ?? 'bytes';
  if (type !== 'text') return type;
  const { extendedTypeName, extendedFormat } = field as { extendedTypeName?: string; extendedFormat?: string };
  if (extendedFormat === 'json') return 'json';
  if (extendedTypeName !== undefined && printable.has(extendedTypeName)) return 'text';
  return characterSet === binaryCharset ? 'bytes' : 'text';
}

const cast = (expression: string): string => `CAST(${expression} AS CHAR CHARACTER SET utf8mb4)`;

/**
 * SQL that gives a column of this type as text: in every query of ours, so that a scan and a fetch give the same bytes. `zone`: the
 * offset of the session, which is at UTC but for a comparison of zones.
 */
export function textOf(expression: string, type: string, zone = '+00'): string {
  switch (type) {
    case 'boolean':
      // A tinyint(1) may hold other numbers; those stay what they are.
      return `CASE ${expression} + 0 WHEN 0 THEN 'f' WHEN 1 THEN 't' ELSE ${cast(`${expression} + 0`)} END`;
    case 'bits':
      return cast(`${expression} + 0`);
    case 'timestamp':
      return `CASE WHEN YEAR(${expression}) = 0 THEN ${cast(expression)} ELSE CONCAT(${cast(expression)}, '${zone}') END`;
    case 'text':
    case 'json':
      return `CONVERT(${expression} USING utf8mb4)`;
    case 'bytes':
      return `CONCAT('0x', HEX(${expression}))`;
    default:
      return cast(expression);
  }
}
