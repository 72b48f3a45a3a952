import type { Problem } from './finding.ts';

/**
 * The result of reading one text: an optional value, and its problems. A word for "nothing" ("unknown", "n/a") gives an
 * empty result; a text that was understood with a doubt has a value and a problem.
 */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export const read = <T>(value: T, ...problems: readonly Problem[]): Reading<T> => ({ value, problems });

export const leftOut = (...problems: readonly Problem[]): Reading<never> => ({ value: undefined, problems });
