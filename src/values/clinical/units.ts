import { isNumber } from '../number.ts';

/** UCUM's annotations, such as `{nominal}`, qualify a number; beside words they say nothing. */
export const unitsBeside = (value: string, units: string | undefined): string | undefined =>
  units !== undefined && /^\s*\{[^{}]*\}\s*$/.test(units) && !isNumber(value) ? undefined : units;
