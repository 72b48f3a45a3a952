import { wholeNumber } from '../../src/config/format/formats.ts';
import { prune as forget, type PruneResult } from '../../src/runs/prune.ts';
import { counted, inFull, minuteOf } from '../../src/plain-text.ts';
import { allBut, defineJob, type Manual } from '../frame/job.ts';
import { withServices } from './ledger-url.ts';
import { flag, typed } from '../frame/options.ts';

const manual: Manual = {
  what: "Deletes runs that ended long ago, with their calls, attempts, discrepancies and lines, and the rejections of rows that are gone since. It never deletes the state of Redox's copy, open calls, or the runs with which later ones are compared: the last 14 sweeps and everything since, and the last clean night.",
  when: 'Now and then, such as once a month from cron, outside the night.',
  reads: 'The ledger. Neither the EHR nor Redox.',
  writes:
    'The ledger, as a run of its own and batch by batch; <REPORT_DIR>/<run id>/. The report folders of deleted runs stay, unless --reports is given.',
  repeat: 'Yes. Deleted runs do not come back: `report` names them as pruned.',
  stop: 'SIGTERM or SIGINT: it ends after the current batch, and the next prune continues.',
  exitCodes: allBut('needsPerson'),
  examples: ['redox-reconcile prune', 'redox-reconcile prune --keep-days 90 --reports'],
};

export const prune = defineJob({
  manual,
  options: {
    keepDays: typed(
      '--keep-days <N>',
      'keep the runs of this many days; default RETENTION_DAYS',
      wholeNumber(1, 99_999),
      'a whole number of days from 1 to 99999',
    ),
    reports: flag('--reports', 'also remove the report folders of deleted runs from REPORT_DIR'),
  },
  run: async (context, { keepDays, reports }) => {
    const config = context.config('ledger', 'ledgerKey');
    const onPruned = (result: PruneResult): void => {
      context.print(inWords(result));
    };
    const pruning = { config, keepDays: keepDays ?? config.retentionDays, removesReports: reports, onPruned };
    return withServices(context, config.ledger, async (services) => (await forget(pruning, services)).exitCode);
  },
});

function inWords({ endedBefore, removed, kept, isComplete }: PruneResult): string {
  const lines =
    removed['data-quality'] + removed['audit-lines'] + removed.acknowledged + removed.settlements + removed.rejections;
  return (
    `Of runs that ended before ${minuteOf(endedBefore)}, removed ${counted(removed.runs, 'run')}, ` +
    `${counted(removed.calls, 'call')} with their attempts, ${inFull(removed.discrepancies)} discrepancies and ` +
    `${counted(lines, 'other line')}; kept ${counted(kept, 'run')} that is still needed.` +
    (isComplete ? '' : ' It was stopped; the next prune goes on.')
  ).replace(/runs that is/, 'runs that are');
}
