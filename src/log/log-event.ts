/** The parts of a log event. */
export type Level = 'error' | 'warn' | 'info' | 'debug';

/** A `code` comes from a closed list (a job, a step, a reason); a `path` is one of the site's. */
export interface Kinds {
  readonly id: string | null;
  readonly code: string | null;
  readonly count: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly ms: number;
  readonly time: Date | null;
  readonly path: string;
  /** The project's own sentence. It may contain names of files, tables and columns, counts and times; never a value. */
  readonly advice: string;
}
export type Kind = keyof Kinds;

export interface Event {
  readonly level: Level;
  readonly fields: Readonly<Record<string, Kind>>;
  /** Shown only at a terminal. */
  readonly onlyForPeople?: true;
  /** Shown in the live line at the bottom of the terminal (`log-screen.ts`). */
  readonly isLive?: true;
  /** `{name}` is replaced by the field. */
  readonly sentence: string;
}

/** Keeps the type of each event while a list is checked. */
export const list = <const T extends Readonly<Record<string, Event>>>(events: T): T => events;
