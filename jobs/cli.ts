#!/usr/bin/env -S sh -c 'ulimit -c 0; export MALLOC_ARENA_MAX=1; exec node --max-semi-space-size=2 --heap-growing-percent=30 --liftoff-only --single-threaded-gc "$0" "$@"'
/**
 * The command `redox-reconcile`. A core dump would hold keys and patients, so dumps are off. The rest saves memory and costs no time. A scan's
 * garbage is short-lived, so a young generation of 2 MB suffices: Node's default of 16 costs 50 MB more; only an unlimited delivery takes a
 * sixth longer. The heap may grow by a third until it is collected: V8's default of four times costs 30 to 80 MB more. One arena of glibc's
 * malloc serves all threads: with one each, 10 MB are held and free. Optimising the WebAssembly that parses HTTP takes 30 MB for a moment.
 * Garbage is collected on the program's own thread: while both cores were busy, a first sweep waited 2 of 12 s for the collector's helpers.
 */
import { jobs } from './all.ts';
import { runProcess } from './frame/process.ts';

await runProcess(jobs);
