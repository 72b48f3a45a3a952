/**
 * One column of a report as documented in `reports/README.md`: the CSV and the view have exactly these columns, in this
 * order.
 */
export interface ReportColumn {
  readonly name: string;
  readonly meaning: string;
}

/** A report's section without its heading; empty where there is none. */
export const dictionarySection = (dictionary: string, report: string): string =>
  dictionary.split(`\n## ${report}.csv\n`)[1]?.split('\n## ')[0] ?? '';

/** The columns that a section documents. */
export const columnsIn = (section: string): ReportColumn[] =>
  [...section.matchAll(/^\| (\w+) +\| (?:text|integer|time|boolean) +\| (.*?) +\|/gm)].map(
    ([, name = '', meaning = '']) => ({ name, meaning }),
  );
