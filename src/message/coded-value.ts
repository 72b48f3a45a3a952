import type { RowReader } from '../contract/row/row-reader.ts';
import { codedColumns, type CodedColumn } from '../contract/section/column.ts';
import { readCode } from '../values/code-form.ts';
import { readCodeSystem } from './code-system.ts';
import type { Draft } from './present.ts';

/**
 * Reads the coded value in `<prefix>code`, `<prefix>code_system` and `<prefix>name`. The system is sent only beside a
 * valid code.
 */
export const codedValue = <Prefix extends string>(
  row: RowReader<CodedColumn<Prefix>>,
  prefix: Prefix,
): Readonly<Record<string, Draft>> => {
  const columns = codedColumns(prefix);
  const given = row.text(columns.code);
  const name = row.text(columns.name);
  if (given === undefined) return { Name: name };
  const system = row.read(columns.system, readCodeSystem);
  const code = row.keep(columns.code, readCode(given, system?.name));
  if (code === undefined) return { Name: name };
  return { Code: code, CodeSystem: system?.oid, CodeSystemName: system?.name, Name: name };
};

/**
 * Two digits are a patient discharge status of the NUBC (form locator 17 of the UB-04 claim), the usual code in US
 * billing; anything else is the EHR's own word.
 */
export const dischargeDisposition = (text: string | undefined): Draft => {
  if (text === undefined || !/^\d{2}$/.test(text)) return { Name: text };
  const system = readCodeSystem('2.16.840.1.113883.6.301.5').value;
  return { Code: text, CodeSystem: system?.oid, CodeSystemName: system?.name };
};
