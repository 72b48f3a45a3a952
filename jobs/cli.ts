#!/usr/bin/env node
/** The command `redox-reconcile`. */
import { jobs } from './all.ts';
import { runProcess } from './frame/process.ts';

await runProcess(jobs);
