import { writeFileSync } from 'node:fs';

/**
 * What is left of a process that crashed must hold neither keys nor patients. Node cannot set a limit of its own process, but on Linux it
 * can say which parts of its memory a core dump has: none. (The command's first line sets `ulimit -c 0` besides, and so do the files in
 * jobs/deploy/.) A report of Node's has the environment, and so the settings.
 */
export function leaveNoDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // Another system, or a /proc that cannot be written: the limits stay.
  }
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}

/** Flags of Node, of the command line or NODE_OPTIONS, that write memory or settings into files all the same. */
export const flagsThatDump = (flags: readonly string[]): string[] =>
  flags.filter((flag) =>
    /^--(?:heapsnapshot|heap-prof|report-|abort-on-uncaught|trace-event)/.test(flag.replaceAll('_', '-')),
  );
