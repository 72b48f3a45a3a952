import type { RowReader } from '../contract/row/cleaned-row.ts';
import { codedColumns, type CodedColumn } from '../contract/section/column.ts';
import { readCode } from '../values/code-form.ts';
import { dischargeStatusName } from '../values/clinical/discharge.ts';
import { read, type Reading } from '../values/reading.ts';
import { nubc, readCodeSystem } from './code-system.ts';
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
 * A patient discharge status of the NUBC is the usual code in US billing; anything else is the EHR's own word. A number
 * that the NUBC does not have says nothing to anybody, so it is reported.
 */
export const dischargeDisposition = (text: string): Reading<Draft> => {
  const name = dischargeStatusName(text);
  if (name !== undefined) return read({ Code: text, CodeSystem: nubc.oid, CodeSystemName: nubc.name, Name: name });
  return /^\d+$/.test(text) ? read({ Name: text }, 'unmapped') : read({ Name: text });
};
