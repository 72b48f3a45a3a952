import { exitCodes, Fault, type ExitCode } from '../../../src/fault.ts';

export interface Check {
  /** The thing that was checked, in a word or two. */
  readonly what: string;
  readonly result: 'ok' | 'warning' | 'fault' | 'skipped';
  /** The finding; for a skipped check, the reason. Never a patient's value. */
  readonly says: string;
  /** What to do; null if there is nothing to do, or if `says` ends with it. */
  readonly remedy: string | null;
  /** For a fault: the doctor's exit code. */
  readonly exitCode: ExitCode;
  /** Shown only on request. */
  readonly details: readonly string[];
}

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

/** Runs a check. A Fault becomes its result; any other error is a bug, and is thrown on. */
export async function look(what: string, work: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return [faultOf(what, error)];
    throw error;
  }
}
