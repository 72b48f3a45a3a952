#!/usr/bin/env -S sh -c 'ulimit -c 0; exec node --max-semi-space-size=2 "$0" "$@"'
/**
 * The command `redox-reconcile`. A core dump would hold keys and patients, so there is none. What a scan leaves to be collected dies at once, so that little room for it (MB) serves as well: with
 * Node's own 16 a night holds some 50 MB more and is no faster; only a delivery that Redox does not limit takes a sixth longer.
 */
import { jobs } from './all.ts';
import { runProcess } from './frame/process.ts';

await runProcess(jobs);
