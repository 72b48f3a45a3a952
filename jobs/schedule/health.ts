import { exitCodes } from '../../src/fault.ts';

/** The health of a schedule: the result of the last due run of each job. */
export interface Health {
  readonly noteEnd: (job: string, due: Date, exitCode: number) => void;
  /** Notes a run that was due and did not start in time. */
  readonly noteMissed: (job: string, due: Date) => void;
  /** The trouble, in one sentence; null if there is none. */
  readonly ailment: () => string | null;
}

export function watchHealth(): Health {
  const ailments = new Map<string, string>();
  return {
    noteEnd: (job, due, exitCode) => {
      if (exitCode < exitCodes.usage) ailments.delete(job);
      else ailments.set(job, `${job} that was due ${due.toISOString()} ended with exit code ${exitCode}; see its log.`);
    },
    noteMissed: (job, due) => {
      ailments.set(job, `${job} that was due ${due.toISOString()} did not start: the machine slept, or was too busy.`);
    },
    ailment: () => [...ailments.values()][0] ?? null,
  };
}
