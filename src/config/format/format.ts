import * as z from 'zod';

/**
 * Reads the text of a setting: returns the value, or throws a clause that starts with "which". The setting itself names what is expected.
 * Clauses omit the value, because it may be a secret.
 */
export type Format<T> = z.ZodType<T, string>;

export class InvalidSetting extends Error {}

export function format<T>(read: (text: string) => T): Format<T> {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });
}
