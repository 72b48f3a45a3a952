/**
 * Dates that systems write where they know none. `FILLER_DATES` of a site adds to them and takes some out.
 */

/** What a site adds to the list of filler dates, and takes out of it (`FILLER_DATES`); each is `YYYY-MM-DD`. */
export interface FillerDates {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const usualFillerDates: FillerDates = { added: [], removed: [] };

/** Each with where it comes from. */
const listed: Readonly<Record<string, string>> = {
  '0000-00-00': "MySQL's zero date (MySQL manual, 13.2, date and time types)",
  '0001-01-01': 'DateTime.MinValue of .NET; the first date of SQL Server date and datetime2',
  '1601-01-01': 'FILETIME zero of Windows, Active Directory and LDAP',
  '1753-01-01': 'The first datetime of SQL Server',
  '1899-12-30': 'Zero of OLE Automation, Access, Delphi and Excel',
  '1899-12-31': 'Zero of spreadsheets that count from January 1900; 1 January 1900 of an eastern zone, told in UTC',
  '1900-01-01': 'Zero of SQL Server datetime and smalldatetime; what an empty text becomes when it is cast to them',
  '9999-12-01': 'TPP SystmOne: no date of death (opensafely-core/cohort-extractor#263)',
  '9999-12-31': 'DateTime.MaxValue of .NET; the last date of SQL Server, Oracle and DB2: no end',
};

/**
 * Zero of Unix time: a filler as the instant itself or as midnight on a clock. As a bare date it is a birthday that people have, so
 * it counts there only where a site adds it.
 */
export const unixZero = '1970-01-01';

export const isFillerDate = (date: string, { added, removed }: FillerDates): boolean =>
  added.includes(date) || (Object.hasOwn(listed, date) && !removed.includes(date));

/** The dates of the list, for people. */
export const listedFillerDates: readonly string[] = [...Object.keys(listed), unixZero].sort();
