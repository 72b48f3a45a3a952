#!/usr/bin/env -S sh -c 'ulimit -c 0; exec node --max-semi-space-size=2 --liftoff-only "$0" "$@"'
/**
 * The command `redox-reconcile`. A core dump would hold keys and patients, so dumps are off. A scan's garbage is short-lived, so a small young generation (MB) suffices:
 * Node's default of 16 costs 50 MB more and is equally fast; only an unlimited delivery takes a sixth longer. Optimising the WebAssembly that
 * parses HTTP takes 30 MB for a moment; without it an answer costs as much.
 */
import { jobs } from './all.ts';
import { runProcess } from './frame/process.ts';

await runProcess(jobs);
