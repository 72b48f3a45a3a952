import type { Job } from './job.ts';
import { migrate } from './migrate.ts';
import { report } from './report.ts';
import { schedule } from './schedule.ts';
import { showConfig } from './show-config.ts';
import { status } from './status.ts';

/** Every job there is, in the order in which the help lists them. */
export const jobs: readonly Job[] = [showConfig, report, status, migrate, schedule];
