/** What `reports/README.md`, given as text, says of one report: the columns of its CSV and of its view are these, in this order. */
export interface ReportColumn {
  readonly name: string;
  readonly meaning: string;
}

/** The section of a report, without its heading; empty where there is none. */
export const dictionarySection = (dictionary: string, report: string): string =>
  dictionary.split(`\n## ${report}.csv\n`)[1]?.split('\n## ')[0] ?? '';

/** The columns that a section explains. */
export const columnsIn = (section: string): ReportColumn[] =>
  [...section.matchAll(/^\| (\w+) +\| (?:text|integer|time|boolean) +\| (.*?) +\|/gm)].map(
    ([, name = '', meaning = '']) => ({ name, meaning }),
  );
