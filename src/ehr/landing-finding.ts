/** Why a record of a CSV file was left out. */
export type LandingProblem =
  /** A quote within a field, something behind a closing quote, or a quote that nothing closes. */
  | 'stray_quote'
  /** A line longer than a mebibyte. */
  | 'too_long'
  | 'too_few_fields'
  | 'too_many_fields'
  /** A byte of value zero, which Postgres cannot hold in a text. */
  | 'zero_byte'
  | 'not_utf8'
  /** A column without which the row means nothing is empty. */
  | 'required_empty'
  /** What should be an id is longer than two thousand bytes. */
  | 'key_too_long';

/** A record that was left out: where it stands, never what stands there. */
export interface LandingFinding {
  readonly file: string;
  /** Counted from 1, as an editor does. */
  readonly line: number;
  readonly problem: LandingProblem;
  /** The column concerned, where it is one. */
  readonly column: string | null;
}

/** Each is a line of data-quality.csv; a file that has more is none that anybody mends line by line. */
const mostKept = 100_000;

/** Findings in constant memory: the first ones, and how many there were. */
export class LandingFindings {
  readonly kept: LandingFinding[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `line` is asked for only where the finding is kept. */
  async add(finding: Omit<LandingFinding, 'line'>, line: () => Promise<number>): Promise<void> {
    this.#count += 1;
    if (this.kept.length < mostKept) this.kept.push({ ...finding, line: await line() });
  }
}
