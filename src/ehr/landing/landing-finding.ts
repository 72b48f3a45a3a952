import type { LandingProblem, LeftOut } from '../../decide/source/source.ts';

export type { LandingProblem } from '../../decide/source/source.ts';

/** The place of a record that was left out or of an unreadable field, never its content. */
export interface LandingFinding {
  readonly file: string;
  /** Counted from 1, as an editor does. */
  readonly line: number;
  readonly problem: LandingProblem;
  /** Null if the finding concerns a whole record. */
  readonly column: string | null;
}

/** Each is a line of data-quality.csv; a longer list is never fixed line by line. */
const mostKept = 100_000;

/** Findings in constant memory: the first ones, and the total count. */
export class LandingFindings {
  readonly kept: LandingFinding[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Calls `line` only if the finding is kept. */
  async add(finding: Omit<LandingFinding, 'line'>, line: () => Promise<number>): Promise<void> {
    this.#count += 1;
    if (this.kept.length < mostKept) this.kept.push({ ...finding, line: await line() });
  }
}

const firstLinesKept = 3;

/** Counts the outcomes of the records of one file. */
export class LandingTally {
  /** Records copied into the table. */
  landed = 0;
  damagedFields = 0;
  readonly #leftOut = new Map<LandingProblem, { count: number; firstLines: number[] }>();

  get lines(): number {
    return this.leftOut.reduce((sum, { count }) => sum + count, this.landed);
  }

  get leftOut(): LeftOut[] {
    return [...this.#leftOut].map(([reason, { count, firstLines }]) => ({ reason, count, firstLines }));
  }

  /** Calls `line` only for the first few. */
  async leaveOut(reason: LandingProblem, line: () => Promise<number>): Promise<void> {
    const sort = this.#leftOut.get(reason) ?? { count: 0, firstLines: [] };
    this.#leftOut.set(reason, sort);
    sort.count += 1;
    if (sort.firstLines.length < firstLinesKept) sort.firstLines.push(await line());
  }
}
