import { exitCodes, UsageFault } from '../../src/fault.ts';
import type { Scope } from '../../src/run/policy.ts';
import { readThrough } from '../ledger/csv-lines.ts';
import { defineJob, type JobContext, type Manual } from '../frame/job.ts';
import { readListedRows } from './listed-rows.ts';
import { choice, flag, text } from '../frame/options.ts';
import { runNight } from './run-night.ts';
import { readWindow } from './window.ts';

const manual: Manual = {
  what: 'Compares and sends only the requested rows, from a range of dates or a CSV, with their dependencies. The range is printed in UTC before anything is read.',
  when: 'By hand, after an outage or a mistake.',
  reads: 'The requested rows of the EHR and their dependencies; all merges; the ledger.',
  writes: 'Calls to Redox; the ledger; <REPORT_DIR>/<run id>/. The watermark does not move.',
  repeat:
    'Yes. A range of dates leaves rows on hold and ignored rows alone. --only sends ignored rows and those that Redox refused, but no row on hold with an unknown outcome. --force sends every requested row each time.',
  stop: 'SIGTERM or SIGINT: no further call starts, calls in flight have six seconds to end and are recorded; the rest stays open.',
  exitCodes: Object.values(exitCodes),
  examples: [
    'redox-reconcile rerun --from 2026-03-01 --to 2026-03-03',
    'redox-reconcile rerun --from 2026-03-01T14:00 --to 2026-03-01T18:30 --by activity --plan-only',
    'redox-reconcile rerun --only open-actions.csv',
  ],
};

interface Asked {
  readonly from: string | null;
  readonly to: string | null;
  readonly by: 'updated' | 'activity';
  readonly only: string | null;
}

export const rerun = defineJob({
  manual,
  options: {
    from: text(
      '--from <D>',
      "start: a date (whole days, both included) or a date-time (half-open), in the site's zone",
    ),
    to: text('--to <D>', 'end, in the same format'),
    by: choice(
      '--by <what>',
      'updated: rows updated in the range; activity: visits that overlap it, their patients, merges made in it',
      ['updated', 'activity'],
      'updated',
    ),
    only: text('--only <FILE>', 'a CSV with the columns entity and entity_id; any report fits'),
    force: flag('--force', 'send also rows that are current in the ledger'),
    planOnly: flag('--plan-only', 'store the plan, write the reports, send nothing'),
  },
  run: async (context, { force, planOnly, ...asked }) => {
    const scope = scopeOf(asked, context);
    // A missing or unreadable file is reported before a run is opened.
    if (scope.kind === 'only') await readThrough(scope.rows());
    return runNight(context, {
      job: 'rerun',
      scope,
      forced: force,
      planOnly,
      options: { by: asked.by, from: asked.from, to: asked.to, only: asked.only !== null, force, planOnly },
    });
  },
});

function scopeOf({ from, to, by, only }: Asked, { config, print }: JobContext): Scope {
  if (only !== null) {
    if (from !== null || to !== null) throw new UsageFault('rerun takes either --only or --from with --to, not both.');
    return { kind: 'only', rows: () => readListedRows(only) };
  }
  if (from === null || to === null) {
    throw new UsageFault('rerun needs --from and --to, or --only FILE; it never guesses a range.');
  }
  const window = readWindow(from, to, config('siteTimeZone').siteTimeZone);
  print(`From ${window.from.toISOString()} until before ${window.to.toISOString()}, by ${by}.`);
  return { kind: 'window', by, ...window };
}
