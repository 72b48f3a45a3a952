import type { LandingProblem, LeftOut } from '../../decide/source/source.ts';

export type { LandingProblem } from '../../decide/source/source.ts';

/** The place of a record that was left out or of an unreadable field, never its content. */
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

const firstLinesKept = 3;

/** What became of the records of one file. */
export class LandingTally {
  /** Records whose rows are in the table. */
  landed = 0;
  damagedFields = 0;
  readonly #leftOut = new Map<LandingProblem, { count: number; firstLines: number[] }>();

  get lines(): number {
    return this.leftOut.reduce((sum, { count }) => sum + count, this.landed);
  }

  get leftOut(): LeftOut[] {
    return [...this.#leftOut].map(([reason, { count, firstLines }]) => ({ reason, count, firstLines }));
  }

  /** `line` is asked for only for the first ones. */
  async leaveOut(reason: LandingProblem, line: () => Promise<number>): Promise<void> {
    const sort = this.#leftOut.get(reason) ?? { count: 0, firstLines: [] };
    this.#leftOut.set(reason, sort);
    sort.count += 1;
    if (sort.firstLines.length < firstLinesKept) sort.firstLines.push(await line());
  }
}
