import { writeFileSync } from 'node:fs';

/**
 * Keeps keys and patients out of crash files. Node cannot set its own process limits, but on Linux it can exclude all of its memory
 * from core dumps. (The command's first line also sets `ulimit -c 0`, and so do the files in jobs/deploy/.) A diagnostic report of
 * Node contains the environment, and so the settings.
 */
export function leaveNoDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // Another system, or a read-only /proc: the limits stay.
  }
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}

/** Node flags, on the command line or in NODE_OPTIONS, that still write memory or settings into files. */
export const flagsThatDump = (flags: readonly string[]): string[] =>
  flags.filter((flag) =>
    /^--(?:heapsnapshot|heap-prof|report-|abort-on-uncaught|trace-event)/.test(flag.replaceAll('_', '-')),
  );
