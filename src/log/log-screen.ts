import { inFull, lasting } from '../plain-text.ts';

/**
 * A terminal with a live progress line at the bottom. The line is wiped before other output. A stream other than a
 * terminal, or a dumb terminal, receives plain lines without control characters.
 */
export interface Screen {
  /** Writes lines above the live one. */
  readonly write: (text: string) => void;
  readonly show: (progress: StepProgress) => void;
  readonly wipe: () => void;
}

export interface StepProgress {
  readonly step: string;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
  /** Since the step began. */
  readonly ms: number;
}

export type TerminalStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Used where the terminal reports 0 columns. */
const usualColumns = 80;
/** How often a plain line is written where the live line is unavailable. */
const lineEveryMs = 30_000;

const carriageReturn = '\r';
/** ECMA-48 EL: erase from the cursor to the end of the line. */
const eraseLine = '\u001B[K';

export function openScreen(stream: TerminalStream, isDumb: boolean): Screen {
  const isLive = stream.isTTY === true && !isDumb;
  let isShown = false;
  let lines = 0;
  const wipe = (): void => {
    if (isShown) stream.write(`${carriageReturn}${eraseLine}`);
    isShown = false;
  };
  const columns = (): number => ((stream.columns ?? 0) > 0 ? (stream.columns ?? usualColumns) : usualColumns);
  return {
    wipe,
    write: (text) => {
      wipe();
      stream.write(text);
    },
    show: (progress) => {
      if (isLive) {
        isShown = true;
        // One column stays free: a terminal may wrap once its last column is written.
        stream.write(`${carriageReturn}${progressText(progress, columns() - 1)}${eraseLine}`);
        return;
      }
      const due = Math.floor(progress.ms / lineEveryMs);
      if (due <= lines) return;
      lines = due;
      stream.write(`${progressText(progress, usualColumns)}\n`);
    },
  };
}

/** The pace is shown once a step has run this long. */
const paceAfterMs = 2_000;

/** `Step deliver: 12,345 of 20,000, 1 min left, 120 a second`, cut to fit the columns. */
export function progressText({ step, done, total, ms }: StepProgress, columns: number): string {
  const name = `Step ${step}: `;
  if (done === 0) return `${name}${lasting(ms)} so far`.slice(0, columns);
  const count = total === null ? inFull(done) : `${inFull(done)} of ${inFull(Math.max(done, total))}`;
  const perSecond = (done * 1000) / Math.max(1, ms);
  const hasPace = ms >= paceAfterMs;
  const left = hasPace && total !== null ? `, ${lasting((Math.max(0, total - done) * 1000) / perSecond)} left` : '';
  const pace = hasPace ? `, ${perSecond < 10 ? perSecond.toFixed(1) : inFull(Math.round(perSecond))} a second` : '';
  const fitting = [
    `${name}${count}${left}${pace}`,
    `${name}${count}${left}`,
    `${name}${count}`,
    `${step} ${inFull(done)}`,
  ];
  return fitting.find((text) => text.length <= columns) ?? inFull(done).slice(0, columns);
}
