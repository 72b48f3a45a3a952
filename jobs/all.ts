import type { Job } from './job.ts';
import { schedule } from './schedule.ts';
import { showConfig } from './show-config.ts';

/** Every job there is, in the order in which the help lists them. */
export const jobs: readonly Job[] = [showConfig, schedule];
