/**
 * What the texts of a message must look like. The functions are written for this check alone: what the builder makes of a value
 * and what is looked for here must be able to disagree.
 */

/** XML 1.0, 2.2 (Char): all other characters have no place in a document, not even escaped. Half of a surrogate pair is one. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
/** By code unit, which is several times as fast: whatever it does not find is XML. */
const maybeNotXml = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/;

export const isXml = (value: string): boolean => !maybeNotXml.test(value) || !notXml.test(value);

export const isBlank = (value: string): boolean => !/\S/.test(value);

/** Begins with a letter, digit or sign of ASCII, and has nothing that may not be XML: nearly every text, by one look. */
const surelyText = /^[!-~][\t\n\r\x20-\uD7FF\uE000-\uFFFD]*$/;

const isText = (value: string): boolean => surelyText.test(value) || (!isBlank(value) && isXml(value));

/** A day that the calendar has. */
const isDate = (value: string): boolean => {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  if (year === undefined || year === '0000') return false;
  const days = daysOfMonths[Number(month) - 1] ?? 0;
  const isLeapDay = month === '02' && day === '29';
  const hasLeapDay = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  return Number(day) >= 1 && Number(day) <= days && (!isLeapDay || hasLeapDay);
};

/** Of a leap year. */
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** As Redox writes them: UTC, with milliseconds. */
const isInstant = (value: string): boolean =>
  /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.test(value) && isDate(value.slice(0, 10));

export const formats: Readonly<Record<string, (value: string) => boolean>> = {
  text: isText,
  date: isDate,
  instant: isInstant,
  time: (value) => isDate(value) || isInstant(value),
  /** E.164. */
  phone: (value) => /^\+[1-9]\d{1,14}$/.test(value),
  oid: (value) => /^[0-2](\.(0|[1-9]\d*))+$/.test(value),
  version: (value) => /^[1-9]\d*$/.test(value),
};
