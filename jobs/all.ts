import { acknowledge } from './acknowledge.ts';
import { apply } from './apply.ts';
import { baseline } from './baseline.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { intraday } from './intraday.ts';
import type { Job } from './job.ts';
import { migrate } from './migrate.ts';
import { nightly } from './nightly.ts';
import { organization } from './organization.ts';
import { prune } from './prune.ts';
import { report } from './report.ts';
import { rerun } from './rerun.ts';
import { resend } from './resend.ts';
import { sandbox } from './sandbox.ts';
import { schedule } from './schedule.ts';
import { settle } from './settle.ts';
import { showConfig } from './show-config.ts';
import { status } from './status.ts';
import { watchdog } from './watchdog.ts';

/** Every job there is, in the order in which the help lists them. */
export const jobs: readonly Job[] = [
  nightly,
  intraday,
  rerun,
  apply,
  resend,
  baseline,
  acknowledge,
  settle,
  organization,
  report,
  status,
  watchdog,
  init,
  doctor,
  migrate,
  prune,
  showConfig,
  sandbox,
  demo,
  schedule,
];
