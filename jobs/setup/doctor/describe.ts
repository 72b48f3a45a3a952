import pc from 'picocolors';
import { type ExitCode, exitCodes } from '../../../src/fault.ts';
import { counted } from '../../../src/plain-text.ts';
import type { Check, Examined } from './check.ts';

interface Format {
  readonly isColoured: boolean;
  /** Also what is shown only to those who ask: the columns of the sample rows. */
  readonly isDetailed: boolean;
}

/** A line for each check, aligned, under its neighbour's name; the remedy is below. */
export function describeNeighbour({ neighbour, checks }: Examined, { isColoured, isDetailed }: Format): string[] {
  const colours = pc.createColors(isColoured);
  const paint = { ok: colours.green, warning: colours.yellow, fault: colours.red, skipped: colours.dim };
  const line = ({ what, result, says, remedy, details }: Check): string[] => [
    `  ${paint[result](result.padEnd(resultWidth))}  ${what.padEnd(whatWidth)}  ${oneLine(says)}`,
    ...(remedy === null ? [] : [`${margin}→ ${oneLine(remedy)}`]),
    ...(isDetailed ? details.map((detail) => `${margin}${detail}`) : []),
  ];
  return [colours.bold(neighbour), ...checks.flatMap(line)];
}

const resultWidth = 'skipped'.length;
/** Fits most names; `sections/admission_diagnosis.sql` is longer. */
const whatWidth = 20;
const margin = ' '.repeat(2 + resultWidth + 2 + whatWidth + 2);

/** A fault of several lines is a list; here it is one sentence after the other. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*(?:- )?/g, ' ');

export function describeEnd(all: readonly Examined[]): string {
  const checks = all.flatMap((one) => one.checks);
  const count = (result: Check['result']): number => checks.filter((check) => check.result === result).length;
  const [faults, warnings, left] = [count('fault'), count('warning'), count('skipped')];
  const asides = [
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(left > 0 ? [`${counted(left, 'check')} skipped`] : []),
  ].join(', ');
  const aside = asides === '' ? '' : ` (${asides})`;
  if (faults > 0)
    return `${counted(faults, 'fault')} to mend before the next night${aside}. Nothing was written or sent.`;
  return `Nothing is wrong${aside}. Nothing was written or sent.`;
}

/** The exit code of the fault to mend first: settings before a neighbour, a neighbour before a refusal. */
export function exitCodeOf(all: readonly Examined[]): ExitCode {
  const codes = all.flatMap(({ checks }) =>
    checks.filter(({ result }) => result === 'fault').map((one) => one.exitCode),
  );
  return (
    [exitCodes.usage, exitCodes.unavailable, exitCodes.refused].find((code) => codes.includes(code)) ?? exitCodes.done
  );
}
