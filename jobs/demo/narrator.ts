import { Help } from 'commander';
import pc from 'picocolors';
import type { Terminal } from '../frame/job.ts';

/** Wide enough for every label. */
const margin = 12;
const widest = 100;
const narrowest = 40;

/** How often the live line of a terminal moves, and the longest time without a line in a file while work is under way. */
const liveMs = 100;
const lineMs = 1_800;

/** Tells the story: prose as wide as the terminal allows, and in colour at a terminal. */
export class Narrator {
  readonly #out: Terminal;
  readonly #colours: ReturnType<typeof pc.createColors>;
  readonly #help = new Help();
  #saidAtMs = performance.now();

  constructor(out: Terminal) {
    this.#out = out;
    // picocolors knows NO_COLOR and dumb terminals; but of a pipe it thinks that a CI server likes colours.
    this.#colours = pc.createColors(out.isTTY === true && pc.isColorSupported);
  }

  chapter(title: string): void {
    this.#line(`\n${this.#colours.bold(this.#colours.cyan(title))}`);
  }

  say(text: string): void {
    this.#line(this.#wrapped(text, this.#width));
  }

  /** A paragraph with a label in the margin; a continued paragraph has an empty label. */
  tell(label: string, text: string): void {
    const [first = '', ...rest] = this.#wrapped(text, this.#width - margin).split('\n');
    this.#line(
      [this.#colours.bold(label.padEnd(margin)) + first, ...rest.map((l) => ' '.repeat(margin) + l)].join('\n'),
    );
  }

  /** Lines that must not be broken: commands and paths. */
  list(lines: readonly (readonly [what: string, meaning: string])[]): void {
    const width = Math.max(...lines.map(([what]) => what.length));
    for (const [what, meaning] of lines) {
      const fits = 4 + width + meaning.length <= this.#width;
      const shown = this.#colours.cyan(fits ? what.padEnd(width) : what);
      this.#line(fits ? `  ${shown}  ${meaning}` : `  ${shown}\n      ${meaning}`);
    }
  }

  /** Shows the progress of work until it ends: at a terminal in one line that is overwritten, otherwise in lines of their own. */
  async watch<T>(progress: () => string, work: Promise<T>): Promise<T> {
    const isLive = this.#out.isTTY === true;
    const show = (): void => {
      if (isLive) this.#out.write(`\r\u001B[K${this.#colours.dim(this.#cut(progress()))}`);
      else if (performance.now() - this.#saidAtMs >= lineMs) this.#line(this.#cut(progress()));
    };
    const timer = setInterval(show, liveMs);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      if (isLive) this.#out.write('\r\u001B[K');
    }
  }

  /** Some terminals say 0 when they do not know. */
  get #columns(): number {
    const { columns = 0 } = this.#out;
    return columns > 0 ? columns : 80;
  }

  get #width(): number {
    return Math.max(narrowest, Math.min(this.#columns, widest));
  }

  #wrapped(text: string, width: number): string {
    return this.#help.boxWrap(text, width);
  }

  /** A live line that wrapped could not be wiped. */
  #cut(text: string): string {
    return `${' '.repeat(margin)}… ${text}`.slice(0, this.#columns - 1);
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
    this.#saidAtMs = performance.now();
  }
}
