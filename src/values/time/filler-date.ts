/** Dates that systems write for unknown dates. A site's `FILLER_DATES` extends and shortens the list. */

/** A site's changes to the list (`FILLER_DATES`); each date is `YYYY-MM-DD`. */
export interface FillerDates {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const usualFillerDates: FillerDates = { added: [], removed: [] };

/** Each date with its origin. */
const listed: Readonly<Record<string, string>> = {
  '0000-00-00': "MySQL's zero date (MySQL manual, 13.2, date and time types)",
  '0001-01-01': 'DateTime.MinValue of .NET; the first date of SQL Server date and datetime2',
  '1601-01-01': 'FILETIME zero of Windows, Active Directory and LDAP',
  '1753-01-01': 'The first datetime of SQL Server',
  '1899-12-30': 'Zero of OLE Automation, Access, Delphi and Excel',
  '1899-12-31': 'Zero of spreadsheets that count from January 1900; 1 January 1900 of an eastern zone, in UTC',
  '1900-01-01': 'Zero of SQL Server datetime and smalldatetime; the result of casting an empty text to them',
  '9999-12-01': 'TPP SystmOne: no date of death (opensafely-core/cohort-extractor#263)',
  '9999-12-31': 'DateTime.MaxValue of .NET; the last date of SQL Server, Oracle and DB2: no end',
};

/**
 * Unix time zero: a filler as the instant itself or as midnight on a clock. The bare date is a real birthday, so it is
 * a filler only where a site adds it.
 */
export const unixZero = '1970-01-01';

export const isFillerDate = (date: string, { added, removed }: FillerDates): boolean =>
  added.includes(date) || (Object.hasOwn(listed, date) && !removed.includes(date));

export const listedFillerDates: readonly string[] = [...Object.keys(listed), unixZero].sort();
