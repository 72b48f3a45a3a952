import { exitCodes, Fault, type ExitCode } from '../../../src/fault.ts';

/** What came of looking at one thing. */
export interface Check {
  /** What was looked at, in a word or two. */
  readonly what: string;
  readonly result: 'ok' | 'warning' | 'fault' | 'skipped';
  /** What was found; of what was skipped, why. Never a patient's value. */
  readonly says: string;
  /** What to do; null where nothing is to be done, or where `says` ends with it. */
  readonly remedy: string | null;
  /** Of a fault: how the doctor ends for it. */
  readonly exitCode: ExitCode;
  /** Shown only on request. */
  readonly details: readonly string[];
}

/** The checks of one neighbour. */
export interface Examined {
  readonly neighbour: string;
  readonly checks: readonly Check[];
}

const plain = { remedy: null, exitCode: exitCodes.done, details: [] } as const;

export const ok = (what: string, says: string, details: readonly string[] = []): Check => ({
  ...plain,
  what,
  result: 'ok',
  says,
  details,
});

export const skipped = (what: string, because: string): Check => ({ ...plain, what, result: 'skipped', says: because });

export const warning = (what: string, says: string, remedy: string | null, details: readonly string[] = []): Check => ({
  ...plain,
  what,
  result: 'warning',
  says,
  remedy,
  details,
});

export const fault = (
  what: string,
  says: string,
  remedy: string | null,
  exitCode: ExitCode = exitCodes.usage,
): Check => ({ ...plain, what, result: 'fault', says, remedy, exitCode });

/** A Fault as a check: its message says what is wrong and what to do. */
export const faultOf = (what: string, { message, exitCode }: Fault): Check => fault(what, message, null, exitCode);

/** Looks at one thing; a Fault on the way is what came of it. Anything else is a bug and goes on its way. */
export async function look(what: string, work: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return [faultOf(what, error)];
    throw error;
  }
}
