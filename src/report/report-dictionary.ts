/**
 * One column of a report as documented in `reports/README.md`. The CSV and the view have exactly these columns, in this
 * order.
 */
interface ReportColumn {
  readonly name: string;
  readonly meaning: string;
}

/** A report's section below its heading; empty if missing. */
export const dictionarySection = (dictionary: string, report: string): string =>
  dictionary.split(`\n## ${report}.csv\n`)[1]?.split('\n## ')[0] ?? '';

export const columnsIn = (section: string): ReportColumn[] =>
  [...section.matchAll(/^\| (\w+) +\| (?:text|integer|time|boolean) +\| (.*?) +\|/gm)].map(
    ([, name = '', meaning = '']) => ({ name, meaning }),
  );
