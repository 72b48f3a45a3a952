import * as z from 'zod';

/**
 * How the text of a setting is read. A format either gives the value or says what is wrong in a clause that starts with
 * "which"; what is expected stands with the setting. No clause holds the value, for it may be a secret.
 */
export type Format<T> = z.ZodType<T, string>;

/** The clause that starts with "which". */
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
