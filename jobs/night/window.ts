import { DateTime } from 'luxon';
import { UsageFault } from '../../src/fault.ts';

/** Half-open: from, inclusive, to, exclusive. */
interface Window {
  readonly from: Date;
  readonly to: Date;
}

/**
 * `--from` and `--to` as a person means them: dates are whole days, both included; date-times are half-open. Without an offset
 * they are the wall clock of the site's zone.
 */
export function readWindow(from: string, to: string, zone: string): Window {
  const start = readEnd('--from', from, zone);
  const end = readEnd('--to', to, zone);
  const window = {
    from: start.at.toJSDate(),
    to: (end.isDate ? end.at.plus({ days: 1 }).startOf('day') : end.at).toJSDate(),
  };
  if (window.from >= window.to) {
    throw new UsageFault(`--from ${from} is not before --to ${to}; the window would be empty.`);
  }
  return window;
}

/** `--since`: from the begin of a date, or from a date-time. */
export const readSince = (text: string, zone: string): Date => readEnd('--since', text, zone).at.toJSDate();

function readEnd(flag: string, text: string, zone: string): { readonly at: DateTime; readonly isDate: boolean } {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text);
  const at = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  if ((isDate || isTime) && at.isValid) return { at: isDate ? at.startOf('day') : at, isDate };
  throw new UsageFault(
    `${flag} takes a date (2026-03-01) or a date-time (2026-03-01T14:00, or with Z or an offset), not ${JSON.stringify(text)}.`,
  );
}
