/**
 * SQL expressions for the moment that a contract column means, by its type. `compose.ts` builds them into a site's
 * query; the zone and the window are settings, never part of the text.
 */

/** Set when the session is opened. */
const zone = "current_setting('redox_reconcile.zone')";
/** Set by `ehr/internal/set_window`. */
export const from = "current_setting('redox_reconcile.from')::timestamptz";
export const until = "current_setting('redox_reconcile.until')::timestamptz";

/** SQL to read an `updated_at` of one type. */
export interface UpdatedAtReading {
  /** The latest moment that the value can mean; null outside our calendar. */
  readonly instant: string;
  /**
   * Bounds in the column's own type, so that its index is usable. They allow for the jumps of every zone; the exact
   * condition on `instant` accompanies them. Null if the column sorts differently from time.
   */
  readonly bounds: { readonly lowest: string; readonly highest: string } | null;
}

const raw = 'contract.updated_at';

/**
 * `infinity`, years before Christ and years beyond 9999 say as little about a change as null does, and the last of them
 * overflow as an instant. A margin of a day or two at both ends allows for the zones.
 */
const ofOurTime = (instant: string): string =>
  `CASE WHEN ${raw} >= '0001-01-03' AND ${raw} < '9999-12-30' THEN ${instant} END`;

/**
 * An ambiguous value means its latest moment, so that the watermark cannot skip a row: a repeated hour is its later
 * occurrence (as AT TIME ZONE reads it), and a date is the end of its day.
 */
const readings: Readonly<Record<string, UpdatedAtReading>> = {
  'timestamp with time zone': { instant: ofOurTime(raw), bounds: { lowest: from, highest: until } },
  'timestamp without time zone': {
    instant: ofOurTime(`(${raw} AT TIME ZONE ${zone})`),
    bounds: {
      lowest: `(${from} AT TIME ZONE ${zone} - interval '3 hours')`,
      highest: `(${until} AT TIME ZONE ${zone} + interval '3 hours')`,
    },
  },
  date: {
    instant: ofOurTime(lastMomentOf(raw)),
    bounds: {
      lowest: `(${from} AT TIME ZONE ${zone} - interval '2 days')`,
      highest: `(${until} AT TIME ZONE ${zone} + interval '2 days')`,
    },
  },
};

const texts: ReadonlySet<string> = new Set(['text', 'character varying', 'character']);

/** How to read `updated_at`; undefined if its type holds no time. An unreadable text counts as null. */
export const readUpdatedAt = (type: string): UpdatedAtReading | undefined =>
  texts.has(type) ? { instant: ofOurText(`btrim(${raw}::text)`), bounds: null } : readings[type];

/** The first moment of a time column; null for an unreadable text. */
export function startOf(column: string, type: string): string {
  return moment(column, type, firstMomentOf);
}

/** The last moment of a time column: a date ends with its day. */
export function endOf(column: string, type: string): string {
  return moment(column, type, lastMomentOf);
}

function moment(column: string, type: string, ofDate: (date: string) => string): string {
  switch (type) {
    case 'timestamp with time zone':
      return column;
    case 'timestamp without time zone':
      return ofTheCalendar(column, `(${column} AT TIME ZONE ${zone})`);
    case 'date':
      return ofTheCalendar(column, ofDate(column));
    default:
      return momentOfText(`btrim(${column}::text)`, ofDate);
  }
}

/** A type's last day would overflow in a zone or at its end, so dates beyond our calendar become ±infinity. */
const ofTheCalendar = (column: string, instant: string): string =>
  `(CASE WHEN ${column} >= '9999-12-30' THEN timestamptz 'infinity'` +
  ` WHEN ${column} < '0001-01-03' THEN timestamptz '-infinity' ELSE ${instant} END)`;

function firstMomentOf(date: string): string {
  return `(${date}::timestamp AT TIME ZONE ${zone})`;
}

function lastMomentOf(date: string): string {
  return `((${date} + 1)::timestamp AT TIME ZONE ${zone} - interval '1 microsecond')`;
}

// A failed cast would end the scan for one bad row, so only certain times are cast: days are checked by month, 29
// February by leap year. The shapes are those of `values/time/time.ts`.
const monthDay =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))';
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const date = `(?!0000)(?:[0-9]{4}-${monthDay}|${leapYear}-02-29)`;
const clock = '[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?';
const offset = ' ?(?:Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)';

function momentOfText(text: string, ofDate: (date: string) => string): string {
  return (
    `(CASE WHEN ${text} ~ '^${date}$' THEN ${ofDate(`${text}::date`)}` +
    ` WHEN ${text} ~ '^${date}${clock}$' THEN ${text}::timestamp AT TIME ZONE ${zone}` +
    ` WHEN ${text} ~ '^${date}${clock}${offset}$' THEN ${text}::timestamptz END)`
  );
}

/** Texts in these shapes sort chronologically. */
function ofOurText(text: string): string {
  const ordered = `${text} COLLATE "C"`;
  return `CASE WHEN ${ordered} >= '0001-01-03' AND ${ordered} < '9999-12-30' THEN ${momentOfText(text, lastMomentOf)} END`;
}
